import CloudAPI

/// What Meta says about the price of one message, in the `pricing` object of a status.
struct Price: Sendable, Hashable {
  /// `regular`, `free_customer_service`, `free_entry_point`, `free_group_customer_service`.
  let type: String
  /// `service`, `utility`, `marketing`, `marketing_lite`, `authentication`, ….
  let category: String

  /// Whether it is charged.
  var isBillable: Bool { type == "regular" }

  /// The object as it stands in a status.
  func json() -> JSON {
    [
      "billable": .bool(isBillable), "pricing_model": "PMP", "type": .string(type),
      "category": .string(category),
    ]
  }
}

/// What the simulated Meta would bill, by delivered message.
///
/// The amounts are Meta's list prices of 2026-10-01 in US dollars for a few markets, without tiers:
/// labelled so, and no substitute for a rate card.
///
/// Source: …/pricing/non-template-messages (2026-09-11) and the rate card of 2026-10-01, read
/// 2026-11-21.
struct Bill: Sendable {
  /// From here on non-template and in-window utility messages are charged: 2026-10-01 00:00 UTC.
  static let serviceCharged: Int64 = 1_790_812_800_000

  /// How many lines are kept; the sums go on without them.
  static let linesMax = 10_000

  /// One charged or free message.
  struct Line: Sendable {
    let messageID: String
    let at: Int64
    let phoneNumberID: String
    let country: String
    let price: Price
    /// Millionths of a dollar.
    let micros: Int64
  }

  private(set) var lines: [Line] = []
  private(set) var totals: [Price: (count: Int, micros: Int64)] = [:]
  private var used: [String: Int] = [:]

  /// What a template or a free-form message costs now; the allowance is taken at once.
  ///
  /// `category` is the template's category in lower case, or nil for free-form messages.
  mutating func price(
    category: String?,
    isOpen: Bool,
    isFreeEntry: Bool,
    isGroup: Bool,
    number: String,
    allowance: Int,
    now: Int64
  ) -> (price: Price, usesAllowance: Bool) {
    let prefix = isGroup ? "group_" : ""
    let free = isGroup ? "free_group_customer_service" : "free_customer_service"
    if isFreeEntry {
      return (Price(type: "free_entry_point", category: "referral_conversion"), false)
    }
    guard let category else {
      guard now >= Self.serviceCharged else {
        return (Price(type: free, category: prefix + "service"), false)
      }
      let month = Self.key(number, now)
      let hasLeft = (used[month] ?? 0) < allowance
      if hasLeft { used[month, default: 0] += 1 }
      return (Price(type: hasLeft ? free : "regular", category: prefix + "service"), hasLeft)
    }
    let isFreeUtility = category == "utility" && isOpen && now < Self.serviceCharged
    return (Price(type: isFreeUtility ? free : "regular", category: prefix + category), false)
  }

  /// How many free messages of the month are left to a number.
  func left(number: String, allowance: Int, now: Int64) -> Int {
    Swift.max(0, allowance - (used[Self.key(number, now)] ?? 0))
  }

  /// Gives back what a message that failed had taken of the allowance.
  mutating func giveBack(number: String, at instant: Int64) {
    used[Self.key(number, instant), default: 1] -= 1
  }

  /// Writes a delivered message down.
  mutating func deliver(_ line: Line) {
    lines.append(line)
    if lines.count > Self.linesMax { lines.removeFirst(Self.linesMax / 10) }
    let before = totals[line.price] ?? (0, 0)
    totals[line.price] = (before.count + 1, before.micros + line.micros)
  }

  /// The list price of a message in millionths of a dollar.
  static func micros(_ price: Price, country: String) -> Int64 {
    guard price.isBillable else { return 0 }
    let rate = rates[country] ?? (marketing: 60400, other: 7700)
    return price.category.contains("marketing") ? rate.marketing : rate.other
  }

  /// Millionths of a dollar per message: marketing, and everything else.
  private static let rates: [String: (marketing: Int64, other: Int64)] = [
    "AR": (61800, 26000), "BR": (62500, 6800), "CL": (88900, 20000), "CO": (12500, 800),
    "DE": (136_500, 55000), "EG": (64400, 3600), "ES": (70700, 20000), "FR": (85900, 30000),
    "GB": (63500, 22000), "HK": (73200, 26000), "HU": (86000, 35000), "ID": (41100, 25000),
    "IL": (35300, 5300), "IN": (11800, 1400), "IT": (79500, 30000), "LK": (73200, 2000),
    "MX": (39700, 8500), "MY": (86000, 14000), "NG": (51600, 6700), "NL": (159_700, 50000),
    "PE": (70300, 30000), "PK": (47300, 15000), "PL": (36600, 12200), "RO": (86000, 29000),
    "RU": (80200, 40000), "SA": (57600, 10700), "SG": (73200, 16000), "TR": (10900, 900),
    "UA": (86000, 29800), "US": (25000, 3400), "ZA": (37900, 9500), "AT": (59200, 17100),
    "BE": (59200, 17100), "CH": (59200, 17100), "DK": (59200, 17100), "IE": (59200, 17100),
    "NO": (59200, 17100), "PT": (59200, 17100), "SE": (59200, 17100), "AE": (57600, 15700),
  ]

  /// Number and calendar month in UTC; Meta takes the account's time zone.
  private static func key(_ number: String, _ instant: Int64) -> String {
    let (year, month) = CivilDate.month(of: instant)
    return "\(number)/\(year)-\(month)"
  }
}

/// Just enough calendar.
enum CivilDate {
  /// Year and month in UTC of an instant in milliseconds since 1970.
  ///
  /// Days to civil date by Howard Hinnant's algorithm.
  static func month(of instant: Int64) -> (year: Int64, month: Int64) {
    let days = Int64((Double(instant) / 86_400_000).rounded(.down)) + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month)
  }
}
