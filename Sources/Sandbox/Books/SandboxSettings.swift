import CloudAPI

/// How the simulated Meta behaves as long as no fault says otherwise.
package struct SandboxSettings: Sendable, Hashable {
  /// How a free-form message into a closed window is refused.
  package enum ClosedWindow: String, Sendable, Hashable {
    /// 200 with an id, then a `failed` status: what Meta does nearly always.
    case late
    /// HTTP 400 at once: what Meta's table says and does rarely.
    case http
  }

  /// Milliseconds from acceptance to `sent`.
  package var sentAfter: Int64 = 150
  /// Milliseconds from acceptance to `delivered`.
  package var deliveredAfter: Int64 = 400
  /// Milliseconds from acceptance to `read`; nil for customers without read receipts.
  package var readAfter: Int64? = 2000
  /// Milliseconds from acceptance to a `failed` status.
  package var failedAfter: Int64 = 600
  /// How a closed window is answered.
  package var closedWindow = ClosedWindow.late
  /// Whether reactions, edits, unsupported messages and permission taps open a window; Meta is silent.
  package var isLenient = false
  /// How many news one body may hold, 1 to 1,000; Meta's own limit is 1,000.
  package var batch = 1
  /// Milliseconds that news are gathered for a body when `batch` is over 1.
  package var batchWait: Int64 = 20
  /// Whether the limit per pair of number and person holds.
  package var hasPairLimit = true
  /// Messages a second per number; nil for Meta's own (80, or 20 with the app).
  package var perSecond: Int64?
  /// Whether somebody pays beyond the free allowance; 131042 otherwise.
  package var hasPaymentMethod = true
  /// Free service messages per number and calendar month.
  package var allowance = 1000
  /// Milliseconds a template is in review; nil for ever.
  package var reviewAfter: Int64? = 5000

  /// Whether `failed` statuses have `contacts` too; Meta's documents say no, pywa 4.5 wants them.
  package var hasFailedContacts = false

  /// Creates the settings Meta is closest to.
  package init() {}
}

extension SandboxSettings {
  /// Takes the members of a JSON object that name settings.
  ///
  /// - Throws: `MetaError` for an unknown name or a value out of range; nothing is changed then.
  mutating func apply(_ json: JSON) throws(MetaError) {
    var changed = self
    for member in json.members { try changed.set(member.key, member.value) }
    self = changed
  }

  private mutating func set(_ key: String, _ value: JSON) throws(MetaError) {
    switch key {
    case "sent_after_ms": sentAfter = try Self.milliseconds(key, value)
    case "delivered_after_ms": deliveredAfter = try Self.milliseconds(key, value)
    case "read_after_ms": readAfter = value == .null ? nil : try Self.milliseconds(key, value)
    case "failed_after_ms": failedAfter = try Self.milliseconds(key, value)
    case "review_after_ms": reviewAfter = value == .null ? nil : try Self.milliseconds(key, value)
    case "batch_wait_ms": batchWait = try Self.milliseconds(key, value)
    case "batch": batch = Int(try Self.number(key, value, in: 1...1000))
    case "per_second":
      perSecond = value == .null ? nil : try Self.number(key, value, in: 1...1_000_000)
    case "allowance": allowance = Int(try Self.number(key, value, in: 0...1_000_000_000))
    case "closed_window":
      guard let chosen = value.text.flatMap(ClosedWindow.init) else {
        throw .invalidParameter("closed_window is late or http.")
      }
      closedWindow = chosen
    case "lenient": isLenient = try Self.flag(key, value)
    case "pair_limit": hasPairLimit = try Self.flag(key, value)
    case "failed_contacts": hasFailedContacts = try Self.flag(key, value)
    case "payment_method": hasPaymentMethod = try Self.flag(key, value)
    default: throw .invalidParameter("There is no setting \(key).")
    }
  }

  /// The settings as JSON.
  func json() -> JSON {
    [
      "sent_after_ms": .integer(sentAfter), "delivered_after_ms": .integer(deliveredAfter),
      "read_after_ms": readAfter.map { .integer($0) } ?? .null,
      "failed_after_ms": .integer(failedAfter),
      "review_after_ms": reviewAfter.map { .integer($0) } ?? .null,
      "batch_wait_ms": .integer(batchWait), "batch": .integer(batch),
      "per_second": perSecond.map { .integer($0) } ?? .null, "allowance": .integer(allowance),
      "closed_window": .string(closedWindow.rawValue), "lenient": .bool(isLenient),
      "pair_limit": .bool(hasPairLimit), "payment_method": .bool(hasPaymentMethod),
      "failed_contacts": .bool(hasFailedContacts),
    ]
  }

  /// The longest wait that can be set: 40 days, longer than Meta keeps anything.
  static let waitMax: Int64 = 40 * 86_400_000

  private static func milliseconds(_ key: String, _ value: JSON) throws(MetaError) -> Int64 {
    try number(key, value, in: 0...waitMax)
  }

  private static func number(
    _ key: String,
    _ value: JSON,
    in range: ClosedRange<Int64>
  ) throws(MetaError) -> Int64 {
    guard let number = value.integer, range.contains(number) else {
      throw .invalidParameter("\(key) is a number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  private static func flag(_ key: String, _ value: JSON) throws(MetaError) -> Bool {
    guard let flag = value.flag else { throw .invalidParameter("\(key) is true or false.") }
    return flag
  }
}
