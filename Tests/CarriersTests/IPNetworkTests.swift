@testable import Carriers
import Testing

@Suite struct IPNetworkTests {
  private static func address(_ text: String) throws -> IPAddress {
    IPAddress(try #require(IPAddress.bytes(of: text)))
  }

  @Test(arguments: [
    "8.8.8.8", "172.15.255.255", "172.32.0.0", "11.0.0.0", "100.63.255.255", "100.128.0.0",
    "169.253.255.255", "2a00:1450::1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808",
  ])
  func `the public internet may be called`(text: String) throws {
    let address = try Self.address(text)
    #expect(CallbackNetworks().allows(address))
    #expect(!CallbackNetworks().isListed(address))
  }

  @Test(arguments: [
    "10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.1.1", "127.0.0.1",
    "127.255.255.255", "100.64.0.1", "::1", "fc00::1", "fdff::1", "::ffff:10.0.0.1",
    "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "::10.0.0.1",
  ])
  func `private and loopback addresses only if they are listed`(text: String) throws {
    let address = try Self.address(text)
    #expect(!CallbackNetworks().allows(address))
    let listed = [
      "10.0.0.0/8", "127.0.0.0/8", "fc00::/7", "::1", "172.16.0.0/12", "192.168.0.0/16",
      "100.64.0.0/10",
    ]
    let networks = CallbackNetworks(listed: try listed.map { try #require(IPNetwork($0)) })
    #expect(networks.allows(address))
    #expect(networks.isListed(address))
  }

  @Test(arguments: [
    "169.254.169.254", "169.254.0.1", "0.0.0.0", "100.100.100.200", "168.63.129.16",
    "192.0.0.192", "224.0.0.1", "255.255.255.255", "::", "fe80::1", "febf::1", "fd00:ec2::254",
    "ff02::1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "2001::1",
  ])
  func `link-local and metadata addresses are never called, even if they are listed`(
    text: String
  ) throws {
    let everything = try ["0.0.0.0/0", "::/0"].map { try #require(IPNetwork($0)) }
    #expect(!CallbackNetworks(listed: everything).allows(try Self.address(text)))
  }

  @Test(arguments: [
    ("10.0.0.0/8", true), ("10.0.0.1", true), ("fd00::/8", true), ("0.0.0.0/0", true),
    ("10.0.0.1/8", false), ("10.0.0.0/33", false), ("10.0.0.0/-1", false), ("10.0.0.0/", false),
    ("10.0.0.0/8/8", false), ("localhost", false), ("", false), ("fd00::/129", false),
  ])
  func `a range is an address and how much of it counts`(text: String, isOne: Bool) {
    #expect((IPNetwork(text) != nil) == isOne)
  }
}
