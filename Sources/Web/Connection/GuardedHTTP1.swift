import Gateway
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Hummingbird's HTTP/1.1 with a `ConnectionGuard` and a `StallGuard` in every connection, and a `WebhookDoor` where webhooks come in.
struct GuardedHTTP1: ServerChildChannel {
  let http: HTTP1Channel
  let bodyTime: TimeAmount
  let idleTime: TimeAmount
  let stallTime: TimeAmount
  /// Makes the door of the webhooks; `nil` for a listener that takes none.
  let webhooks: (@Sendable () -> WebhookDoor)?

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
    http.setup(channel: channel, logger: logger).flatMapThrowing {
      [bodyTime, idleTime, stallTime, webhooks] value in
      // Right behind the decoder: it sees requests as they arrive, and answers just before they are written.
      let pipeline = channel.pipeline.syncOperations
      let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      if let webhooks { try pipeline.addHandler(webhooks(), position: .after(decoder)) }
      let guardian = ConnectionGuard(bodyTime: bodyTime, idleTime: idleTime)
      try pipeline.addHandler(guardian, position: .after(decoder))
      try pipeline.addHandler(StallGuard(stallTime: stallTime), position: .after(decoder))
      return value
    }
  }

  func handle(value: HTTP1Channel.Value, logger: Logger) async {
    await http.handle(value: value, logger: logger)
  }
}
