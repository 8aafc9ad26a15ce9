import CloudAPI

/// A message on its way to a customer, or one that a customer or a person in the app wrote.
struct SentMessage: Sendable {
  /// Where a message of the business is.
  enum State: String, Sendable, Comparable {
    case accepted, sent, delivered, read, failed

    private var rank: Int {
      switch self {
      case .accepted: 0
      case .sent: 1
      case .delivered: 2
      case .read: 3
      case .failed: 4
      }
    }

    static func < (left: State, right: State) -> Bool { left.rank < right.rank }
  }

  /// Who wrote it.
  enum Writer: String, Sendable {
    case business, app, customer
  }

  let id: String
  let writer: Writer
  let phoneNumberID: String
  /// The person's user id, or the group's id.
  let party: String
  let isGroup: Bool
  /// Whether it was sent to a user id: no phone number in the answer then.
  let isByUserID: Bool
  let type: String
  var content: JSON
  /// The category of its template in lower case; nil for free-form messages.
  var category: String?
  let contextID: String?
  let callbackData: String?
  let at: Int64
  var state: State
  /// The end and id of the free entry point it was sent in, or nil.
  var freeEntry: (until: Int64, id: String)?
  var price: Price?
  var error: MetaError?
  var isRevoked = false
  /// Whether the allowance was touched for it; given back if it fails.
  var usesAllowance = false
}

/// All messages, newest last, as many as fit.
struct Messages: Sendable {
  /// How many messages are remembered; older ones leave the phones, as on a phone with little room.
  static let messagesMax = 200_000

  private var byID: [String: SentMessage] = [:]
  private var order: [String] = []
  private var forgotten = 0

  /// How many messages were ever written.
  var total: Int { order.count + forgotten }

  subscript(id: String) -> SentMessage? {
    get { byID[id] }
    set {
      if let newValue {
        if byID.updateValue(newValue, forKey: id) == nil { order.append(id) }
        if order.count > Self.messagesMax { forgetOldest() }
      }
    }
  }

  /// The newest messages that fit a condition, oldest first.
  func newest(_ count: Int, where fits: (SentMessage) -> Bool) -> [SentMessage] {
    var found: [SentMessage] = []
    for id in order.reversed() {
      guard found.count < count else { break }
      if let message = byID[id], fits(message) { found.append(message) }
    }
    return found.reversed()
  }

  /// Forgets a tenth at once, so that the order is seldom moved.
  private mutating func forgetOldest() {
    let count = Self.messagesMax / 10
    for id in order.prefix(count) { byID[id] = nil }
    order.removeFirst(count)
    forgotten += count
  }
}
