package import CustomerCare

/// What is read about windows.
package enum Windows {
  /// A customer's conversation and window.
  ///
  /// - Parameters:
  ///   - customer: A phone number in digits, a BSUID, a group id, or our own id. One that nobody
  ///     knows has a window that was never opened.
  /// - Returns: `nil` when nobody added the number.
  package static func window(
    number: PhoneNumberID,
    customer: String,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Conversation? {
    nil
  }

  /// Every entry of a customer's window ledger, newest first.
  ///
  /// - Returns: `nil` when nobody added the number.
  package static func ledger(
    number: PhoneNumberID,
    customer: String,
    after cursor: Cursor? = nil,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> Page<LedgerEntry>? {
    nil
  }

  /// The window board.
  ///
  /// - Returns: Windows that are open at `now` or, if asked for, uncertain; soonest to close first.
  package static func board(
    _ filter: BoardFilter,
    now: Instant,
    after cursor: Cursor? = nil,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> Page<Conversation> {
    Page(items: [], next: nil)
  }

  /// How many windows are open now, over all numbers; for the metric.
  package static func openCount(now: Instant, in unit: any SQLUnit) throws -> Int {
    0
  }
}

/// Which windows of the board.
package struct BoardFilter: Sendable, Hashable {
  /// What a window on the board may be.
  package enum State: String, Sendable, CaseIterable {
    case open, uncertain, closed
  }

  /// Only windows in this state.
  package var state: State
  /// Only windows that close within this time; `nil`: all.
  package var closingWithin: Duration?
  /// Only these numbers; `nil`: all.
  package var numbers: Set<PhoneNumberID>?

  /// Makes a filter.
  package init(
    state: State = .open,
    closingWithin: Duration? = nil,
    numbers: Set<PhoneNumberID>? = nil
  ) {
    self.state = state
    self.closingWithin = closingWithin
    self.numbers = numbers
  }
}

/// A part of a list.
package struct Page<Item: Sendable>: Sendable {
  /// The items, in the list's order.
  package var items: [Item]
  /// Where the next part begins; `nil` at the end.
  package var next: Cursor?

  /// Makes a page.
  package init(items: [Item], next: Cursor?) {
    self.items = items
    self.next = next
  }
}

/// A place in a list: opaque to whoever holds it.
package struct Cursor: Sendable, Hashable {
  /// Text of letters, digits, `-`, `_` and `.`.
  package var text: String

  /// Takes a cursor as somebody handed it back; one that makes no sense is an empty page.
  package init(_ text: String) {
    self.text = text
  }
}
