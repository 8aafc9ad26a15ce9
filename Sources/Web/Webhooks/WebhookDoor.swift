import CustomerCare
import Gateway
import NIOCore
import NIOHTTP1

/// The door through which webhooks come in: from a connection's event loop to the journal and back.
///
/// Whatever is signed is stored and answered with 200. Nothing here reads the body; nothing but a status is answered.
///
/// - Why: the way through the server's tasks costs a webhook about as much again as storing it (docs/benchmarks.md).
/// - How: the door stands in the connection's pipeline, behind the `ConnectionGuard` and before everything of the server's,
///   which sees no webhook. It takes the webhooks out, hands everything else on, and keeps the order: what comes behind a
///   webhook waits for its answer, and a webhook waits for the answers that the server still owes.
/// - Otherwise: a caller who sends the next request before the last is answered waits; nothing more is read meanwhile.
final class WebhookDoor: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private enum State {
    /// No webhook is on its way; what comes is for the server.
    case open
    /// A webhook is being read.
    case reading(Reception)
    /// A webhook is on its way to the disk.
    case storing
    /// The last answer of this connection was given.
    case done
  }

  private enum Ending {
    /// The caller sends nothing more, or the server shuts down.
    case event(Any)
    /// What followed is no HTTP.
    case error(any Error)

    var isError: Bool { if case .error = self { true } else { false } }
  }

  private let intake: Intake
  private let journal: JournalWatch
  private let time: any TimeSource
  private var state = State.open
  /// How many requests the server has not answered yet.
  private var owed = 0
  /// What waits for an answer that comes before it.
  private var held = CircularBuffer<HTTPServerRequestPart>()
  private var isReadWanted = false
  /// Whether the caller of the webhook wants the connection closed after it.
  private var isLast = false
  private var isHandedOn = false
  /// What came while a webhook had no answer, and would have ended the connection before it.
  private var endings: [Ending] = []
  /// Whether the server knows that it shuts down, and so closes the connection behind the last answer it owes.
  private var isQuiescing = false
  private var head = (second: Int64.min, response: HTTPResponseHead(version: .http1_1, status: .ok))
  private var context: ChannelHandlerContext?

  init(intake: Intake, journal: JournalWatch, time: any TimeSource) {
    self.intake = intake
    self.journal = journal
    self.time = time
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    leave()
    self.context = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    leave()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    guard held.isEmpty, !mustWait(part) else { return held.append(part) }
    take(part, context)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    guard isHandedOn else { return }
    isHandedOn = false
    context.fireChannelReadComplete()
  }

  func read(context: ChannelHandlerContext) {
    if held.isEmpty { context.read() } else { isReadWanted = true }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) { owed -= 1 }
    context.write(data, promise: promise)
    if owed == 0, !held.isEmpty, !isQuiescing { proceed(context) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch state {
    case .reading where error is BodyTooSlow: answer(.tooSlow, context)
    case .reading:
      // The caller is gone, or speaks no HTTP: Meta will send the webhook again.
      state = .done
      context.fireErrorCaught(error)
    case _ where isBusy && !(error is BodyTooSlow): endings.append(.error(error))
    case .open, .storing, .done: context.fireErrorCaught(error)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    let isEnding = event is ChannelShouldQuiesceEvent || event as? ChannelEvent == .inputClosed
    if isEnding, isBusy { endings.append(.event(event)) } else { pass(on: event, context) }
  }

  /// Whether a webhook has no answer yet.
  private var isBusy: Bool {
    switch state {
    case .reading, .storing: true
    case .open, .done: !held.isEmpty
    }
  }

  private func mustWait(_ part: HTTPServerRequestPart) -> Bool {
    switch (state, part) {
    case (.storing, _): true
    case (.open, .head(let head)): owed > 0 && MetaWebhook.isDelivery(head)
    default: false
    }
  }

  private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    switch (state, part) {
    case (.open, .head(let head)) where MetaWebhook.isDelivery(head): begin(head, context)
    case (.reading(let reception), .body(let bytes)):
      if let early = reception.take(bytes.readableBytesView) { answer(early, context) }
    case (.reading(let reception), .end): end(reception, context)
    case (.done, _), (.reading, _): break
    case (.open, _), (.storing, _):
      if case .head = part { owed += 1 }
      isHandedOn = true
      context.fireChannelRead(wrapInboundOut(part))
    }
  }

  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let signatures = head.headers["X-Hub-Signature-256"]
    let reception = intake.begin(signature: signatures.count == 1 ? signatures[0] : nil)
    state = .reading(reception)
    isLast = !head.isKeepAlive
    if let announced = head.headers.first(name: "Content-Length").flatMap(Int.init),
      announced > intake.limits.bodyBytesMax
    {
      answer(.tooLarge, context)
    }
  }

  private func end(_ reception: Reception, _ context: ChannelHandlerContext) {
    state = .storing
    let (door, eventLoop) = (NIOLoopBound(self, eventLoop: context.eventLoop), context.eventLoop)
    reception.end { answer in
      eventLoop.execute { door.value.stored(answer) }
    }
  }

  private func stored(_ answer: IntakeAnswer) {
    guard let context, case .storing = state else { return note(answer) }
    self.answer(answer, context)
    proceed(context)
  }

  /// Goes on with what waited.
  private func proceed(_ context: ChannelHandlerContext) {
    while let part = held.first, !mustWait(part) {
      held.removeFirst()
      take(part, context)
    }
    channelReadComplete(context: context)
    if isReadWanted, held.isEmpty {
      isReadWanted = false
      context.read()
    }
    letEnd(context)
  }

  /// Passes on what would have ended the connection too early.
  private func letEnd(_ context: ChannelHandlerContext) {
    if case .reading = state, endings.contains(where: \.isError) {
      // The rest of this body will never come.
      state = .done
    }
    guard !isBusy else { return }
    while !endings.isEmpty {
      switch endings.removeFirst() {
      case .event(let event): pass(on: event, context)
      case .error(let error): context.fireErrorCaught(error)
      }
    }
  }

  private func pass(on event: Any, _ context: ChannelHandlerContext) {
    if event is ChannelShouldQuiesceEvent { isQuiescing = true }
    context.fireUserInboundEventTriggered(event)
  }

  private func answer(_ answer: IntakeAnswer, _ context: ChannelHandlerContext) {
    note(answer)
    isLast = isLast || answer.isLast
    state = isLast ? .done : .open
    var head = headNow
    head.status = answer.status
    if isLast { head.headers.add(name: "connection", value: "close") }
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    letEnd(context)
  }

  private func note(_ answer: IntakeAnswer) {
    intake.count(answer)
    journal.note(answer)
  }

  /// What every answer begins with, its date among it: made once a second.
  private var headNow: HTTPResponseHead {
    let now = time.now
    if now.seconds != head.second {
      head.second = now.seconds
      head.response.headers = ["content-length": "0", "date": now.httpDate]
    }
    return head.response
  }

  private func leave() {
    state = .done
    held.removeAll()
    endings.removeAll()
  }
}

@available(*, unavailable)
extension WebhookDoor: Sendable {}

extension IntakeAnswer {
  /// The status Meta sees.
  var status: HTTPResponseStatus {
    switch self {
    case .stored: .ok
    case .badSignature: .unauthorized
    case .tooLarge: .payloadTooLarge
    case .tooSlow: .requestTimeout
    case .overloaded, .notStored: .serviceUnavailable
    }
  }

  /// Whether the rest of the body was not read, so that the connection cannot go on.
  var isLast: Bool {
    switch self {
    case .stored, .badSignature, .notStored: false
    case .tooLarge, .tooSlow, .overloaded: true
    }
  }
}
