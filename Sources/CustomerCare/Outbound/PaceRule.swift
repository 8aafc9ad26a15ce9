/// A limit of Meta's on how fast messages may leave.
package enum PaceLimit: String, CaseIterable, Sendable {
  /// Messages a second of one business number, in and out together; Meta's error 130429.
  case throughput
  /// Messages from one business number to one customer; Meta's error 131056.
  case pair
}

/// How fast messages may leave: one after the other at a rate, and so many at once after a pause.
package struct PaceRule: Hashable, Sendable {
  /// Messages a second of an ordinary number.
  ///
  /// Source: …/whatsapp/throughput, 2026-06-17, read 2026-11-22.
  package static let throughputUsual = 80

  /// Messages a second of a number that is also in the WhatsApp Business app; Meta raises it for nobody.
  ///
  /// Source: …/embedded-signup/onboarding-business-app-users, 2025-12-08, and …/whatsapp/throughput, 2026-05-21, read 2026-11-22.
  package static let throughputCoexistence = 20

  /// How many messages to one customer may be borrowed from the future: one fewer than Meta's 45, because what leaves
  /// here at the right distance arrives at another.
  ///
  /// Source: …/whatsapp/about-the-platform, 2026-08-04, read 2026-11-22.
  package static let pairBurstUsual = 44

  /// How long a slot that was taken ahead of its use is good for.
  ///
  /// Long enough to be worth a write, a tenth of the second in which Meta counts.
  package static let slotLife: Duration = .milliseconds(100)

  /// How many messages there are to a period.
  private let messages: Int
  /// The period.
  private let microseconds: Int64
  /// How many may leave at once after a pause.
  package let burst: Int

  private init(messages: Int, in microseconds: Int64, burst: Int) {
    self.messages = max(messages, 1)
    self.microseconds = microseconds
    self.burst = max(burst, 1)
  }

  /// The pace of a number of which Meta takes so many messages a second.
  ///
  /// Four fifths of them, because what customers write counts as well and is not counted here, and a tenth at once:
  /// with what was taken `slotLife` ahead no second has more than Meta's number.
  package static func throughput(_ perSecond: Int) -> PaceRule {
    PaceRule(messages: perSecond * 4 / 5, in: 1_000_000, burst: perSecond / 10)
  }

  /// The pace towards one customer: a message every six seconds, and so many of them borrowed from the future.
  ///
  /// Source: …/whatsapp/about-the-platform, 2026-08-04, read 2026-11-22.
  package static func pair(burst: Int = pairBurstUsual) -> PaceRule {
    PaceRule(messages: 1, in: 6_000_000, burst: burst)
  }

  /// The pace that a limit sets to a business number.
  package init(_ limit: PaceLimit, of number: NumberFacts) {
    switch limit {
    case .throughput:
      self = .throughput(
        number.throughput
          ?? (number.coexistence ? Self.throughputCoexistence : Self.throughputUsual)
      )
    case .pair: self = .pair(burst: number.pairBurst ?? Self.pairBurstUsual)
    }
  }

  /// What so many messages use up, in microseconds, rounded up: never faster than the rule.
  package func cost(of count: Int) -> Int64 {
    (Int64(count) * microseconds + Int64(messages) - 1) / Int64(messages)
  }

  /// How far ahead of the clock a budget may be paid for while one more may leave, in microseconds.
  package var slack: Int64 { cost(of: burst - 1) }
}
