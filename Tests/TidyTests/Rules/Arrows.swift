/// The table of arrows from ARCHITECTURE.md: what of ours the files of a folder may import.
///
/// The most specific folder decides. The compiler holds most of this
/// (`--explicit-target-dependency-import-check`), but it misses a room that is reachable through a
/// declared one, and it knows targets, not folders.
enum Arrows {
  static let rooms: Set<String> = [
    "CloudAPI", "CustomerCare", "Storage", "SQLiteEngine", "PostgresEngine", "Gateway", "Carriers",
    "Assistant", "Web", "Sandbox", "CLI", "Benchmarks", "Support",
  ]

  static let allowed: [String: Set<String>] = [
    "Sources/CloudAPI": [],
    "Sources/CustomerCare": [],
    "Sources/Storage": ["CustomerCare"],
    "Sources/SQLiteEngine": ["Storage"],
    "Sources/PostgresEngine": ["Storage"],
    "Sources/Gateway": ["Storage", "CustomerCare"],
    // The only files that turn one vocabulary into the other, and the one that knows the signature.
    "Sources/Gateway/Translation": ["Storage", "CustomerCare", "CloudAPI"],
    // Hands Meta's own words through and translates none of them.
    "Sources/Gateway/Passage": ["Storage", "CustomerCare", "CloudAPI"],
    "Sources/Gateway/Intake/Verify": ["Storage", "CustomerCare", "CloudAPI"],
    "Sources/Carriers": ["Gateway", "CustomerCare", "CloudAPI"],
    "Sources/Assistant": ["Gateway", "CustomerCare"],
    "Sources/Web": ["Gateway", "Storage", "CustomerCare", "CloudAPI"],
    // Plays Meta: a wrong rule of ours must be caught by a stranger.
    "Sources/Sandbox": ["CloudAPI"],
    "Sources/CLI": rooms.subtracting(["CLI", "Support"]),
    "Benchmarks": rooms.subtracting(["CLI", "Support"]),
    "Tests/Support": rooms.subtracting(["CLI", "Support", "Benchmarks"]),
    "Tests": rooms,
    "Tests/CloudAPITests": ["CloudAPI"],
    "Tests/CustomerCareTests": ["CustomerCare"],
    "Tests/SandboxTests": ["Sandbox", "CloudAPI"],
    "Tests/TidyTests": [],
  ]

  /// Which folders may import a library that is not ours.
  ///
  /// A library not listed is free for all rooms
  /// but CustomerCare, which imports nothing.
  static let owners: [String: [String]] = [
    "GRDB": ["Sources/SQLiteEngine"],
    "GRDBSQLite": ["Sources/SQLiteEngine"],
    "CLibPQ": ["Sources/PostgresEngine"],
    "CSQLite": ["Sources/SQLiteEngine"],
    "ArgumentParser": ["Sources/CLI"],
    "Configuration": ["Sources/CLI"],
    "Hummingbird": ["Sources/Web", "Sources/Sandbox", "Benchmarks"],
    "HummingbirdCore": ["Sources/Web", "Sources/Sandbox", "Benchmarks"],
    "AsyncHTTPClient": ["Sources/Carriers", "Sources/Sandbox", "Sources/CLI", "Benchmarks"],
    "NIOCore": ["Sources/Carriers", "Sources/Web", "Sources/Sandbox", "Sources/CLI", "Benchmarks"],
    "NIOPosix": [
      "Sources/Carriers", "Sources/Web", "Sources/Sandbox", "Sources/CLI", "Benchmarks",
    ],
    "NIOHTTP1": [
      "Sources/Carriers", "Sources/Web", "Sources/Sandbox", "Sources/CLI", "Benchmarks",
    ],
    "HTTPTypes": ["Sources/Web", "Sources/Sandbox", "Sources/CLI", "Benchmarks"],
    "XCTest": [],
  ]

  /// What the files of the most specific matching folder may import of ours; `nil` where no folder
  /// of the table matches.
  static func allowed(for path: String) -> Set<String>? {
    allowed.keys.filter {
      path.hasPrefix($0 + "/") || path.hasPrefix($0 + "+") || path == $0 + ".swift"
    }
    .max { $0.utf8.count < $1.utf8.count }.flatMap { allowed[$0] }
  }
}

extension SourceText {
  /// The modules this file imports, each with its 1-based line.
  var imports: [(module: String, line: Int)] {
    code.enumerated().compactMap { index, text -> (module: String, line: Int)? in
      guard text.contains("import") else { return nil }
      let words = text.split(separator: " ")
      guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count,
        words[..<keyword].allSatisfy({
          $0.hasPrefix("@") || Self.importModifiers.contains(String($0))
        })
      else { return nil }
      let kinds: Set<Substring> = [
        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
      ]
      let name = words[(keyword + 1)...].first { !kinds.contains($0) } ?? ""
      return (String(name.prefix { $0 != "." && $0 != ";" }), index + 1)
    }
  }

  private static let importModifiers: Set<String> = [
    "public", "package", "internal", "fileprivate", "private",
  ]
}

extension Rule {
  static let roomsImportOnlyAlongTheArrows = Rule(
    sentence: "a room imports only along the arrows of ARCHITECTURE.md"
  ) { file in
    guard let allowed = Arrows.allowed(for: file.path) else { return [] }
    return file.imports.compactMap { module, line in
      guard Arrows.rooms.contains(module), !allowed.contains(module) else { return nil }
      let others = allowed.sorted().joined(separator: ", ")
      return Finding(
        path: file.path,
        line: line,
        advice: "may not import \(module); of ours only: \(others.isEmpty ? "nothing" : others)"
      )
    }
  }

  static let roomsImportOnlyTheirOwnLibraries = Rule(
    sentence: "a foreign library is imported only by the rooms that own it"
  ) { file in
    guard file.isIn("Sources", "Benchmarks", "Tests") else { return [] }
    return file.imports.compactMap { module, line in
      if file.isIn("Sources/CustomerCare") {
        return Finding(
          path: file.path,
          line: line,
          advice: "CustomerCare is pure and imports nothing, not even \(module)"
        )
      }
      guard let owners = Arrows.owners[module] else { return nil }
      let isTest = file.isIn("Tests") && module != "XCTest"
      guard !isTest, !owners.contains(where: { file.isIn($0) }) else { return nil }
      let rooms = owners.isEmpty ? "nobody (Swift Testing is used)" : owners.joined(separator: ", ")
      return Finding(path: file.path, line: line, advice: "\(module) is imported only by: \(rooms)")
    }
  }
}
