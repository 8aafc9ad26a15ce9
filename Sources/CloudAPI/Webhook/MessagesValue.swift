/// Messages from customers and what became of ours: field `messages`.
package struct MessagesValue: Sendable, Hashable {
  /// The people behind the items.
  package var contacts: [ContactCard]
  /// What customers wrote.
  package var messages: [InboundMessage]
  /// What became of messages of ours.
  package var statuses: [MessageStatus]
  /// How calls of ours are going, where Meta reports them here.
  package var callStatuses: [CallStatus]
  /// Trouble that belongs to no message.
  package var errors: [ReportedError]
  /// Taps on links of marketing messages, as Meta wrote them.
  package var userActions: [JSON]

  /// Creates a value.
  package init(
    contacts: [ContactCard] = [],
    messages: [InboundMessage] = [],
    statuses: [MessageStatus] = [],
    callStatuses: [CallStatus] = [],
    errors: [ReportedError] = [],
    userActions: [JSON] = []
  ) {
    self.contacts = contacts
    self.messages = messages
    self.statuses = statuses
    self.callStatuses = callStatuses
    self.errors = errors
    self.userActions = userActions
  }
}

/// Calls: field `calls`.
package struct CallsValue: Sendable, Hashable {
  /// The people behind the calls.
  package var contacts: [ContactCard]
  /// What happened in calls.
  package var calls: [CallEvent]
  /// How calls of ours are going.
  package var statuses: [CallStatus]
  /// Trouble; on `terminate` it belongs to the call.
  package var errors: [ReportedError]

  /// Creates a value.
  package init(
    contacts: [ContactCard] = [],
    calls: [CallEvent] = [],
    statuses: [CallStatus] = [],
    errors: [ReportedError] = []
  ) {
    self.contacts = contacts
    self.calls = calls
    self.statuses = statuses
    self.errors = errors
  }
}

/// What people sent from the phone: field `smb_message_echoes`.
package struct EchoesValue: Sendable, Hashable {
  /// The people who were written to.
  package var contacts: [ContactCard]
  /// The messages.
  package var echoes: [MessageEcho]

  /// Creates a value.
  package init(contacts: [ContactCard] = [], echoes: [MessageEcho]) {
    self.contacts = contacts
    self.echoes = echoes
  }
}

/// What another app of the same number is handling: field `standby`.
///
/// Never answered automatically: a service message makes our app the handler.
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/standby, read 2026-11-21.
package struct StandbyValue: Sendable, Hashable {
  /// Messages and statuses, as in field `messages`.
  package var messages: MessagesValue
  /// What people sent from the phone.
  package var echoes: [MessageEcho]

  /// Creates a value.
  package init(messages: MessagesValue, echoes: [MessageEcho] = []) {
    self.messages = messages
    self.echoes = echoes
  }
}
