import Foundation
import NIOCore
import NIOPosix
import Synchronization

extension IPAddress {
  /// The bytes of a numeric address; nil for a name, and for spellings that only the system's resolver takes.
  static func bytes(of text: String) -> [UInt8]? {
    guard let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
    return bytes(of: address)
  }

  /// The address as text.
  var text: String {
    guard let address = try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0),
      let text = address.ipAddress
    else { preconditionFailure("4 or 16 bytes are an address") }
    return text
  }

  fileprivate static func bytes(of address: SocketAddress) -> [UInt8]? {
    switch address {
    case .v4(let v4): withUnsafeBytes(of: v4.address.sin_addr) { Array($0) }
    case .v6(let v6): withUnsafeBytes(of: v6.address.sin6_addr) { Array($0) }
    case .unixDomainSocket: nil
    }
  }
}

/// Asks the system for the addresses of hosts, on threads of its own: one per host at most.
///
/// So a name server that does not answer holds up nobody but the callbacks on that host.
final class HostLookup: Sendable {
  /// How a name becomes addresses: in the order in which they should be tried.
  typealias Resolver = @Sendable (String) -> [IPAddress]

  private let resolve: Resolver
  private let pool: NIOThreadPool
  private let waiting = Mutex<[String: [AsyncStream<[IPAddress]>.Continuation]]>([:])

  init(threads: Int, resolve: @escaping Resolver = HostLookup.system) {
    self.resolve = resolve
    pool = NIOThreadPool(numberOfThreads: threads)
    pool.start()
  }

  func close() async {
    try? await pool.shutdownGracefully()
  }

  /// The addresses of a host; nil when none were found in time.
  func addresses(of host: String, within time: TimeAmount, on loop: any EventLoop) async
    -> [IPAddress]?
  {
    if let bytes = IPAddress.bytes(of: host) { return [IPAddress(bytes)] }
    let (answers, answer) = AsyncStream<[IPAddress]>.makeStream()
    let isFirst = waiting.withLock { waiting in
      let isFirst = waiting[host] == nil
      waiting[host, default: []].append(answer)
      return isFirst
    }
    if isFirst {
      pool.submit { [self] state in
        let found = state == .active ? resolve(host) : []
        for waiter in waiting.withLock({ $0.removeValue(forKey: host) }) ?? [] {
          waiter.yield(found)
          waiter.finish()
        }
      }
    }
    let deadline = loop.scheduleTask(in: time) { answer.finish() }
    defer { deadline.cancel() }
    for await found in answers { return found.isEmpty ? nil : found }
    return nil
  }

  private static let system: Resolver = { host in
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_ADDRCONFIG
    var first: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
    defer { freeaddrinfo(first) }
    var found: [IPAddress] = []
    var next = first
    while let info = next {
      if let address = info.pointee.ai_addr {
        switch info.pointee.ai_family {
        case AF_INET:
          address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { v4 in
            found.append(IPAddress(withUnsafeBytes(of: v4.pointee.sin_addr) { Array($0) }))
          }
        case AF_INET6:
          address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { v6 in
            found.append(IPAddress(withUnsafeBytes(of: v6.pointee.sin6_addr) { Array($0) }))
          }
        default: break
        }
      }
      next = info.pointee.ai_next
    }
    return found
  }
}
