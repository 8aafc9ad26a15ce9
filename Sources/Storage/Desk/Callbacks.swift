package import CustomerCare

/// The addresses that programs asked us to call.
package enum Callbacks {
  /// The consumer of events that is known while a callback asks for some.
  package static var consumer: String { "callbacks" }

  /// Remembers a callback: it is called for what happens from now on.
  package static func add(_ callback: CallbackRecord, in unit: any SQLUnit) throws {
    try unit.run(
      """
      INSERT INTO callback (id, url, kinds, numbers, secret, created_at)
      VALUES ($id, $url, $kinds, $numbers, $secret, $created)
      """,
      [
        "id": .id(callback.id), "url": .text(callback.url),
        "kinds": .text(callback.kinds.map(\.rawValue).sorted().joined(separator: ",")),
        "numbers": .text(callback.numbers?.map(\.rawValue).sorted().joined(separator: ",")),
        "secret": .bytes(callback.sealedSecret), "created": .instant(callback.createdAt),
      ]
    )
    try listen(in: unit)
  }

  /// All callbacks, oldest first.
  package static func list(in unit: any SQLUnit) throws -> [CallbackRecord] {
    try unit.rows("SELECT * FROM callback ORDER BY created_at, id", [:], CallbackRecord.init(row:))
  }

  /// One callback; `nil` when there is none.
  package static func find(_ id: CallbackID, in unit: any SQLUnit) throws -> CallbackRecord? {
    try unit.first(
      "SELECT * FROM callback WHERE id = $id",
      ["id": .id(id)],
      CallbackRecord.init(row:)
    )
  }

  /// Forgets a callback and everything that was still to be delivered to it.
  ///
  /// Returns false when there was none.
  package static func remove(_ id: CallbackID, in unit: any SQLUnit) throws -> Bool {
    try unit.run("DELETE FROM callback_delivery WHERE callback_id = $id", ["id": .id(id)])
    let removed = try unit.run("DELETE FROM callback WHERE id = $id", ["id": .id(id)])
    try listen(in: unit)
    return removed == 1
  }

  /// Events are dear to write: they are asked for exactly while a callback wants some.
  private static func listen(in unit: any SQLUnit) throws {
    let isWanted = try list(in: unit).contains { $0.kinds.contains(where: \.isEvent) }
    if isWanted {
      try Publish.register(consumer, in: unit)
    } else {
      try Publish.deregister(consumer, in: unit)
    }
  }
}

extension CallbackRecord {
  /// Reads a row of the table `callback`.
  init(row: any SQLRow) throws {
    func words(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }
    self.init(
      id: try row.id("id"),
      url: try row.text("url"),
      kinds: Set(words(try row.text("kinds")).compactMap(CallbackKind.init(rawValue:))),
      numbers: try row.textIfAny("numbers").map { Set(words($0).map { PhoneNumberID($0) }) },
      sealedSecret: try row.bytes("secret"),
      createdAt: try row.instant("created_at")
    )
  }
}
