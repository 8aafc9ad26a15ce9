package import CloudAPI
package import CustomerCare
package import Gateway
import Sandbox
import Synchronization

/// What customers do, and what Meta's books say about it.
extension PaperMeta {
  /// A customer writes, as `SimulatedMeta.customerWrites` takes it.
  ///
  /// Gives the ids, the timestamp and the window.
  @discardableResult
  package func writes(_ customer: String, _ message: JSON = [:]) throws -> JSON {
    try books.withLock {
      try $0.meta.customerWrites(customer, message, now: clock.now.milliseconds)
    }
  }

  /// A customer calls, or is called; see `SimulatedMeta.customerCalls`.
  @discardableResult
  package func calls(_ customer: String, _ call: JSON = [:]) throws -> JSON {
    try books.withLock { try $0.meta.customerCalls(customer, call, now: clock.now.milliseconds) }
  }

  /// Something is new about a customer; see `SimulatedMeta.customerChanges`.
  @discardableResult
  package func changes(_ customer: String, _ news: JSON) throws -> JSON {
    try books.withLock { try $0.meta.customerChanges(customer, news, now: clock.now.milliseconds) }
  }

  /// Somebody writes in the WhatsApp Business app; see `SimulatedMeta.appWrites`.
  @discardableResult
  package func appWrites(_ message: JSON) throws -> JSON {
    try books.withLock { try $0.meta.appWrites(message, now: clock.now.milliseconds) }
  }

  /// The app's history is shared; see `SimulatedMeta.startHistory`.
  package func sharesHistory(_ history: JSON) throws {
    _ = try books.withLock { try $0.meta.startHistory(history, now: clock.now.milliseconds) }
  }

  /// Changes how Meta behaves; see `SandboxSettings`.
  package func set(_ settings: JSON) throws {
    _ = try books.withLock { try $0.meta.set(settings, now: clock.now.milliseconds) }
  }

  /// Something goes wrong; see `Fault`.
  package func breaks(_ fault: JSON) throws {
    _ = try books.withLock { try $0.meta.addFault(fault, now: clock.now.milliseconds) }
  }

  /// Nothing goes wrong any more.
  package func heals() {
    books.withLock { $0.meta.clearFaults() }
  }

  /// When a window ends by the books' rule; `nil` if it never was open.
  package func windowEnd(
    _ customer: String,
    number: PhoneNumberID = GatewayStage.number
  ) throws -> Instant? {
    let window = try books.withLock { books in
      try books.meta.windowState(
        ["wa_id": customer, "phone_number_id": number.rawValue],
        now: clock.now.milliseconds
      )
    }
    return window["ends_at_ms"]?.integer.map { Instant(milliseconds: $0) }
  }

  /// The business's messages that Meta took and did not give up, oldest first.
  package func outbox() throws -> [JSON] {
    let outbox = try books.withLock { books in
      try books.meta.outbox(["limit": "1000"], now: clock.now.milliseconds)
    }
    return (outbox["data"]?.items ?? []).filter { $0["from"]?.text == "business" }
  }

  /// The texts of the business's messages that Meta took, oldest first.
  package func texts() throws -> [String?] { try outbox().map { $0["text"]?["body"]?.text } }

  /// How many messages of a request Meta took and did not give up.
  package func copies(of request: RequestID) throws -> Int {
    try outbox().count { message in
      message["biz_opaque_callback_data"]?.text?.contains(request.rawValue) == true
    }
  }

  /// When Meta has something to do next, a webhook to post included; `nil` if nothing waits.
  package var nextAt: Instant? {
    books.withLock { $0.meta.nextAt }.map { Instant(milliseconds: $0) }
  }

  /// Posts every webhook that is due, signed; gives how each was answered.
  @discardableResult
  package func post(to intake: Intake) async throws -> [IntakeAnswer] {
    var answers: [IntakeAnswer] = []
    while true {
      let now = clock.now.milliseconds
      let posts = books.withLock { $0.meta.takePosts(limit: 1000, now: now) }
      guard !posts.isEmpty else { return answers }
      for post in posts {
        let answer = try await intake.take(
          Pieces(post.body),
          signature: Signature.header(for: post.body, secret: secret)
        )
        books.withLock { books in
          books.meta.post(post.id, answered: answer == .stored ? 200 : 503, now: now)
        }
        answers.append(answer)
      }
    }
  }
}
