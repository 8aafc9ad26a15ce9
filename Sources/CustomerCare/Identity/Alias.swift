/// One of the names under which a customer, or a group, appears at Meta.
package struct Alias: Hashable, Sendable {
  /// What sort of name it is.
  ///
  /// Declared from the strongest to the weakest: an event that carries several is kept under the
  /// first of them, because a user id belongs to one person for ever and a phone number does not.
  package enum Kind: String, CaseIterable, Sendable {
    /// Business-scoped user id, `DE.5550…`: one person in one portfolio, regenerated when the phone number changes.
    case bsuid
    /// The phone number in digits, as Meta writes it (`wa_id`). It can pass to another person.
    case phone
    /// The user id shared among linked portfolios, `DE.ENT.…`.
    case parentBSUID = "parent_bsuid"
    /// Digits as somebody dialled them, before Meta said which `wa_id` they reach (they differ in BR, MX and AR).
    case dialled
    /// A group, which has a window of its own.
    case group
  }

  /// What sort of name it is.
  package let kind: Kind
  /// The name itself, unchanged.
  package let value: String
  /// The alias as one text, `phone:491700000042`; unique over kinds.
  package let key: String

  /// Creates an alias of a kind.
  package init(_ kind: Kind, _ value: String) {
    self.kind = kind
    self.value = value
    key = kind.prefix + value
  }

  /// Reads what `key` wrote; nil if the text is no key.
  package init?(key: String) {
    // By bytes: a name may begin with what joins the colon into one character.
    let bytes = key.utf8
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
      let kind = Kind(rawValue: String(decoding: bytes[..<colon], as: UTF8.self))
    else { return nil }
    self.kind = kind
    value = String(decoding: bytes[bytes.index(after: colon)...], as: UTF8.self)
    self.key = key
  }

  /// Whether both are the same name of the same kind.
  package static func == (one: Alias, other: Alias) -> Bool { one.key == other.key }

  /// Hashes the key, which holds the rest.
  package func hash(into hasher: inout Hasher) { hasher.combine(key) }

  /// A phone number in digits.
  package static func phone(_ digits: String) -> Alias { Alias(.phone, digits) }
  /// A business-scoped user id.
  package static func bsuid(_ id: String) -> Alias { Alias(.bsuid, id) }
  /// A parent business-scoped user id.
  package static func parentBSUID(_ id: String) -> Alias { Alias(.parentBSUID, id) }
  /// Digits as dialled.
  package static func dialled(_ digits: String) -> Alias { Alias(.dialled, digits) }
  /// A group.
  package static func group(_ id: GroupID) -> Alias { Alias(.group, id.rawValue) }

  /// The alias under which an event that carries all of `aliases` is kept; nil if there are none.
  package static func strongest(of aliases: [Alias]) -> Alias? { aliases.min() }
}

extension Alias: Comparable {
  /// Orders aliases from the strongest to the weakest, and by value among equals.
  package static func < (one: Alias, other: Alias) -> Bool {
    one.kind == other.kind ? one.value < other.value : one.kind.strength < other.kind.strength
  }
}

extension Alias.Kind {
  /// What a key of the kind begins with.
  fileprivate var prefix: String {
    switch self {
    case .bsuid: "bsuid:"
    case .phone: "phone:"
    case .parentBSUID: "parent_bsuid:"
    case .dialled: "dialled:"
    case .group: "group:"
    }
  }

  fileprivate var strength: Int {
    switch self {
    case .bsuid: 0
    case .phone: 1
    case .parentBSUID: 2
    case .dialled: 3
    case .group: 4
    }
  }

  /// Whether the alias belongs to one person for ever.
  var isUserID: Bool { self == .bsuid || self == .parentBSUID }
}

extension Alias: CustomStringConvertible {
  /// The alias as one text.
  package var description: String { key }
}

/// Where user ids and phone numbers name the same people: a business portfolio.
///
/// Meta makes business-scoped user ids unique per portfolio. A number whose portfolio is not known
/// has its WABA as its scope, which joins too few people rather than too many.
/// Source: …/business-scoped-user-ids, 2026-09-15.
package struct IdentityScope: Identifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }

  /// The scope of a number of which only the WABA is known.
  package init(_ wabaID: WABAID) { self.init(rawValue: wabaID.rawValue) }
}
