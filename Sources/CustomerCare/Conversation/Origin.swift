/// Who spoke; the raw values are those of the API's `origin`.
package enum Origin: String, CaseIterable, Sendable {
  /// The customer.
  case customer
  /// A person in the team inbox.
  case employee
  /// The AI assistant.
  case assistant
  /// A program with a token of ours.
  case api
  /// A rule of our own.
  case automation
  /// Somebody in the WhatsApp Business app of a Coexistence number; Meta does not say who.
  case phone
  /// The app's history, imported when a Coexistence number was onboarded, where it says no more.
  case history

  /// How exactly it says who spoke: our own request knows best, then the live webhook.
  var knowledge: Int {
    switch self {
    case .employee: 6
    case .assistant: 5
    case .automation: 4
    case .api: 3
    case .customer: 2
    case .phone: 1
    case .history: 0
    }
  }
}

extension Origin {
  /// The origin of what a sender asked for.
  package init(_ sender: Sender) {
    switch sender {
    case .employee: self = .employee
    case .program: self = .api
    case .assistant: self = .assistant
    case .automation: self = .automation
    }
  }
}
