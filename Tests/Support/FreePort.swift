import NIOCore
import NIOPosix

/// A port of loopback that nobody listens on.
package enum FreePort {
  /// One that was free a moment ago, chosen by the system.
  package static func number() throws -> Int {
    let channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(host: "127.0.0.1", port: 0).wait()
    defer { try? channel.close().wait() }
    guard let port = channel.localAddress?.port else { throw Unexpected("a socket without a port") }
    return port
  }
}
