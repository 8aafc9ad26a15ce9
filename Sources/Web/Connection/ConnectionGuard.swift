import NIOCore
import NIOHTTP1

/// A body took longer to arrive than it may.
///
/// Thrown by reading the body.
struct BodyTooSlow: Error {}

/// Keeps a connection from being held by a body that comes slowly or never ends, and closes it after an answer that
/// says so.
///
/// Who is answered before having sent everything is answered for the last time: otherwise the rest would have to be read
/// before the next request, however long it is. So is who asks for another protocol, as some clients do with their first
/// request (h2c): NIO's decoder takes what follows for that protocol, and reads no request any more.
///
/// The timer is armed only when a read ended in the middle of a body, so that a webhook which arrives in one piece
/// costs two comparisons. It counts from the first such read to the end of the body: bytes that trickle in do not
/// move it, as they do an idle timeout.
///
/// A connection over which no request comes is closed after a while. It is looked at once in that time, and not with every
/// request, as Hummingbird's own timer is, which also sees no webhook (`WebhookDoor`).
final class ConnectionGuard: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// How long a client may go on sending after it was told that the connection closes, and then as long again to
  /// notice that our side is closed.
  ///
  /// Closing at once would reset the connection and could take the answer away from a client that has not read it
  /// yet (RFC 9112, 9.6). Closing our side at once would do little better: many a client takes that for the end of
  /// the connection while it still writes, and never reads.
  private static let lingering: TimeAmount = .seconds(2)

  private let bodyTime: TimeAmount
  private let idleTime: TimeAmount
  /// How many requests are not answered yet.
  private var owed = 0
  private var isUpgradeAsked = false
  /// When the connection was opened, or the last answer written.
  private var idleSince = NIODeadline.distantPast
  private var idling: Scheduled<Void>?
  /// What the body that is being read may take instead.
  private var allowed: TimeAmount?
  private var isReadingBody = false
  private var isAnsweringLast = false
  private var isClosing = false
  private var isGone = false
  private var deadline: Scheduled<Void>?
  private var hungUp: (() -> Void)?

  init(bodyTime: TimeAmount, idleTime: TimeAmount) {
    self.bodyTime = bodyTime
    self.idleTime = idleTime
  }

  func handlerAdded(context: ChannelHandlerContext) {
    idleSince = context.eventLoop.now
    watchIdling(context, idleTime)
  }

  private func watchIdling(_ context: ChannelHandlerContext, _ time: TimeAmount) {
    idling = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
      let left = self.idleSince + self.idleTime - context.eventLoop.now
      if self.owed > 0 {
        self.watchIdling(context, self.idleTime)
      } else if left > .zero {
        self.watchIdling(context, left)
      } else {
        context.close(promise: nil)
      }
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isClosing {
      if case .end = unwrapInboundIn(data) {
        disarm()
        context.close(promise: nil)
      }
      return
    }
    switch unwrapInboundIn(data) {
    case .head(let head):
      isReadingBody = true
      allowed = nil
      owed += 1
      isUpgradeAsked = head.headers.contains(name: "upgrade")
    case .body: break
    case .end:
      isReadingBody = false
      disarm()
    }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if isReadingBody, deadline == nil, !isClosing { arm(context) }
    context.fireChannelReadComplete()
  }

  private func arm(_ context: ChannelHandlerContext) {
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: allowed ?? bodyTime) {
      self.deadline = nil
      if self.isReadingBody { context.fireErrorCaught(BodyTooSlow()) }
    }
  }

  /// Gives the body that is being read another time to arrive, counted from now.
  ///
  /// Called on the connection's event loop.
  func allow(_ time: TimeAmount, _ context: ChannelHandlerContext) {
    allowed = time
    guard deadline != nil, isReadingBody else { return }
    disarm()
    arm(context)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head):
      let isLastOwed = owed == 1 && (isReadingBody || isUpgradeAsked)
      isAnsweringLast = isLastOwed || head.headers.first(name: "connection") == "close"
      if isAnsweringLast { head.headers.replaceOrAdd(name: "connection", value: "close") }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .end:
      owed -= 1
      idleSince = context.eventLoop.now
      guard isAnsweringLast else { return context.write(data, promise: promise) }
      context.writeAndFlush(data, promise: promise)
      close(context)
    case .body:
      context.write(data, promise: promise)
    }
  }

  /// Has somebody told, once, when the caller closes its side of the connection; replaces who was told before.
  ///
  /// Called on the connection's event loop.
  func watch(_ hungUp: @escaping () -> Void) {
    if isGone { hungUp() } else { self.hungUp = hungUp }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event { tellHungUp() }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    disarm()
    idling?.cancel()
    tellHungUp()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    disarm()
    idling?.cancel()
  }

  private func close(_ context: ChannelHandlerContext) {
    isClosing = true
    disarm()
    guard isReadingBody else { return context.close(promise: nil) }
    linger(context) {
      context.close(mode: .output, promise: nil)
      self.linger(context) { context.close(promise: nil) }
    }
  }

  private func linger(_ context: ChannelHandlerContext, _ then: @escaping () -> Void) {
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingering) {
      self.deadline = nil
      then()
    }
  }

  private func tellHungUp() {
    isGone = true
    hungUp?()
    hungUp = nil
  }

  private func disarm() {
    deadline?.cancel()
    deadline = nil
  }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}
