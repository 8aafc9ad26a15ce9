import CloudAPI

/// Somebody with WhatsApp on the phone.
struct Person: Sendable {
  /// The phone number as WhatsApp knows it, digits only.
  var waID: String
  /// The business-scoped user id.
  var userID: String
  /// The name in the profile.
  var name: String
  /// The username, or nil.
  var username: String?
  /// Whether webhooks leave the phone number out.
  var hidesPhone = false
  /// Whether the number is on WhatsApp at all; messages to it fail with 131026 if not.
  var isReachable = true
}

/// Everybody the simulated Meta has heard of; whoever is dialled exists from then on.
struct People: Sendable {
  /// How many people are remembered; enough for a load test, within some hundred megabytes.
  static let peopleMax = 2_000_000

  private var byWaID: [String: Person] = [:]
  private var waIDByUserID: [String: String] = [:]

  /// How many people there are.
  var count: Int { byWaID.count }

  /// The person with a phone number, made up if nobody was known by it.
  mutating func person(waID: String) -> Person {
    if let known = byWaID[waID] { return known }
    let person = Person(
      waID: waID,
      userID: Self.userID(for: waID, generation: 0),
      name: "Customer \(waID.suffix(4))"
    )
    if byWaID.count < Self.peopleMax { keep(person) }
    return person
  }

  /// The person with a business-scoped user id, or nil.
  func person(userID: String) -> Person? { waIDByUserID[userID].flatMap { byWaID[$0] } }

  /// The person meant by a phone number or a business-scoped user id.
  mutating func person(named name: String) -> Person? {
    if Self.isUserID(name) { return person(userID: name) ?? newcomer(userID: name) }
    guard let digits = Dialling.digits(name, business: "") else { return nil }
    return person(waID: Dialling.waID(digits))
  }

  /// Remembers what is new about a person.
  mutating func keep(_ person: Person) {
    byWaID[person.waID] = person
    waIDByUserID[person.userID] = person.waID
  }

  /// Moves a person to another phone number; the user id is made anew, as Meta does.
  mutating func move(_ person: Person, to waID: String) -> Person {
    byWaID[person.waID] = nil
    waIDByUserID[person.userID] = nil
    var moved = person
    moved.waID = waID
    moved.userID = Self.userID(for: waID, generation: Self.hash(person.userID))
    keep(moved)
    return moved
  }

  /// Whether text has the form of a business-scoped user id: country, dot, letters and digits.
  static func isUserID(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2 || (parts.count == 3 && parts[1] == "ENT") else { return false }
    let isCountry = parts[0].utf8.count == 2 && parts[0].utf8.allSatisfy { (65...90).contains($0) }
    let last = parts[parts.count - 1]
    return isCountry && (1...128).contains(last.utf8.count)
      && last.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
      }
  }

  /// Somebody of whom only the user id was told; the phone number stays hidden.
  private mutating func newcomer(userID: String) -> Person {
    let digits = String(Self.hash(userID) % 1_000_000_000)
    let person = Person(
      waID: "999" + String(repeating: "0", count: 9 - digits.count) + digits,
      userID: userID,
      name: "Customer",
      username: "user.\(digits)",
      hidesPhone: true
    )
    if byWaID.count < Self.peopleMax { keep(person) }
    return person
  }

  private static func userID(for waID: String, generation: UInt64) -> String {
    let digits = String(
      hash("\(generation)/\(waID)") % 9_000_000_000_000_000 + 1_000_000_000_000_000
    )
    return Dialling.country(of: waID) + "." + digits
  }

  /// FNV-1a: the same for the same text on every machine.
  private static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}

extension Person {
  /// The item of `contacts` in a webhook.
  func contact() -> JSON {
    .present([
      "profile": .present(["name": .string(name), "username": username.map { .string($0) }]),
      "wa_id": shownPhone,
      "user_id": .string(userID),
    ])
  }

  /// The phone number where a webhook may show it.
  var shownPhone: JSON? { .string(waID).when(!hidesPhone) }
}
