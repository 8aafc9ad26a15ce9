import Dispatch
import Storage

extension StorageConformance {
  /// The dialect both engines speak: one check for each line of it.
  static var portableSQL: [Check] {
    [
      Check("parameters are bound by name, in any order, and may occur twice") { store in
        let found = try await store.read { unit in
          try unit.first(
            "SELECT CAST($b AS TEXT) AS one, CAST($a AS TEXT) AS two, CAST($b AS TEXT) AS three",
            ["a": .text("A"), "b": .text("B")]
          ) { row in [try row.text("one"), try row.text("two"), try row.text("three")] }
        }
        try expect(found, equals: ["B", "A", "B"])
      },
      Check("a parameter too few, too many or misspelt is our bug, and said so") { store in
        for parameters in [[:], ["a": .text("A"), "b": .text("B")], ["b": .text("B")]]
          as [SQLParameters]
        {
          try await expectError(.misuse) {
            try await store.read { unit in
              try unit.first("SELECT CAST($a AS TEXT) AS a", parameters) { _ in 1 }
            }
          }
        }
      },
      Check("whole numbers, text, bytes and nothing come back as they were, at their ends too") {
        store in
        let values: [SQLValue] = [
          .int64(.min), .int64(.max), .int64(0), .null, .string(""), .string("ä🙂\u{FFFD}'\"$a"),
          .blob([]), .blob([0, 255, 0]),
        ]
        try await store.scratch()
        for value in values {
          let column =
            switch value {
            case .int64, .null: "amount"
            case .string: "words"
            case .blob: "bytes"
            }
          try await store.write { unit in
            try unit.run("DELETE FROM scratch")
            try unit.run(
              "INSERT INTO scratch (id, \(column)) VALUES ($id, $value)",
              ["id": .text("x"), "value": value]
            )
          }
          let found = try await store.read { unit in
            try unit.first("SELECT \(column) AS value FROM scratch") { try $0.value("value") }
          }
          try expect(found, equals: value)
        }
      },
      Check("truth is 0 or 1") { store in
        let found = try await store.read { unit in
          try unit.first(
            "SELECT CAST($yes AS BIGINT) AS yes, CAST($no AS BIGINT) AS no",
            ["yes": .flag(true), "no": .flag(false)]
          ) { row in [try row.flag("yes"), try row.flag("no")] }
        }
        try expect(found, equals: [true, false])
      },
      Check("text is ordered by its bytes") { store in
        try await store.scratch()
        let words = ["a", "B", "ä", "Z", "", "b", "aa", "A"]
        try await store.write { unit in
          for word in words {
            try unit.run("INSERT INTO scratch (id) VALUES ($word)", ["word": .text(word)])
          }
        }
        let found = try await store.read { unit in
          try unit.rows("SELECT id FROM scratch ORDER BY id") { try $0.text("id") }
        }
        try expect(found, equals: ["", "A", "B", "Z", "a", "aa", "b", "ä"])
      },
      Check("NULLS FIRST and NULLS LAST are obeyed") { store in
        try await store.scratch([("n", nil), ("one", 1), ("two", 2)])
        for (order, wanted) in [
          ("ASC NULLS LAST", ["one", "two", "n"]),
          ("ASC NULLS FIRST", ["n", "one", "two"]), ("DESC NULLS LAST", ["two", "one", "n"]),
        ] {
          let found = try await store.read { unit in
            try unit.rows("SELECT id FROM scratch ORDER BY amount \(order)") { try $0.text("id") }
          }
          try expect(found, equals: wanted)
        }
      },
      Check("CASE keeps the greater of two values in an upsert, and DO UPDATE returns it") {
        store in
        try await store.scratch([("x", 5)])
        for (offered, kept) in [(3, 5), (7, 7)] as [(Int64, Int64)] {
          let found = try await store.write { unit in
            try unit.first(
              """
              INSERT INTO scratch (id, amount) VALUES ($id, $amount)
              ON CONFLICT (id) DO UPDATE SET amount =
                CASE WHEN excluded.amount > scratch.amount THEN excluded.amount
                  ELSE scratch.amount END
              RETURNING amount
              """,
              ["id": .text("x"), "amount": .integer(offered)]
            ) { try $0.integer("amount") }
          }
          try expect(found, equals: kept)
        }
      },
      Check("sums are whole numbers again once they are cast back") { store in
        try await store.scratch([("a", 2), ("b", 3)])
        let found = try await store.read { unit in
          try unit.first("SELECT CAST(SUM(amount) AS BIGINT) AS sum FROM scratch") {
            try $0.integer("sum")
          }
        }
        try expect(found, equals: 5)
      },
      Check("a statement says how many rows it changed") { store in
        try await store.scratch([("a", 2), ("b", 3)])
        let counts = try await store.write { unit in
          [
            try unit.run("UPDATE scratch SET amount = 1"),
            try unit.run("UPDATE scratch SET amount = 1 WHERE id = 'nobody'"),
            try unit.run(
              "INSERT INTO scratch (id, amount) VALUES ('a', 9) ON CONFLICT (id) DO NOTHING"
            ),
          ]
        }
        try expect(counts, equals: [2, 0, 0])
      },
      Check("several reads in one unit see one snapshot") { store in
        try await store.scratch([("a", 1)])
        let hasRead = DispatchSemaphore(value: 0)
        let hasWritten = DispatchSemaphore(value: 0)
        async let counts = store.read { unit in
          let count = "SELECT COUNT(*) AS count FROM scratch"
          let before = try unit.first(count) { try $0.integer("count") }
          hasRead.signal()
          hasWritten.wait()
          return [before, try unit.first(count) { try $0.integer("count") }]
        }
        try await store.write { unit in
          hasRead.wait()
          try unit.run("INSERT INTO scratch (id) VALUES ('b')")
        }
        hasWritten.signal()
        try await expect(counts, equals: [1, 1])
      },
    ]
  }
}

extension Store {
  /// A table to try SQL on, with some rows.
  func scratch(_ rows: [(String, Int64?)] = []) async throws {
    let bytes = engine.dialect.bytesColumn
    try await write { unit in
      try unit.run(
        "CREATE TABLE scratch (id TEXT PRIMARY KEY, amount BIGINT, words TEXT, bytes \(bytes))"
      )
      for (id, amount) in rows {
        try unit.run(
          "INSERT INTO scratch (id, amount) VALUES ($id, $amount)",
          ["id": .text(id), "amount": .integer(amount)]
        )
      }
    }
  }

  func scratchCount() async throws -> Int64? {
    try await read { unit in
      try unit.first("SELECT COUNT(*) AS count FROM scratch") { try $0.integer("count") }
    }
  }
}

/// Throws unless the body throws a `StoreError` with this code.
func expectError<Answer>(
  _ code: StoreError.Code,
  file: StaticString = #fileID,
  line: Int = #line,
  _ body: () async throws -> Answer
) async throws {
  do {
    _ = try await body()
  } catch let error as StoreError {
    return try expect(error.code, equals: code, file: file, line: line)
  }
  throw NotTrue(description: "\(file):\(line) nothing was thrown, wanted \(code.rawValue)")
}
