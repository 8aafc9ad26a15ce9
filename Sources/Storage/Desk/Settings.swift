/// Small things that must be remembered, by name.
package enum Settings {
  /// The value of a setting; `nil` when it was never set.
  package static func value(_ name: String, in unit: any SQLUnit) throws -> String? {
    try unit.first(
      "SELECT value FROM setting WHERE name = $name",
      ["name": .text(name)]
    ) { row in try row.text("value") }
  }

  /// Sets a setting.
  package static func set(
    _ name: String,
    to value: String,
    in unit: any SQLUnit
  ) throws(StoreError) {
    try unit.run(
      """
      INSERT INTO setting (name, value) VALUES ($name, $value)
      ON CONFLICT (name) DO UPDATE SET value = excluded.value
      """,
      ["name": .text(name), "value": .text(value)]
    )
  }

  /// Forgets a setting; nothing happens when it was never set.
  package static func remove(_ name: String, in unit: any SQLUnit) throws(StoreError) {
    try unit.run("DELETE FROM setting WHERE name = $name", ["name": .text(name)])
  }
}
