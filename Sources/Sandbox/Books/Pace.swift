/// Meta's two limits on speed, per business number and per pair of number and person.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/throughput (2026-06-17)
/// and …/about-the-platform (2026-08-04), read 2026-11-21.
struct Pace: Sendable {
  /// Messages a second of an ordinary number, in and out together.
  static let ordinaryPerSecond: Int64 = 80

  /// Messages a second of a number that is also in the WhatsApp Business app.
  static let coexistencePerSecond: Int64 = 20

  /// One message to a person every six seconds, in milliseconds.
  static let pairInterval: Int64 = 6000

  /// How many messages to one person may be borrowed from the future.
  static let pairBurst: Int64 = 45

  /// How many pairs are remembered; beyond it those that owe nothing any more are forgotten.
  static let pairsMax = 100_000

  /// Milliseconds at which each number has paid for what passed, in thousandths for exactness.
  private var numberPaid: [String: Int64] = [:]
  private var pairPaid: [MetaWindows.Key: Int64] = [:]

  /// Takes one message of a number's throughput; false if there is none left in this second.
  mutating func take(number: String, perSecond: Int64, now: Int64) -> Bool {
    let micros = now * 1000
    let cost = 1_000_000 / Swift.max(1, perSecond)
    let paid = Swift.max(numberPaid[number] ?? micros, micros)
    // A second's worth may pass at once; the next must wait for its share of the second.
    guard paid - micros <= 1_000_000 - cost else { return false }
    numberPaid[number] = paid + cost
    return true
  }

  /// Counts a message of the customer against the number's throughput; it is never refused.
  mutating func count(number: String, perSecond: Int64, now: Int64) {
    let micros = now * 1000
    let cost = 1_000_000 / Swift.max(1, perSecond)
    let paid = Swift.max(numberPaid[number] ?? micros, micros)
    numberPaid[number] = Swift.min(paid + cost, micros + 1_000_000)
  }

  /// Takes one message of a pair's allowance; false if 45 are owed already.
  mutating func take(pair: MetaWindows.Key, now: Int64) -> Bool {
    let paid = Swift.max(pairPaid[pair] ?? now, now)
    guard paid - now <= Self.pairInterval * (Self.pairBurst - 1) else { return false }
    pairPaid[pair] = paid + Self.pairInterval
    if pairPaid.count > Self.pairsMax { pairPaid = pairPaid.filter { $0.value > now } }
    return true
  }
}
