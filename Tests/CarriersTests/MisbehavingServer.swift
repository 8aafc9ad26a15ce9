import NIOCore
import NIOPosix
import Synchronization

/// A server on this machine that does to a request what no server should.
final class MisbehavingServer: Sendable {
  enum Behaviour: Sendable {
    /// Closes a connection as soon as it is there.
    case closesAtOnce
    /// Reads nothing, ever.
    case deaf
    /// Says something before it was asked.
    case speaksFirst(String)
    /// Reads the request and says nothing, until the test lets it `say` something.
    case silent
    /// Reads the request and closes.
    case closesAfterReading
    /// Reads the request, answers and keeps the connection open.
    case answers(String)
    /// Reads the request, answers and closes.
    case answersAndCloses(String)
    /// Reads the request and answers one byte every ten milliseconds.
    case drips(String)
  }

  let port: Int
  /// One element per connection.
  let connections: AsyncStream<Void>
  /// One element per whole request, as it came.
  let requests: AsyncStream<String>

  private let listener: any Channel
  private let clients: Clients

  private final class Clients: Sendable {
    let channels = Mutex<[any Channel]>([])
    let connected: AsyncStream<Void>.Continuation
    let asked: AsyncStream<String>.Continuation

    init(connected: AsyncStream<Void>.Continuation, asked: AsyncStream<String>.Continuation) {
      self.connected = connected
      self.asked = asked
    }
  }

  static func run<Result>(
    _ behaviour: Behaviour,
    _ body: (MisbehavingServer) async throws -> Result
  ) async throws -> Result {
    let server = try await MisbehavingServer(behaviour)
    do {
      let result = try await body(server)
      await server.close()
      return result
    } catch {
      await server.close()
      throw error
    }
  }

  /// A port nobody listens on.
  static func deadPort() async throws -> Int {
    try await run(.silent) { $0.port }
  }

  private init(_ behaviour: Behaviour) async throws {
    let (connections, connected) = AsyncStream<Void>.makeStream()
    let (requests, asked) = AsyncStream<String>.makeStream()
    let clients = Clients(connected: connected, asked: asked)
    let isDeaf = if case .deaf = behaviour { true } else { false }
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.autoRead, value: !isDeaf)
      // Small, so that a deaf server makes its client wait soon.
      .serverChannelOption(.socketOption(.so_rcvbuf), value: 64 << 10)
      .childChannelInitializer { channel in
        clients.channels.withLock { $0.append(channel) }
        clients.connected.yield()
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            Conversation(behaviour, asked: clients.asked)
          )
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = listener.localAddress?.port ?? 0
    self.connections = connections
    self.requests = requests
    self.clients = clients
  }

  /// Says something to everybody who is connected.
  func say(_ text: String) {
    for channel in clients.channels.withLock({ $0 }) {
      channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }
  }

  /// How many connections there were so far.
  var connectionCount: Int { clients.channels.withLock(\.count) }

  /// Closes every connection.
  func hangUp() {
    for channel in clients.channels.withLock({ $0 }) { channel.close(promise: nil) }
  }

  private func close() async {
    hangUp()
    try? await listener.close()
    clients.connected.finish()
    clients.asked.finish()
  }
}

private final class Conversation: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let behaviour: MisbehavingServer.Behaviour
  private let asked: AsyncStream<String>.Continuation
  private var heard = ""

  init(_ behaviour: MisbehavingServer.Behaviour, asked: AsyncStream<String>.Continuation) {
    self.behaviour = behaviour
    self.asked = asked
  }

  func channelActive(context: ChannelHandlerContext) {
    switch behaviour {
    case .closesAtOnce: context.close(promise: nil)
    case .speaksFirst(let text): say(text, context)
    default: break
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    heard += String(buffer: unwrapInboundIn(data))
    guard isWhole else { return }
    asked.yield(heard)
    heard = ""
    switch behaviour {
    case .closesAfterReading: context.close(promise: nil)
    case .answers(let text): say(text, context)
    case .answersAndCloses(let text):
      say(text, context)
      context.close(promise: nil)
    case .drips(let text): drip(text.utf8[...], on: context.channel)
    case .closesAtOnce, .deaf, .speaksFirst, .silent: break
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private var isWhole: Bool {
    guard let end = heard.firstRange(of: "\r\n\r\n") else { return false }
    let head = heard[..<end.lowerBound].lowercased()
    let length = head.firstRange(of: "content-length: ").flatMap { field in
      Int(head[field.upperBound...].prefix { $0.isNumber })
    }
    return heard[end.upperBound...].utf8.count >= length ?? 0
  }

  private func say(_ text: String, _ context: ChannelHandlerContext) {
    context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
  }
}

private func drip(_ text: Substring.UTF8View, on channel: any Channel) {
  guard let byte = text.first, channel.isActive else { return }
  channel.writeAndFlush(ByteBuffer(bytes: [byte]), promise: nil)
  channel.eventLoop.scheduleTask(in: .milliseconds(10)) { drip(text.dropFirst(), on: channel) }
}

/// An HTTP answer as bytes on the wire.
func http(_ status: String, _ body: String = "", _ headers: String...) -> String {
  let length = "content-length: \(body.utf8.count)"
  let head = ["HTTP/1.1 \(status)", length] + headers
  return head.joined(separator: "\r\n") + "\r\n\r\n" + body
}
