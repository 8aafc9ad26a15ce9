/// An IP address, as its bytes: 4 of them, or 16.
package struct IPAddress: Sendable, Hashable {
  /// In network order.
  package let bytes: [UInt8]

  /// Takes bytes; an IPv4 address in the clothes of IPv6 is taken for what it is.
  package init(_ bytes: [UInt8]) {
    precondition(bytes.count == 4 || bytes.count == 16, "an address has 4 or 16 bytes")
    self.bytes = Self.embedded(in: bytes) ?? bytes
  }

  /// The IPv4 address that an IPv6 address leads to: mapped, compatible, NAT64 (RFC 6052) or 6to4 (RFC 3056).
  private static func embedded(in bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count == 16 else { return nil }
    let zeros = [UInt8](repeating: 0, count: 10)
    let last = Array(bytes.suffix(4))
    if bytes.starts(with: zeros + [0xFF, 0xFF]) { return last }
    // ::1 and :: are themselves.
    if bytes.starts(with: zeros + [0, 0]), last[0] != 0 { return last }
    if bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B] + zeros.prefix(8)) { return last }
    if bytes.starts(with: [0x20, 0x02]) { return Array(bytes[2..<6]) }
    return nil
  }
}

/// A range of IP addresses: `10.0.0.0/8`, `fd00::/8`, or one address.
package struct IPNetwork: Sendable, Hashable {
  private let base: [UInt8]
  private let bits: Int

  /// Reads a range; nil for text that is none, or with bits set behind the prefix.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let bytes = IPAddress.bytes(of: String(parts[0])) else {
      return nil
    }
    base = bytes
    if parts.count == 2 {
      guard let bits = Int(parts[1]), (0...bytes.count * 8).contains(bits) else { return nil }
      self.bits = bits
    } else {
      bits = bytes.count * 8
    }
    guard Self.masked(base, bits) == base else { return nil }
  }

  /// Whether an address lies in the range.
  package func contains(_ address: IPAddress) -> Bool {
    address.bytes.count == base.count && Self.masked(address.bytes, bits) == base
  }

  private static func masked(_ bytes: [UInt8], _ bits: Int) -> [UInt8] {
    bytes.enumerated().map { index, byte in
      let kept = min(max(bits - index * 8, 0), 8)
      return kept == 0 ? 0 : byte & (0xFF << UInt8(8 - kept))
    }
  }
}

extension IPNetwork {
  /// A range that is known to be one.
  fileprivate static func known(_ text: String) -> IPNetwork {
    guard let network = IPNetwork(text) else { preconditionFailure("\(text) is a network") }
    return network
  }
}

/// Where callbacks may go.
package struct CallbackNetworks: Sendable, Hashable {
  /// Never called: this host as a source, link-local, where clouds tell machines their secrets, and what is no host.
  ///
  /// Source: IANA IPv4 and IPv6 Special-Purpose Address Registries; metadata addresses of AWS, Azure, Alibaba and Oracle
  /// in their own documentation; read 2026-11-21.
  private static let never: [IPNetwork] = [
    "0.0.0.0/8", "169.254.0.0/16", "100.100.100.200", "168.63.129.16", "192.0.0.192",
    "224.0.0.0/4", "240.0.0.0/4", "::", "fe80::/10", "fd00:ec2::254", "fd20:ce::254", "ff00::/8",
    "2001::/32",
  ].map(IPNetwork.known)

  /// Called only if listed: loopback, private, shared, and ranges that no public host has.
  private static let unlisted: [IPNetwork] = [
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
    "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "::1", "fc00::/7",
    "fec0::/10", "100::/64", "2001:db8::/32", "64:ff9b:1::/48",
  ].map(IPNetwork.known)

  /// Which private ranges may be called.
  package var listed: [IPNetwork]

  /// Allows the public internet, and what is listed.
  package init(listed: [IPNetwork] = []) {
    self.listed = listed
  }

  /// Whether an address may be called.
  package func allows(_ address: IPAddress) -> Bool {
    guard !Self.never.contains(where: { $0.contains(address) }) else { return false }
    return isListed(address) || !Self.unlisted.contains { $0.contains(address) }
  }

  /// Whether an address is one that somebody listed: his own network, where plain HTTP may do.
  package func isListed(_ address: IPAddress) -> Bool {
    listed.contains { $0.contains(address) }
  }
}
