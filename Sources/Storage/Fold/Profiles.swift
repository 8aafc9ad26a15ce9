import CustomerCare

/// How customers call themselves; the newest by Meta's timestamp wins.
struct Profiles {
  let scope: IdentityScope
  let unit: any SQLUnit

  /// Writes profiles, each unless a newer one is known; of two of the same instant the greater stays,
  /// so that their order does not matter.
  func record(_ profiles: [ProfileFact]) throws {
    try unit.run(
      """
      INSERT INTO profile (scope, alias, name, username, at)
      VALUES ($scope, $alias, $name, $username, $at)
      ON CONFLICT (scope, alias) DO UPDATE SET
        name = excluded.name, username = excluded.username, at = excluded.at
      WHERE excluded.at > profile.at OR (excluded.at = profile.at AND
        (COALESCE(excluded.name, '') > COALESCE(profile.name, '')
        OR (COALESCE(excluded.name, '') = COALESCE(profile.name, '')
          AND COALESCE(excluded.username, '') > COALESCE(profile.username, ''))))
      """,
      forEach: profiles.map { profile in
        [
          "scope": .id(scope), "alias": .text(profile.alias.key), "name": .text(profile.name),
          "username": .text(profile.username), "at": .instant(profile.at),
        ]
      }
    )
  }

  /// The newest name of a person; `nil` when none is known.
  func name(of person: Person) throws -> String? {
    var newest: (at: Instant, name: String)?
    for alias in person.aliases {
      let found = try unit.first(
        "SELECT name, at FROM profile WHERE scope = $scope AND alias = $alias",
        ["scope": .id(scope), "alias": .text(alias.key)]
      ) { row in (at: try row.instant("at"), name: try row.textIfAny("name")) }
      if let found, let name = found.name, found.at > newest?.at ?? .distantPast {
        newest = (found.at, name)
      }
    }
    return newest?.name
  }
}

/// What customers want to receive; the newest by Meta's timestamp wins.
enum Preferences {
  /// Writes a preference unless a newer one is known; of two of the same instant the greater stays.
  static func record(
    _ preference: PreferenceFact,
    _ number: PhoneNumberID,
    in unit: any SQLUnit
  ) throws {
    try unit.run(
      """
      INSERT INTO preference (phone_number_id, alias, category, value, at)
      VALUES ($number, $alias, $category, $value, $at)
      ON CONFLICT (phone_number_id, alias, category) DO UPDATE SET
        value = excluded.value, at = excluded.at
      WHERE excluded.at > preference.at
        OR (excluded.at = preference.at AND excluded.value > preference.value)
      """,
      [
        "number": .id(number), "alias": .text(preference.alias.key),
        "category": .text(preference.category), "value": .text(preference.value),
        "at": .instant(preference.at),
      ]
    )
  }
}

extension Preferences {
  /// Whether a person gets marketing of a number: the newest word under any of their aliases.
  ///
  /// Signing up is consent, and so is asking for it again after a stop.
  /// Source: …/whatsapp/webhooks/reference/user_preferences, 2026-01.
  static func marketing(
    of person: Person,
    _ number: PhoneNumberID,
    in unit: any SQLUnit
  ) throws -> MarketingConsent {
    var newest: Newest<String>?
    // A user id is one person's for ever: what was said under a former one still counts.
    let former = person.former.filter { $0.kind == .bsuid || $0.kind == .parentBSUID }
    for alias in person.aliases + former {
      let found = try unit.first(
        """
        SELECT value, at FROM preference
        WHERE phone_number_id = $number AND alias = $alias AND category = 'marketing_messages'
        """,
        ["number": .id(number), "alias": .text(alias.key)]
      ) { row in Newest(try row.text("value"), at: try row.instant("at")) }
      if let found { newest = newest?.merging(found) ?? found }
    }
    switch newest?.value {
    case nil: return .unknown
    case "signup", "resume": return .given
    // What is new is rather a no.
    default: return .stopped
    }
  }
}

/// What Meta took from numbers and accounts; the newest by Meta's timestamp wins.
enum Restrictions {
  /// Writes a restriction unless a newer word on it is known; of two of the same instant the one
  /// that takes stays, and of two that take the one that takes for longer.
  static func record(
    _ fact: RestrictionFact,
    of holder: String,
    in unit: any SQLUnit
  ) throws {
    try unit.run(
      """
      INSERT INTO restriction (holder, restriction, imposed, at, until_at)
      VALUES ($holder, $restriction, $imposed, $at, $until)
      ON CONFLICT (holder, restriction) DO UPDATE SET
        imposed = excluded.imposed, at = excluded.at, until_at = excluded.until_at
      WHERE excluded.at > restriction.at
        OR (excluded.at = restriction.at AND (excluded.imposed > restriction.imposed
          OR (excluded.imposed = restriction.imposed
            AND COALESCE(excluded.until_at, $endless) > COALESCE(restriction.until_at, $endless))))
      """,
      [
        "holder": .text(holder), "restriction": .text(fact.restriction.rawValue),
        "imposed": .flag(fact.isImposed), "at": .instant(fact.at), "until": .instant(fact.until),
        "endless": .instant(.distantFuture),
      ]
    )
  }

  /// What a number may not do at an instant: its own restrictions and its account's.
  static func of(
    _ number: NumberFacts,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Set<Restriction> {
    Set(
      try unit.rows(
        """
        SELECT restriction FROM restriction
        WHERE imposed = 1 AND (holder = $number OR holder = $waba)
          AND (until_at IS NULL OR until_at > $now)
        """,
        [
          "number": .id(number.phoneNumberID), "waba": .id(number.wabaID), "now": .instant(now),
        ]
      ) { row in Restriction(rawValue: try row.text("restriction")) }.compactMap { $0 }
    )
  }
}
