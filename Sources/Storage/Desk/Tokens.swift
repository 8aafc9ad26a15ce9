package import CustomerCare

/// The tokens programs show, of which only the hashes are kept.
package enum Tokens {
  /// Remembers a token.
  ///
  /// Throws `StoreError` with code `constraint` when one of that name has not ended.
  package static func create(_ token: TokenRecord, in unit: any SQLUnit) throws(StoreError) {
    try unit.run(
      """
      INSERT INTO api_token (id, name, hash, scopes, numbers, created_at, revoked_at, last_used_at)
      VALUES ($id, $name, $hash, $scopes, $numbers, $created, $revoked, $used)
      """,
      [
        "id": .id(token.id), "name": .text(token.name), "hash": .bytes(token.hash),
        "scopes": .text(token.scopes.map(\.rawValue).sorted().joined(separator: ",")),
        "numbers": .text(token.numbers?.map(\.rawValue).sorted().joined(separator: ",")),
        "created": .instant(token.createdAt), "revoked": .instant(token.revokedAt),
        "used": .instant(token.lastUsedAt),
      ]
    )
  }

  /// All tokens, the revoked ones too, oldest first.
  package static func list(in unit: any SQLUnit) throws -> [TokenRecord] {
    try unit.rows(
      "SELECT * FROM api_token ORDER BY created_at, id",
      [:],
      TokenRecord.init(row:)
    )
  }

  /// Ends the token of a name or id.
  ///
  /// Returns false when there is none, or it had ended before.
  package static func revoke(
    _ nameOrID: String,
    at now: Instant,
    in unit: any SQLUnit
  ) throws -> Bool {
    try unit.run(
      """
      UPDATE api_token SET revoked_at = $now
      WHERE (id = $token OR name = $token) AND revoked_at IS NULL
      """,
      ["token": .text(nameOrID), "now": .instant(now)]
    ) > 0
  }

  /// The token with this hash; `nil` when there is none or it has ended.
  package static func find(hash: [UInt8], in unit: any SQLUnit) throws -> TokenRecord? {
    try unit.first(
      "SELECT * FROM api_token WHERE hash = $hash AND revoked_at IS NULL",
      ["hash": .bytes(hash)],
      TokenRecord.init(row:)
    )
  }

  /// Remembers that a token was used, to about a minute: most calls write nothing.
  package static func used(_ id: TokenID, at now: Instant, in unit: any SQLUnit) throws(StoreError)
  {
    try unit.run(
      """
      UPDATE api_token SET last_used_at = $now
      WHERE id = $id AND (last_used_at IS NULL OR last_used_at < $before)
      """,
      ["id": .id(id), "now": .instant(now), "before": .instant(now - .seconds(60))]
    )
  }
}

extension TokenRecord {
  fileprivate init(row: any SQLRow) throws {
    func words(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }
    self.init(
      id: try row.id("id"),
      name: try row.text("name"),
      hash: try row.bytes("hash"),
      scopes: Set(words(try row.text("scopes")).compactMap(Scope.init(rawValue:))),
      numbers: try row.textIfAny("numbers").map { Set(words($0).map { PhoneNumberID($0) }) },
      createdAt: try row.instant("created_at"),
      revokedAt: try row.instantIfAny("revoked_at"),
      lastUsedAt: try row.instantIfAny("last_used_at")
    )
  }
}
