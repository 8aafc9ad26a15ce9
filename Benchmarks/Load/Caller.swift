import NIOCore
import NIOPosix

/// One keep-alive connection on which questions are asked one after the other.
struct Caller: Sendable {
  /// How long an answer is waited for.
  private static let patience: TimeAmount = .seconds(60)

  private let channel: any Channel
  private let handler: NIOLoopBound<CallerHandler>

  /// Connects to a port on loopback.
  static func connect(port: Int) async throws -> Caller {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let made: EventLoopFuture<Caller> = loop.flatSubmit {
      let handler = NIOLoopBound(CallerHandler(), eventLoop: loop)
      return ClientBootstrap(group: loop)
        .connectTimeout(.seconds(5))
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(handler.value)
          }
        }
        .connect(host: "127.0.0.1", port: port)
        .map { Caller(channel: $0, handler: handler) }
    }
    return try await made.get()
  }

  /// Asks on a connection of its own.
  static func ask(
    port: Int,
    _ method: String,
    _ path: String,
    headers: [(String, String)] = [],
    body: String = ""
  ) async throws -> Answer {
    let caller = try await connect(port: port)
    defer { caller.close() }
    return try await caller.ask(method, path, headers: headers, body: body)
  }

  /// Asks, and waits for the answer.
  func ask(
    _ method: String,
    _ path: String,
    headers: [(String, String)] = [],
    body: String = ""
  ) async throws -> Answer {
    var request = ByteBuffer()
    request.writeHead(method, path, headers: headers, bodyBytes: body.utf8.count)
    request.writeString(body)
    return try await ask(request)
  }

  /// Sends a whole request, and waits for the answer.
  func ask(_ request: ByteBuffer) async throws -> Answer {
    let channel = channel
    let handler = handler
    let answer: EventLoopFuture<Answer> = channel.eventLoop.flatSubmit {
      let promise = channel.eventLoop.makePromise(of: Answer.self)
      handler.value.waiting = promise
      channel.writeAndFlush(request).cascadeFailure(to: promise)
      let timer = channel.eventLoop.scheduleTask(in: Self.patience) {
        promise.fail(UnreadableResponse(description: "no answer within a minute"))
      }
      promise.futureResult.whenComplete { _ in timer.cancel() }
      return promise.futureResult
    }
    return try await answer.get()
  }

  /// Ends the connection.
  func close() {
    channel.close(promise: nil)
  }
}

/// Hands each answer to whoever waits for it.
final class CallerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  var waiting: EventLoopPromise<Answer>?
  private var arrived = ByteBuffer()

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    arrived.writeBuffer(&bytes)
    do {
      guard let answer = try ResponseScanner.next(&arrived) else { return }
      let promise = waiting
      waiting = nil
      promise?.succeed(answer)
    } catch {
      errorCaught(context: context, error: error)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    let promise = waiting
    waiting = nil
    promise?.fail(ChannelError.eof)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let promise = waiting
    waiting = nil
    promise?.fail(error)
    context.close(promise: nil)
  }
}
