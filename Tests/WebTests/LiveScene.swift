import CloudAPI
import Gateway
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

@testable import Web

/// The public listener on a port of its own.
struct LiveScene: Sendable {
  let scene: WebScene
  let port: Int

  /// Runs the gateway's listener for the time of a test.
  static func visit(
    _ scene: WebScene,
    _ test: @escaping @Sendable (LiveScene) async throws -> Void
  ) async throws {
    let (ports, told) = AsyncStream<Int>.makeStream()
    let web = buildWeb(
      scene.configuration,
      scene.parts,
      logger: WebScene.quiet,
      onServerRunning: { told.yield($0) }
    )
    let services = ServiceGroup(
      services: [scene.outbox, web.main],
      logger: WebScene.quiet
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await services.run() }
      for await port in ports {
        try await test(LiveScene(scene: scene, port: port))
        break
      }
      await services.triggerGracefulShutdown()
      try await group.waitForAll()
    }
  }

  /// Opens a connection and hands over what it says, until the server closes it.
  ///
  /// `holding` is how many bytes the system keeps for a reader that does not take them; as many as it likes if left out.
  func connect<Answer: Sendable>(
    holding bytes: Int? = nil,
    _ use: @escaping @Sendable (RawConnection) async throws -> Answer
  ) async throws -> Answer {
    var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .channelOption(.allowRemoteHalfClosure, value: true)
    if let bytes {
      bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(bytes))
    }
    let channel =
      try await bootstrap
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
            wrappingChannelSynchronously: channel,
            configuration: .init(isOutboundHalfClosureEnabled: true)
          )
        }
      }
    return try await channel.executeThenClose { inbound, _ in
      try await use(RawConnection(inbound: inbound, channel: channel.channel))
    }
  }
}

extension LiveScene {
  /// A webhook as it goes over the wire, signed unless a signature is given.
  static func post(
    _ body: [UInt8],
    to target: String = MetaWebhook.path,
    signature: String? = nil,
    _ headers: String = ""
  ) -> String {
    let signature = signature ?? Signature.header(for: body, secret: WebScene.secret)
    return "POST \(target) HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: \(signature)\r\n"
      + "Content-Length: \(body.count)\r\n\(headers)\r\n" + String(decoding: body, as: UTF8.self)
  }

  /// Posts a webhook over a connection of its own and gives the whole answer.
  func deliver(
    _ body: [UInt8],
    to target: String = MetaWebhook.path,
    signature: String? = nil
  ) async throws -> String {
    let request = Self.post(body, to: target, signature: signature, "Connection: close\r\n")
    return try await connect { connection in
      try await connection.send(request)
      return try await connection.untilClosed()
    }
  }
}

/// A connection without any manners.
struct RawConnection: Sendable {
  let inbound: NIOAsyncChannelInboundStream<ByteBuffer>
  let channel: any Channel

  /// Sends, and waits until the system took it: a test that floods must not drown itself.
  func send(_ text: String) async throws {
    try await channel.writeAndFlush(ByteBuffer(string: text))
  }

  /// Everything the server says before it closes the connection.
  func untilClosed() async throws -> String {
    var text = ""
    for try await buffer in inbound { text += String(buffer: buffer) }
    return text
  }

  /// Sends the same bytes again and again until the server has had enough.
  func sendForEver(_ text: String) async {
    do {
      while !Task.isCancelled { try await send(text) }
    } catch {
      // The server closed the connection: that is the end of for ever.
    }
  }
}
