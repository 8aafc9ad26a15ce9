/// One business number that the simulated Meta knows.
package struct SandboxNumber: Sendable, Hashable {
  /// Meta's id of the number, as it stands in URLs.
  package var phoneNumberID: String
  /// The WhatsApp Business Account it belongs to.
  package var wabaID: String
  /// The number itself, digits only.
  package var displayPhoneNumber: String
  /// The name customers see.
  package var verifiedName: String
  /// Tokens that may use it.
  package var tokens: [String]
  /// Whether it is also in the WhatsApp Business app (Coexistence): 20 messages a second instead of
  /// 80, echoes, history, and only customer messages after `onboardedAt` open a window.
  package var isOnBusinessApp: Bool
  /// When it was connected to Cloud API, in milliseconds since 1970; nil for longer than the sandbox
  /// remembers.
  package var onboardedAt: Int64?

  /// Creates a number.
  package init(
    phoneNumberID: String,
    wabaID: String,
    displayPhoneNumber: String,
    verifiedName: String = "Sandbox",
    tokens: [String],
    isOnBusinessApp: Bool = false,
    onboardedAt: Int64? = nil
  ) {
    self.phoneNumberID = phoneNumberID
    self.wabaID = wabaID
    self.displayPhoneNumber = displayPhoneNumber
    self.verifiedName = verifiedName
    self.tokens = tokens
    self.isOnBusinessApp = isOnBusinessApp
    self.onboardedAt = onboardedAt
  }

  /// The number of all examples: 900800700 in account 700100200300, with token `sandbox-token`.
  package static let standard = SandboxNumber(
    phoneNumberID: "900800700",
    wabaID: "700100200300",
    displayPhoneNumber: "4930000001",
    verifiedName: "Bike Repair Kern",
    tokens: ["sandbox-token"]
  )
}

/// A WhatsApp Business Account.
struct BusinessAccount: Sendable {
  let id: String
  /// Whether the app gets its webhooks (`subscribed_apps`); without it nothing is sent.
  var isSubscribed = true
}

/// Who exists at the simulated Meta on the business's side.
struct Roster: Sendable {
  /// How many numbers and accounts the sandbox takes; far more than a demonstration needs.
  static let numbersMax = 10_000

  /// The fields an app can subscribe to as far as the sandbox sends them.
  static let standardFields = [
    "messages", "calls", "smb_message_echoes", "history", "smb_app_state_sync", "user_preferences",
    "user_id_update", "account_update", "message_template_status_update",
    "message_template_quality_update", "message_template_components_update",
    "template_category_update",
  ]

  private(set) var numbers: [String: SandboxNumber] = [:]
  private(set) var accounts: [String: BusinessAccount] = [:]
  /// The order in which numbers were added; the first is meant where none is named.
  private(set) var order: [String] = []
  var fields = Roster.standardFields

  init(_ numbers: [SandboxNumber]) {
    for number in numbers.prefix(Self.numbersMax) { add(number) }
  }

  /// Adds a number, or changes one that is there; false if there is no room.
  @discardableResult
  mutating func add(_ number: SandboxNumber) -> Bool {
    if numbers[number.phoneNumberID] == nil {
      guard numbers.count < Self.numbersMax else { return false }
      order.append(number.phoneNumberID)
    }
    numbers[number.phoneNumberID] = number
    if accounts[number.wabaID] == nil {
      accounts[number.wabaID] = BusinessAccount(id: number.wabaID)
    }
    return true
  }

  /// The numbers of an account, in the order they were added.
  func numbers(of wabaID: String) -> [SandboxNumber] {
    order.compactMap { numbers[$0] }.filter { $0.wabaID == wabaID }
  }

  /// Whether anybody was given this token.
  func knows(token: String) -> Bool { numbers.values.contains { $0.tokens.contains(token) } }

  /// Whether a token may use an account.
  func may(_ token: String, use wabaID: String) -> Bool {
    numbers.values.contains { $0.wabaID == wabaID && $0.tokens.contains(token) }
  }

  /// The accounts a token may use, sorted.
  func accounts(for token: String) -> [String] {
    Set(numbers.values.filter { $0.tokens.contains(token) }.map(\.wabaID)).sorted()
  }

  /// Turns the webhooks of an account on or off.
  mutating func setSubscribed(_ isSubscribed: Bool, account: String) {
    accounts[account]?.isSubscribed = isSubscribed
  }
}
