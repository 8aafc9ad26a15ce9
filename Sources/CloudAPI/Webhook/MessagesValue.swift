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

extension MessagesValue {
  init(_ json: JSON, _ reader: inout WireReader) {
    contacts = reader.contacts(of: json)
    messages = reader.eachObject("messages", of: json) { InboundMessage($0, &$1) }
    let items: [StatusItem] = reader.eachObject("statuses", of: json) { item, reader in
      item["type"]?.text == "call"
        ? CallStatus(item, &reader).map(StatusItem.call)
        : MessageStatus(item, &reader).map(StatusItem.message)
    }
    statuses = items.compactMap { if case .message(let status) = $0 { status } else { nil } }
    callStatuses = items.compactMap { if case .call(let status) = $0 { status } else { nil } }
    errors = reader.errors(of: json)
    userActions = reader.eachObject("user_actions", of: json) { item, _ in item }
  }

  private enum StatusItem {
    case message(MessageStatus)
    case call(CallStatus)
  }

  /// True if there is nothing that needs to know which number it is about.
  var isEmpty: Bool {
    messages.isEmpty && statuses.isEmpty && callStatuses.isEmpty
  }

  var members: [JSONMember] {
    let statuses = statuses.map(\.raw) + callStatuses.map(\.raw)
    return JSON.present([
      "contacts": contacts.isEmpty ? nil : .array(contacts.map(\.json)),
      "messages": messages.isEmpty ? nil : .array(messages.map(\.raw)),
      "statuses": statuses.isEmpty ? nil : .array(statuses),
      "errors": errors.isEmpty ? nil : .array(errors.map(\.json)),
      "user_actions": userActions.isEmpty ? nil : .array(userActions),
    ]).members
  }
}

extension CallsValue {
  init(_ json: JSON, businessNumber: String?, _ reader: inout WireReader) {
    contacts = reader.contacts(of: json)
    calls = reader.eachObject("calls", of: json) {
      CallEvent($0, businessNumber: businessNumber, &$1)
    }
    statuses = reader.eachObject("statuses", of: json) { CallStatus($0, &$1) }
    errors = reader.errors(of: json)
  }

  var members: [JSONMember] {
    JSON.present([
      "contacts": contacts.isEmpty ? nil : .array(contacts.map(\.json)),
      "calls": calls.isEmpty ? nil : .array(calls.map(\.raw)),
      "statuses": statuses.isEmpty ? nil : .array(statuses.map(\.raw)),
      "errors": errors.isEmpty ? nil : .array(errors.map(\.json)),
    ]).members
  }
}

extension EchoesValue {
  init(_ json: JSON, _ reader: inout WireReader) {
    contacts = reader.contacts(of: json)
    echoes = reader.eachObject("message_echoes", of: json) { MessageEcho($0, &$1) }
  }

  var members: [JSONMember] {
    JSON.present([
      "contacts": contacts.isEmpty ? nil : .array(contacts.map(\.json)),
      "message_echoes": .array(echoes.map(\.raw)),
    ]).members
  }
}

extension StandbyValue {
  init(_ json: JSON, _ reader: inout WireReader) {
    messages = MessagesValue(json, &reader)
    echoes = reader.eachObject("message_echoes", of: json) { MessageEcho($0, &$1) }
  }

  var members: [JSONMember] {
    let echoes = echoes.isEmpty ? [] : [JSONMember("message_echoes", .array(echoes.map(\.raw)))]
    return [JSONMember("standby", .object(messages.members + echoes))]
  }
}

extension WireReader {
  mutating func contacts(of json: JSON) -> [ContactCard] {
    eachObject("contacts", of: json) { ContactCard($0, &$1) }
  }

  mutating func errors(of json: JSON) -> [ReportedError] {
    eachObject("errors", of: json) { ReportedError($0, &$1) }
  }
}
