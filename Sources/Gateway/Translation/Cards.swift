import CloudAPI
import CustomerCare

/// The cards of `contacts[]`, of which a body can hold as many as it holds messages.
///
/// Cards are matched by name, never by index.
struct Cards {
  private let cards: [CloudAPI.ContactCard]
  /// Where the first card with a name is.
  private var places: [Alias: Int] = [:]

  init(_ cards: [CloudAPI.ContactCard]) {
    self.cards = cards
    guard cards.count > 1 else { return }  // A single one is compared, not looked up.
    for (place, card) in cards.enumerated() {
      for name in Alias.names(card) where places[name] == nil { places[name] = place }
    }
  }

  /// The first card that shares a name with an event.
  ///
  /// An event without any name is the only card's, or nobody's.
  func card(of names: [Alias]) -> CloudAPI.ContactCard? {
    if cards.count == 1, let only = cards.first {
      return names.isEmpty || Alias.names(only).contains(where: names.contains) ? only : nil
    }
    return names.compactMap { places[$0] }.min().map { cards[$0] }
  }
}
