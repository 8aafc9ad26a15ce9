/// Free entry points: 72 hours without charge after a customer came from an advertisement and the
/// business answered within a day.
///
/// Source: …/pricing (2026-09-10), read 2026-11-21.
struct FreeEntries: Sendable {
  /// How long one lasts from the business's answer: 72 hours, in milliseconds.
  static let length: Int64 = 259_200_000

  private enum Entry: Sendable {
    /// The customer came at this instant; not answered yet.
    case knocked(Int64)
    /// Answered; free until this instant.
    case open(until: Int64, id: String)
  }

  private var entries: [MetaWindows.Key: Entry] = [:]

  /// The customer came through an advertisement.
  mutating func knock(_ key: MetaWindows.Key, at instant: Int64) {
    if case .open(let until, _) = entries[key], until > instant { return }
    entries[key] = .knocked(instant)
  }

  /// The business answers: opens the entry if it is in time, and gives its end and id while open.
  mutating func answer(
    _ key: MetaWindows.Key,
    at instant: Int64,
    id: @autoclosure () -> String
  ) -> (until: Int64, id: String)? {
    switch entries[key] {
    case .knocked(let since) where instant < since + MetaWindows.length:
      let opened = (until: instant + Self.length, id: id())
      entries[key] = .open(until: opened.until, id: opened.id)
      return opened
    case .open(let until, let id) where instant < until: return (until, id)
    default: return nil
    }
  }
}
