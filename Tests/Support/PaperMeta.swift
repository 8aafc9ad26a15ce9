import CloudAPI
import CustomerCare
package import Gateway
package import Sandbox
import Synchronization

/// The sandbox's books as a carrier: messages reach a Meta on paper, which judges them by its own rule.
///
/// It shares no rule with CareWindow. Whatever it is handed in free form while its own books say that
/// the window is closed is counted in `handedOutside`, whichever way the gateway came to send it.
package final class PaperMeta: Carrier {
  /// What can happen to one parcel on its way.
  package enum Mishap: Sendable {
    /// The connection is refused: no byte leaves.
    case notSent
    /// The bytes leave and get lost; nobody at Meta sees them.
    case unknownBeforeAccepting
    /// Meta takes the message; its answer gets lost.
    case unknownAfterAccepting
    /// Meta takes the message and answers; then this happens, before anybody here hears of it.
    case afterAccepting(@Sendable () -> Void)
    /// The parcel waits at the door on its way to Meta.
    case held(Latch)
    /// Meta takes the message; its answer waits at the door.
    case answerHeld(Latch)
  }

  struct Books: Sendable {
    var meta: SimulatedMeta
    var mishaps: [Mishap] = []
    var handed = 0
    var handedOutside = 0
    var journeyMax: Duration = .zero
    var journeys: SeededGenerator
  }

  let books: Mutex<Books>
  let clock: TestClock
  let secret: String

  /// Opens the books of some business numbers.
  ///
  /// `seed` is that of the books' chance and of the journeys; `secret` signs the webhooks.
  package init(
    seed: UInt64,
    clock: TestClock,
    secret: String,
    numbers: [SandboxNumber] = [.standard]
  ) {
    self.clock = clock
    self.secret = secret
    books = Mutex(
      Books(
        meta: SimulatedMeta(seed: seed, app: SandboxApp(secret: secret), numbers: numbers),
        journeys: SeededGenerator(seed: seed)
      )
    )
  }

  /// How many parcels arrived at Meta.
  package var handed: Int { books.withLock { $0.handed } }

  /// How many free-form messages arrived at Meta while its own books had the window closed.
  package var handedOutside: Int { books.withLock { $0.handedOutside } }

  /// What happens to the next parcel that nothing was foretold of yet.
  package func foretell(_ mishap: Mishap) {
    books.withLock { $0.mishaps.append(mishap) }
  }

  /// From now on every parcel takes up to so long to Meta, by the seed; the clock moves meanwhile.
  package func journeys(upTo duration: Duration) {
    books.withLock { $0.journeyMax = duration }
  }

  /// Takes a message as Meta does, or fails as it was told to.
  package func carry(_ parcel: Parcel) async -> Carried {
    let mishap = books.withLock { $0.mishaps.isEmpty ? nil : $0.mishaps.removeFirst() }
    travel()
    switch mishap {
    case .notSent: return Carried(outcome: .notSent(reason: "connection refused"), answer: nil)
    case .unknownBeforeAccepting: return Carried(outcome: .unknown(reason: "timeout"), answer: nil)
    case .unknownAfterAccepting:
      _ = hand(parcel)
      return Carried(outcome: .unknown(reason: "timeout"), answer: nil)
    case .afterAccepting(let event):
      let carried = hand(parcel)
      event()
      return carried
    case .held(let latch):
      await latch.pass()
      return hand(parcel)
    case .answerHeld(let latch):
      let carried = hand(parcel)
      await latch.pass()
      return carried
    case nil: return hand(parcel)
    }
  }

  private func travel() {
    let journey = books.withLock { books in
      let most = books.journeyMax.wholeMilliseconds
      return most > 0 ? Int64.random(in: 0...most, using: &books.journeys) : 0
    }
    if journey > 0 { clock.advance(by: .milliseconds(journey)) }
  }

  private func hand(_ parcel: Parcel) -> Carried {
    let now = clock.now.milliseconds
    let reply = books.withLock { books in
      books.handed += 1
      if books.isOutside(parcel, now: now) { books.handedOutside += 1 }
      return books.meta.answer(
        GraphCall(
          "POST",
          [parcel.version ?? "v24.0", parcel.from.rawValue, parcel.road.rawValue],
          bearer: parcel.accessToken.secret,
          contentType: "application/json",
          body: parcel.body
        ),
        now: now
      )
    }
    return Carried(reply)
  }
}

extension PaperMeta.Books {
  /// Whether a parcel holds a free-form message to somebody whose window the books have closed.
  fileprivate mutating func isOutside(_ parcel: Parcel, now: Int64) -> Bool {
    guard let json = try? JSON.parse(parcel.body), json["status"] == nil,
      json["type"]?.text != "template"
    else { return false }
    var query = ["phone_number_id": parcel.from.rawValue]
    if json["recipient_type"]?.text == "group" {
      query["group_id"] = json["to"]?.text
    } else {
      query["wa_id"] = json["to"]?.text ?? json["recipient"]?.text
    }
    let window = try? meta.windowState(query, now: now)
    return window?["open"]?.flag != true
  }
}

extension Carried {
  /// What Meta's answer proves, in the few shapes the books give.
  fileprivate init(_ reply: GraphReply) {
    guard reply.manner == .prompt else {
      self.init(outcome: .unknown(reason: "no answer"), answer: nil)
      return
    }
    let answer = MetaAnswer(status: reply.status, body: reply.body)
    let json = (try? JSON.parse(reply.body)) ?? .null
    if let error = GraphErrorBody(json) {
      self.init(outcome: DispatchOutcome(error, status: reply.status), answer: answer)
    } else if let response = SendResponse(json), let id = response.messageID {
      self.init(
        outcome: .accepted(MessageID(id), waID: response.waID, userID: response.userID),
        answer: answer
      )
    } else {
      self.init(outcome: .acknowledged, answer: answer)
    }
  }
}

extension DispatchOutcome {
  fileprivate init(_ error: GraphErrorBody, status: Int) {
    switch error.known?.retry {
    case .yes:
      self = .notSent(
        reason: "error \(error.code)",
        MetaRefusal(code: error.code, title: error.message)
      )
    case .yesUnsafe: self = .unknown(reason: "error \(error.code)")
    case nil where status >= 500: self = .unknown(reason: "HTTP \(status)")
    default: self = .refused(MetaRefusal(code: error.code, title: error.message))
    }
  }
}
