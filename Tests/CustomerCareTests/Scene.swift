@testable import CustomerCare

/// The people, numbers and times the tests talk about.
enum Scene {
  /// 2026-11-21T10:00:00Z: when most stories begin.
  static let start = Instant(seconds: 1_795_255_200)

  static let anna = Alias.phone("491700000042")

  static let number = number()

  static func number(
    addedAt: Instant = start - .hours(24 * 365),
    inUse: Bool = false,
    coexistence: Bool = false,
    onboardedAt: Instant? = nil,
    ifClosed: ClosedWindowPolicy = .refuse
  ) -> NumberFacts {
    NumberFacts(
      phoneNumberID: "900800700",
      wabaID: "700100200300",
      displayPhoneNumber: "+4930000001",
      addedAt: addedAt,
      inUse: inUse,
      coexistence: coexistence,
      onboardedAt: onboardedAt,
      ifClosed: ifClosed
    )
  }

  /// An opening by Anna, as certain as its kind, received as it happened.
  static func opening(
    _ kind: OpeningKind = .text,
    id: String = "wamid.1",
    by alias: Alias = anna,
    at: Instant = start,
    receivedAt: Instant? = nil,
    live: Bool = true
  ) -> LedgerEntry {
    LedgerEntry(
      eventID: id,
      kind: .opening(kind),
      alias: alias,
      at: at,
      receivedAt: receivedAt ?? at,
      certainty: certainty(of: kind),
      live: live
    )
  }

  static func refusal(
    id: String = "wamid.refused",
    to alias: Alias = anna,
    at: Instant
  ) -> LedgerEntry {
    .refutation(of: id, alias: alias, dispatchedAt: at, receivedAt: at + .seconds(2))
  }

  static func proof(
    id: String = "wamid.sent",
    to alias: Alias = anna,
    at: Instant
  ) -> LedgerEntry {
    .proof(of: id, alias: alias, dispatchedAt: at, receivedAt: at + .seconds(2))
  }

  private static func certainty(of kind: OpeningKind) -> LedgerEntry.Certainty {
    if case .uncertain(let reason) = kind.qualification { .uncertain(reason) } else { .certain }
  }
}

extension CareWindow {
  /// The state after the entries, for the usual number.
  static func state(
    _ entries: [LedgerEntry],
    of person: Person? = nil,
    at now: Instant,
    number: NumberFacts = Scene.number
  ) -> State {
    fold(entries, of: person, at: now, number: number).state
  }
}

extension CareWindow.State {
  var isOpen: Bool { if case .open = self { true } else { false } }
  var isClosed: Bool { if case .closed = self { true } else { false } }

  var doubt: UncertaintyReason? {
    if case .uncertain(let doubt, _) = self { doubt.reason } else { nil }
  }

  /// When it ends, or ended.
  var end: Instant? {
    switch self {
    case .open(let until, _), .uncertain(_, let until): until
    case .closed(let since, _): since
    case .neverOpened: nil
    }
  }
}

extension Duration {
  static func minutes(_ count: Int64) -> Duration { .seconds(count * 60) }
  static func hours(_ count: Int64) -> Duration { .seconds(count * 3600) }
}
