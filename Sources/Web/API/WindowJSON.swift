import CloudAPI
import CustomerCare
import Storage

extension Conversation {
  /// The care window as the API shows it (contract 4.3).
  func windowJSON(margin: Duration) -> JSON {
    let now = window.asOf
    return [
      "phone_number_id": .string(number.rawValue),
      "customer": customerJSON,
      "state": .string(window.stateWord),
      "uncertain_because": .text(window.doubt?.reason.rawValue),
      "opened_by": window.openedBy.map(\.openedByJSON) ?? .null,
      "closes_at": .time(window.closesAt),
      "closed_since": .time(window.closedSince),
      "seconds_left": window.closesAt.map { closesAt in
        .integer(max(0, closesAt.since(now).wholeMilliseconds / 1000))
      } ?? .null,
      // Learned from billing webhooks, which are not evaluated yet: never claimed.
      "free_entry_point": ["state": "none", "ends_at": .null],
      "allowed": .array(
        window.allowed(at: now, margin: margin).map { .string($0.rawValue) }
      ),
    ]
  }

  /// The customer under all names that are known.
  var customerJSON: JSON {
    var json: JSON = [
      "id": .string(customer.rawValue),
      "wa_id": .text(aliases.first { $0.kind == .phone }?.value),
      "user_id": .text(aliases.first { $0.kind == .bsuid }?.value),
    ]
    if let group = aliases.first(where: { $0.kind == .group }) {
      json.set("group_id", to: .string(group.value))
    }
    return json
  }
}

extension CareWindow {
  /// The state in one word of the API's.
  var stateWord: String {
    switch state {
    case .open: "open"
    case .closed: "closed"
    case .neverOpened: "never_opened"
    case .uncertain: "uncertain"
    }
  }

  fileprivate var doubt: Doubt? {
    if case .uncertain(let doubt, _) = state { doubt } else { nil }
  }

  /// The event that opened it last, if it was one: a refutation closes and opens nothing.
  fileprivate var openedBy: LedgerEntry? {
    let entry: LedgerEntry? =
      switch state {
      case .open(_, let because), .closed(_, let because): because
      case .uncertain(let doubt, _): doubt.opening
      case .neverOpened: nil
      }
    return entry.flatMap { if case .opening = $0.kind { $0 } else { nil } }
  }

  fileprivate var closesAt: Instant? {
    switch state {
    case .open(let until, _), .uncertain(_, let until): until
    case .closed, .neverOpened: nil
    }
  }

  fileprivate var closedSince: Instant? {
    if case .closed(let since, _) = state { since } else { nil }
  }
}

extension LedgerEntry {
  /// The entry as what opened a window.
  var openedByJSON: JSON {
    [
      "kind": .string(kindWord), "id": .string(eventID), "at": .time(at),
      "received_at": .time(receivedAt),
    ]
  }

  /// The entry as a line of the ledger.
  var ledgerJSON: JSON {
    let sort: String =
      switch kind {
      case .opening: "opening"
      case .refutation: "refutation"
      case .proof: "proof"
      }
    let doubt: UncertaintyReason? =
      if case .uncertain(let reason) = certainty { reason } else { nil }
    return [
      "entry": .string(sort), "kind": .string(kindWord), "id": .string(eventID), "at": .time(at),
      "received_at": .time(receivedAt), "certain": .bool(doubt == nil),
      "uncertain_because": .text(doubt?.rawValue), "live": .bool(live),
      "alias": .string(alias.key),
    ]
  }

  private var kindWord: String {
    switch kind {
    case .opening(let kind): kind.rawValue
    case .refutation: "refused_131047"
    case .proof: "sent"
    }
  }
}
