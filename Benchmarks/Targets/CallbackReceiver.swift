import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A receiver of callbacks in the benchmark's own process: answers 200, and remembers when each message came.
final class CallbackReceiver: Sendable {
  private struct Arrivals {
    var times: [String: UInt64] = [:]
    var deliveries = 0
    var first: UInt64 = 0
    var last: UInt64 = 0
  }

  /// The path it is called at.
  static let path = "/hook"

  private let channel: any Channel
  private let arrivals: Arrived
  /// Where it listens, on loopback.
  let port: Int

  /// Shared with the connections.
  private final class Arrived: Sendable {
    let state = Mutex(Arrivals())
  }

  /// Starts it on a free port.
  static func start() async throws -> CallbackReceiver {
    let arrived = Arrived()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(
            ReceivingHandler { id, now in
              arrived.state.withLock { arrivals in
                arrivals.deliveries += 1
                if arrivals.first == 0 { arrivals.first = now }
                arrivals.last = now
                if let id, arrivals.times[id] == nil { arrivals.times[id] = now }
              }
            }
          )
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return CallbackReceiver(channel, arrived, port: channel.localAddress?.port ?? 0)
  }

  private init(_ channel: any Channel, _ arrivals: Arrived, port: Int) {
    self.channel = channel
    self.arrivals = arrivals
    self.port = port
  }

  /// How many messages it was told of, each counted once.
  var messages: Int { arrivals.state.withLock(\.times.count) }

  /// Deliveries, those of a message it knew included.
  var deliveries: Int { arrivals.state.withLock(\.deliveries) }

  /// Seconds from the first delivery to the last.
  var seconds: Double {
    arrivals.state.withLock { Double($0.last - $0.first) / 1e9 }
  }

  /// When a message came, on the monotonic clock; nil if it did not.
  func arrival(of wamid: String) -> UInt64? { arrivals.state.withLock { $0.times[wamid] } }

  /// Forgets what came.
  func reset() { arrivals.state.withLock { $0 = Arrivals() } }

  /// Waits until it was told of so many messages; gives false if that takes too long.
  func waits(for count: Int, secondsMax: Double) async throws -> Bool {
    let stopwatch = Stopwatch()
    while messages < count {
      guard stopwatch.seconds < secondsMax else { return false }
      try await Task.sleep(for: .milliseconds(5))
    }
    return true
  }

  /// Ends it.
  func stop() async { try? await channel.close() }
}

/// Takes one delivery after the other off a connection.
private final class ReceivingHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let took: @Sendable (_ wamid: String?, _ now: UInt64) -> Void
  private var body = ByteBuffer()

  init(_ took: @escaping @Sendable (_ wamid: String?, _ now: UInt64) -> Void) {
    self.took = took
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: body.clear()
    case .body(var part): body.writeBuffer(&part)
    case .end:
      took(Webhooks.wamid(in: body.readableBytesView), NIODeadline.now().uptimeNanoseconds)
      let head = HTTPResponseHead(
        version: .http1_1,
        status: .ok,
        headers: ["Content-Length": "0"]
      )
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}
