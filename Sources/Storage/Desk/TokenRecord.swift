package import CustomerCare

/// A token as it is remembered.
package struct TokenRecord: Sendable, Hashable {
  /// What a token may do.
  package enum Scope: String, Sendable, CaseIterable {
    case send, read, manage
  }

  /// Its id, which is no secret.
  package var id: TokenID
  /// Whom it was made for; unique among those that have not ended.
  package var name: String
  /// SHA-256 of the token, 32 bytes.
  package var hash: [UInt8]
  /// What it may do.
  package var scopes: Set<Scope>
  /// The numbers it is good for; `nil`: all.
  package var numbers: Set<PhoneNumberID>?
  /// When it was made.
  package var createdAt: Instant
  /// When it ended; `nil` while it has not.
  package var revokedAt: Instant?
  /// When it was last shown, to about a minute; `nil`: never.
  package var lastUsedAt: Instant?

  /// Makes a record.
  package init(
    id: TokenID,
    name: String,
    hash: [UInt8],
    scopes: Set<Scope>,
    numbers: Set<PhoneNumberID>? = nil,
    createdAt: Instant,
    revokedAt: Instant? = nil,
    lastUsedAt: Instant? = nil
  ) {
    self.id = id
    self.name = name
    self.hash = hash
    self.scopes = scopes
    self.numbers = numbers
    self.createdAt = createdAt
    self.revokedAt = revokedAt
    self.lastUsedAt = lastUsedAt
  }
}
