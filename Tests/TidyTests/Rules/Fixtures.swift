/// Recorded files under Tests/Fixtures: each is used, and each collection says where it comes from.
enum Fixtures {
  static let folder = "Tests/Fixtures"
  private static let papers: Set<String> = ["LICENSE", "README.md"]

  /// The fixtures that no test names.
  ///
  /// A test uses a fixture by naming the file, with or without its extension, or by naming a folder
  /// it lies in and listing that folder.
  static func unused(_ paths: [String], in tests: [(path: String, text: String)]) -> [Finding] {
    let listing = tests.filter { test in
      ["contentsOfDirectory", "enumerator(", "subpaths", "os.listdir", ".iterdir(", ".glob("]
        .contains { test.text.contains($0) }
    }
    return paths.filter { path in
      let parts = path.split(separator: "/").map(String.init)
      guard let name = parts.last, !papers.contains(name) else { return false }
      let stem = String(name.split(separator: ".").first ?? "")
      if tests.contains(where: {
        $0.text.contains("\"\(name)\"") || $0.text.contains("\"\(stem)\"")
      }) {
        return false
      }
      let inside = path.dropFirst(folder.utf8.count + 1)
      if tests.contains(where: { $0.text.contains(inside) }) { return false }
      return !listing.contains { test in
        parts.dropFirst(2).dropLast().contains { folder in
          ["\"\(folder)\"", "/\(folder)\"", "\"\(folder)/", "/\(folder)/"]
            .contains { test.text.contains($0) }
        }
      }
    }.map { Finding(path: $0, line: 0, advice: "no test uses it: use it or remove it") }
  }

  /// The collections (folders right under Tests/Fixtures) without a licence or a note of origin.
  static func undocumented(_ paths: [String]) -> [Finding] {
    let collections = Set(
      paths.compactMap { path -> String? in
        let parts = path.split(separator: "/")
        return parts.count > 3 ? parts[..<3].joined(separator: "/") : nil
      }
    )
    return collections.sorted().flatMap { collection in
      papers.sorted().filter { !paths.contains("\(collection)/\($0)") }.map {
        Finding(
          path: collection,
          line: 0,
          advice: "has no \($0): say whose it is and on what terms"
        )
      }
    }
  }
}
