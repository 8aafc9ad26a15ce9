import Storage

extension StorageConformance {
  /// What a unit of work is.
  static var seam: [Check] {
    [
      Check("a unit that throws leaves nothing behind, and its error arrives as the cause") {
        store in
        struct Changed: Error {}
        try await store.scratch()
        do {
          try await store.write { unit in
            try unit.run("INSERT INTO scratch (id) VALUES ('a')")
            throw Changed()
          }
          try expect(false, "nothing was thrown")
        } catch let error as StoreError {
          try expect(error.code, equals: .unit)
          try expect(error.cause is Changed)
        }
        try await expect(store.scratchCount(), equals: 0)
      },
      Check("a savepoint that throws takes back its own part only") { store in
        struct Changed: Error {}
        try await store.scratch()
        try await store.write { unit in
          try unit.run("INSERT INTO scratch (id) VALUES ('before')")
          do {
            try unit.savepoint {
              try unit.run("INSERT INTO scratch (id) VALUES ('inside')")
              try unit.savepoint { try unit.run("INSERT INTO scratch (id) VALUES ('deeper')") }
              throw Changed()
            }
          } catch is Changed {
            // Thrown above, to take the savepoint back.
          }
          try unit.run("INSERT INTO scratch (id) VALUES ('after')")
        }
        let found = try await store.read { unit in
          try unit.rows("SELECT id FROM scratch ORDER BY id") { try $0.text("id") }
        }
        try expect(found, equals: ["after", "before"])
      },
      Check("a violated constraint is told from other failures, and the unit may go on") {
        store in
        try await store.scratch([("a", 1)])
        try await store.write { unit in
          do {
            try unit.savepoint { try unit.run("INSERT INTO scratch (id) VALUES ('a')") }
            throw NotTrue(description: "the constraint did not hold")
          } catch let error as StoreError where error.code == .constraint {
            // As it should be; the unit goes on.
          }
          try unit.run("INSERT INTO scratch (id) VALUES ('b')")
        }
        try await expect(store.scratchCount(), equals: 2)
      },
      Check("units that arrive together and fail alone do not hurt each other") { store in
        try await store.scratch()
        let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
          for index in 0..<200 {
            group.addTask {
              let stored: Void? = try? await store.engine.write(index % 2 == 0 ? .journal : .rest) {
                unit in
                try unit.run(
                  "INSERT INTO scratch (id) VALUES ($id)",
                  ["id": .text("\(index)")]
                )
                if index % 5 == 0 { throw NotTrue(description: "on purpose") }
              }
              return (index, stored != nil)
            }
          }
          return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
        }
        try expect(outcomes.filter { $0.value == ($0.key % 5 == 0) }.isEmpty)
        try await expect(store.scratchCount(), equals: 160)
      },
      Check("a statement runs for each of many sets in their order, and says what each changed") {
        store in
        try await store.scratch([("3", 1)])
        // Long enough that neither side takes all of it before it has to be read.
        let long = String(repeating: "x", count: 20_000)
        let names = (0..<150).map { "\($0)" } + ["7"]
        let (changed, found) = try await store.write { unit in
          let changed = try unit.run(
            "INSERT INTO scratch (id) VALUES ($id) ON CONFLICT (id) DO NOTHING",
            forEach: names.map { ["id": .text($0)] }
          )
          var found: [[String]] = Array(repeating: [], count: names.count)
          try unit.each(
            "SELECT id, CAST($long AS TEXT) AS long FROM scratch WHERE id = $id OR id = $other",
            forEach: names.map {
              ["id": .text($0), "other": .text($0 + "-"), "long": .text(long)]
            }
          ) { place, row in
            try expect(row.text("long") == long)
            found[place].append(try row.text("id"))
          }
          return (changed, found)
        }
        try expect(changed, equals: names.indices.map { [3, 150].contains($0) ? 0 : 1 })
        try expect(found, equals: names.map { [$0] })
        let none = try await store.write { unit in
          try unit.run("DELETE FROM scratch WHERE id = $id", forEach: [])
        }
        try expect(none, equals: [])
      },
      Check("of many sets the first that fails is the last that ran, and the unit may go on") {
        store in
        try await store.scratch()
        try await store.write { unit in
          do {
            try unit.savepoint {
              try unit.run(
                "INSERT INTO scratch (id) VALUES ($id)",
                forEach: ["a", "b", "a", "c"].map { ["id": .text($0)] }
              )
            }
            throw NotTrue(description: "the constraint did not hold")
          } catch let error as StoreError where error.code == .constraint {
            // As it should be; the unit goes on.
          }
          let changed = try unit.run(
            "INSERT INTO scratch (id) VALUES ($id)",
            forEach: ["a", "d"].map { ["id": .text($0)] }
          )
          try expect(changed, equals: [1, 1])
        }
        try await expect(store.scratchCount(), equals: 2)
      },
      Check("a read cannot write") { store in
        try await store.scratch()
        do {
          _ = try await store.read { unit in
            try unit.run("INSERT INTO scratch (id) VALUES ('a')")
          }
          try expect(false, "it was written")
        } catch is StoreError {
          // As it should be.
        }
        try await expect(store.scratchCount(), equals: 0)
      },
      Check("a column that does not exist, or holds something else, is our bug") { store in
        try await expectError(.misuse) {
          try await store.read { unit in
            try unit.first("SELECT CAST(1 AS BIGINT) AS one") { try $0.integer("two") }
          }
        }
        try await expectError(.misuse) {
          try await store.read { unit in
            try unit.first("SELECT CAST('1' AS TEXT) AS one") { try $0.integer("one") }
          }
        }
      },
      Check("a closed engine stores nothing and says so") { store in
        let other = try await store.another()
        try await other.engine.close()
        try await expectError(.closed) { try await other.scratch() }
      },
      Check("migrating twice changes nothing, and a newer database is refused") { store in
        try await Schema.migrate(store.engine, at: Store.start)
        _ = try await store.write { unit in
          try unit.run(
            """
            INSERT INTO migration (position, name, needs, applied_at)
            VALUES (999, 'from next year', 2, 0)
            """
          )
        }
        try await expectError(.newerSchema) {
          try await Schema.migrate(store.engine, at: Store.start)
        }
      },
      Check("a database of the next release is worked with, and said to be one") { store in
        try expect(try await Schema.migrate(store.engine, at: Store.start), equals: nil)
        _ = try await store.write { unit in
          try unit.run(
            """
            INSERT INTO migration (position, name, needs, applied_at)
            VALUES (999, 'from tomorrow', 1, 0)
            """
          )
        }
        try expect(
          try await Schema.migrate(store.engine, at: Store.start),
          equals: "from tomorrow"
        )
        try await store.addNumber()
      },
    ]
  }
}
