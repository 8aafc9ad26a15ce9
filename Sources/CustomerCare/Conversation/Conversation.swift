/// A customer, or a group, with a business number.
package struct Conversation: Hashable, Sendable {
  package let number: PhoneNumberID
  package let customer: CustomerID
  /// The customer's present aliases, strongest first; a group's is one.
  package let aliases: [Alias]
  /// The name the customer gave themselves.
  package let name: String?
  package let window: CareWindow

  /// Creates a conversation.
  package init(
    number: PhoneNumberID,
    customer: CustomerID,
    aliases: [Alias],
    name: String?,
    window: CareWindow
  ) {
    self.number = number
    self.customer = customer
    self.aliases = aliases
    self.name = name
    self.window = window
  }
}
