/// A customer, or a group, with a business number: what an inbox shows in one line.
package struct Conversation: Hashable, Sendable {
  /// The business number.
  package let number: PhoneNumberID
  /// The customer, or the group.
  package let customer: CustomerID
  /// The present aliases, strongest first; a group has one.
  package let aliases: [Alias]
  /// The name the customer gave themselves; nil if Meta never said.
  package let name: String?
  /// The care window.
  package let window: CareWindow
  /// When the newest message was written; nil if there is none, only a call.
  package let lastMessageAt: Instant?

  /// Creates a conversation.
  package init(
    number: PhoneNumberID,
    customer: CustomerID,
    aliases: [Alias],
    name: String? = nil,
    window: CareWindow,
    lastMessageAt: Instant? = nil
  ) {
    self.number = number
    self.customer = customer
    self.aliases = aliases
    self.name = name
    self.window = window
    self.lastMessageAt = lastMessageAt
  }

  /// The phone number Meta knows the customer by; nil for one who hides it, and for groups.
  package var waID: String? { aliases.first { $0.kind == .phone }?.value }

  /// The customer's business-scoped user id; nil if Meta never said, and for groups.
  package var userID: String? { aliases.first { $0.kind == .bsuid }?.value }
}
