package import CustomerCare

/// What an event is about, as it is known when somebody is told.
package struct EventDetails: Sendable {
  /// Every name of the customer; empty when the customer is somebody else by now.
  package var aliases: [Alias]
  /// The message, where the event is about one that is kept.
  package var message: MessageView?

  /// Reads what belongs to an event.
  package static func read(_ event: CareEvent, in unit: any SQLUnit) throws -> EventDetails {
    guard let facts = try Numbers.find(event.number, in: unit)?.facts else {
      return EventDetails(aliases: [], message: nil)
    }
    let person = try Identities(scope: facts.scope, unit: unit).person(event.customer)
    let message = try StoredJSON(parsing: event.body)["message"]?.text
    return EventDetails(
      aliases: person?.aliases ?? [],
      message: try message.flatMap {
        try Conversations.message(MessageID($0), of: event.number, in: unit)
      }
    )
  }
}
