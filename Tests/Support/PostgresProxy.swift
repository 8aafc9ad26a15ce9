import NIOCore
import NIOPosix
import Synchronization

/// The network between an engine and its server, on loopback, which does what a test tells it.
///
/// It reads what clients say as far as it must to find a COMMIT, so they must not encrypt.
package final class PostgresProxy: Sendable {
  /// What can get lost when a transaction is committed; the client's connection breaks in each case.
  package enum Loss: Sendable, CaseIterable {
    /// The COMMIT, and the server sees the connection break.
    case request
    /// The COMMIT, and the server hears nothing at all.
    case requestUnheard
    /// The server's answer.
    case answer
  }

  fileprivate struct State {
    var isCut = false
    var isSilent = false
    var nextLoss: Loss?
    var delay: Duration = .zero
    var channels: [ObjectIdentifier: any Channel] = [:]
  }

  fileprivate let state = Mutex(State())
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let listener: any Channel
  private let isListening: Listening

  /// Reached by the connections that come, which begin before the proxy is whole.
  private final class Listening: Sendable {
    let proxy = Mutex<PostgresProxy?>(nil)
  }

  /// Listens on a free port of loopback.
  package init(to server: PostgresServer) async throws {
    let path = "\(server.folder)/.s.PGSQL.5432"
    let isListening = Listening()
    self.isListening = isListening
    listener = try await ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { client in
        guard let proxy = isListening.proxy.withLock({ $0 }) else {
          return client.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        }
        return proxy.join(client, to: path)
      }
      .bind(host: "127.0.0.1", port: 0).get()
    isListening.proxy.withLock { $0 = self }
  }

  /// The address of a database by way of this proxy.
  package func address(_ database: String) -> String {
    "postgres://carewindow@127.0.0.1:\(listener.localAddress?.port ?? 0)/\(database)?sslmode=disable"
  }

  /// Breaks every connection; new ones are broken at once, until it heals.
  package func cut() {
    state.withLock { $0.isCut = true }
    for channel in channels { channel.close(promise: nil) }
  }

  /// Carries nothing any more, in either direction, and says nothing, until it heals.
  package func silence() {
    state.withLock { $0.isSilent = true }
    for channel in channels { channel.setOption(.autoRead, value: false).whenComplete { _ in } }
  }

  /// Carries everything again, and what was held back first.
  package func heal() {
    state.withLock { state in
      state.isCut = false
      state.isSilent = false
    }
    for channel in channels { channel.setOption(.autoRead, value: true).whenComplete { _ in } }
  }

  /// Loses something at the next COMMIT.
  package func lose(_ loss: Loss) { state.withLock { $0.nextLoss = loss } }

  /// Every answer takes so much longer from now on.
  package func delay(by delay: Duration) { state.withLock { $0.delay = delay } }

  /// Ends.
  package func close() async throws {
    cut()
    isListening.proxy.withLock { $0 = nil }
    try await listener.close()
    try await group.shutdownGracefully()
  }

  private var channels: [any Channel] { state.withLock { Array($0.channels.values) } }

  /// Connects a client to the server and carries between them.
  private func join(_ client: any Channel, to path: String) -> EventLoopFuture<Void> {
    guard !state.withLock({ $0.isCut }) else {
      return client.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
    }
    remember(client)
    return ClientBootstrap(group: client.eventLoop).connect(unixDomainSocketPath: path)
      .flatMapThrowing { [self] server in
        remember(server)
        try client.pipeline.syncOperations.addHandler(FromClient(self, server: server))
        try server.pipeline.syncOperations.addHandler(FromServer(self, client: client))
        // It may have been broken before the client could be told.
        guard server.isActive else { throw ChannelError.ioOnClosedChannel }
        guard state.withLock({ $0.isSilent }) else { return }
        for channel in [client, server] {
          channel.setOption(.autoRead, value: false).whenComplete { _ in }
        }
      }
  }

  private func remember(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    state.withLock { $0.channels[id] = channel }
    channel.closeFuture.whenComplete { [self] _ in
      state.withLock { _ = $0.channels.removeValue(forKey: id) }
    }
  }
}

/// Carries a client's messages to the server, one by one.
private final class FromClient: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  /// The first message of a connection has no letter, and may be said again after a question for encryption.
  private static let questions: [Int32] = [80_877_103, 80_877_104]
  private static let commit = Array("QCOMMIT\0".utf8)

  private let proxy: PostgresProxy
  private let server: any Channel
  private var rest = ByteBuffer()
  private var hasBegun = false
  private var keepsServer = false

  init(_ proxy: PostgresProxy, server: any Channel) {
    self.proxy = proxy
    self.server = server
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    rest.writeBuffer(&bytes)
    while let message = next() {
      guard let loss = loss(at: message) else {
        server.write(message, promise: nil)
        continue
      }
      switch loss {
      case .request: return context.close(promise: nil)
      case .requestUnheard:
        keepsServer = true
        return context.close(promise: nil)
      case .answer:
        // The server's answer breaks the connection.
        server.pipeline.handler(type: FromServer.self).assumeIsolated()
          .whenSuccess { $0.losesAnswer = true }
        server.write(message, promise: nil)
      }
    }
    server.flush()
    rest.discardReadBytes()
  }

  func channelInactive(context: ChannelHandlerContext) {
    if !keepsServer { server.close(promise: nil) }
  }

  private func loss(at message: ByteBuffer) -> PostgresProxy.Loss? {
    let view = message.readableBytesView
    guard let letter = view.first, [letter] + view.dropFirst(5) == Self.commit else { return nil }
    return proxy.state.withLock { state in
      defer { state.nextLoss = nil }
      return state.nextLoss
    }
  }

  /// The next whole message.
  private func next() -> ByteBuffer? {
    let start = rest.readerIndex
    let letters = hasBegun ? 1 : 0
    guard let length = rest.getInteger(at: start + letters, as: Int32.self),
      let message = rest.readSlice(length: letters + Int(length))
    else { return nil }
    if !hasBegun, let code = message.getInteger(at: message.readerIndex + 4, as: Int32.self) {
      hasBegun = !Self.questions.contains(code)
    }
    return message
  }
}

/// Carries the server's answers to a client.
private final class FromServer: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let proxy: PostgresProxy
  private let client: any Channel
  var losesAnswer = false

  init(_ proxy: PostgresProxy, client: any Channel) {
    self.proxy = proxy
    self.client = client
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !losesAnswer else { return context.close(promise: nil) }
    let bytes = unwrapInboundIn(data)
    let delay = proxy.state.withLock { $0.delay }
    guard delay > .zero else { return client.writeAndFlush(bytes, promise: nil) }
    context.eventLoop.scheduleTask(in: .nanoseconds(Int64(delay / .nanoseconds(1)))) { [client] in
      client.writeAndFlush(bytes, promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }
}
