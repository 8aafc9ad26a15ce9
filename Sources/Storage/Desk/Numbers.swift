package import CustomerCare

/// The business numbers this installation serves.
package enum Numbers {
  /// Adds a number, and lets what was kept for it be applied.
  ///
  /// Returns how many entries wait for it now; `nil` when the number was added before.
  package static func add(_ number: NumberRecord, in unit: any SQLUnit) throws -> Int? {
    var parameters = number.parameters
    parameters.append("added", .instant(number.facts.addedAt))
    let added = try unit.run(
      """
      INSERT INTO business_number (phone_number_id, waba_id, scope, display_phone_number, added_at,
        in_use, coexistence, onboarded_at, if_closed, time_zone, currency, fallback_name,
        fallback_language, access_token, throughput, pair_burst)
      VALUES ($number, $waba, $scope, $display, $added, $in_use, $coexistence, $onboarded,
        $if_closed, $zone, $currency, $fallback_name, $fallback_language, $token,
        $throughput, $pair_burst)
      ON CONFLICT (phone_number_id) DO NOTHING
      """,
      parameters
    )
    guard added == 1 else { return nil }
    let id = SQLParameters(dictionaryLiteral: ("number", .id(number.facts.phoneNumberID)))
    let waiting = try unit.run(
      """
      INSERT INTO journal_pending (entry, bytes)
      SELECT id, LENGTH(body) FROM journal_unclaimed JOIN journal ON id = entry
      WHERE phone_number_id = $number
      ON CONFLICT (entry) DO NOTHING
      """,
      id
    )
    try unit.run("DELETE FROM journal_unclaimed WHERE phone_number_id = $number", id)
    return waiting
  }

  /// All numbers, by id.
  package static func list(in unit: any SQLUnit) throws -> [NumberRecord] {
    try unit.rows(
      "SELECT * FROM business_number ORDER BY phone_number_id",
      [:],
      NumberRecord.init(row:)
    )
  }

  /// One number; `nil` when nobody added it.
  package static func find(_ id: PhoneNumberID, in unit: any SQLUnit) throws -> NumberRecord? {
    try unit.first(
      "SELECT * FROM business_number WHERE phone_number_id = $number",
      ["number": .id(id)],
      NumberRecord.init(row:)
    )
  }

  /// Changes what is kept about a number, all but when it was added.
  ///
  /// Returns false when nobody added it.
  package static func update(_ number: NumberRecord, in unit: any SQLUnit) throws -> Bool {
    try unit.run(
      """
      UPDATE business_number SET waba_id = $waba, scope = $scope,
        display_phone_number = $display, in_use = $in_use, coexistence = $coexistence,
        onboarded_at = $onboarded, if_closed = $if_closed, time_zone = $zone,
        currency = $currency, fallback_name = $fallback_name,
        fallback_language = $fallback_language, access_token = $token,
        throughput = $throughput, pair_burst = $pair_burst
      WHERE phone_number_id = $number
      """,
      number.parameters
    ) == 1
  }

  /// Removes a number; its conversations are kept, further webhooks for it are unclaimed.
  ///
  /// Returns false when nobody added it.
  package static func remove(_ id: PhoneNumberID, in unit: any SQLUnit) throws -> Bool {
    try unit.run(
      "DELETE FROM business_number WHERE phone_number_id = $number",
      ["number": .id(id)]
    ) == 1
  }

  /// The numbers of a scope.
  static func facts(in scope: IdentityScope, _ unit: any SQLUnit) throws -> [NumberFacts] {
    try unit.rows(
      "SELECT * FROM business_number WHERE scope = $scope ORDER BY phone_number_id",
      ["scope": .id(scope)]
    ) { row in try NumberRecord(row: row).facts }
  }

  /// The numbers of an account.
  static func facts(of waba: WABAID, _ unit: any SQLUnit) throws -> [NumberFacts] {
    try unit.rows(
      "SELECT * FROM business_number WHERE waba_id = $waba ORDER BY phone_number_id",
      ["waba": .id(waba)]
    ) { row in try NumberRecord(row: row).facts }
  }
}

extension NumberRecord {
  fileprivate var parameters: SQLParameters {
    [
      "number": .id(facts.phoneNumberID), "waba": .id(facts.wabaID), "scope": .id(facts.scope),
      "display": .text(facts.displayPhoneNumber), "in_use": .flag(facts.inUse),
      "coexistence": .flag(facts.coexistence), "onboarded": .instant(facts.onboardedAt),
      "if_closed": .text(facts.ifClosed.rawValue), "zone": .text(timeZone),
      "currency": .text(currency), "fallback_name": .text(fallback?.name),
      "fallback_language": .text(fallback?.language), "token": .bytes(sealedAccessToken),
      "throughput": .integer(facts.throughput.map(Int64.init)),
      "pair_burst": .integer(facts.pairBurst.map(Int64.init)),
    ]
  }

  fileprivate init(row: any SQLRow) throws {
    let name = try row.textIfAny("fallback_name")
    let language = try row.textIfAny("fallback_language")
    self.init(
      facts: NumberFacts(
        phoneNumberID: try row.id("phone_number_id"),
        wabaID: try row.id("waba_id"),
        scope: try row.id("scope"),
        displayPhoneNumber: try row.text("display_phone_number"),
        addedAt: try row.instant("added_at"),
        inUse: try row.flag("in_use"),
        coexistence: try row.flag("coexistence"),
        onboardedAt: try row.instantIfAny("onboarded_at"),
        ifClosed: ClosedWindowPolicy(rawValue: try row.text("if_closed")) ?? .refuse,
        throughput: try row.integerIfAny("throughput").map(Int.init),
        pairBurst: try row.integerIfAny("pair_burst").map(Int.init)
      ),
      timeZone: try row.textIfAny("time_zone"),
      currency: try row.textIfAny("currency"),
      fallback: name.flatMap { name in
        language.map { FallbackTemplate(name: name, language: $0) }
      },
      sealedAccessToken: try row.bytesIfAny("access_token")
    )
  }
}
