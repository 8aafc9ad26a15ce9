import Foundation
import Testing

@Suite struct `The SQL of Storage` {
  /// The text of every file of the room.
  private static var sources: [(file: String, text: String)] {
    get throws {
      let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources/Storage")
      let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
      return try (names ?? []).filter { $0.hasSuffix(".swift") }.map { name in
        (
          name,
          try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
            .split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }
            .joined(separator: "\n")
        )
      }
    }
  }

  @Test(arguments: [
    (#"\bLIKE\b|\bGLOB\b"#, "compare what people type with ="),
    (#"\b(MAX|MIN)\([^()]*,"#, "the greater of two values differs between engines: use CASE"),
    (#"\bGREATEST\b|\bLEAST\b"#, "SQLite has neither: use CASE"),
    (#"\bINSERT OR\b|\bREPLACE INTO\b"#, "PostgreSQL has neither: use ON CONFLICT"),
    (
      #"\b(REAL|DOUBLE|NUMERIC|BOOLEAN|TIMESTAMP|DATETIME|VARCHAR)\b"#,
      "BIGINT, TEXT and bytes only"
    ),
    (#"\bROWID\b|\bPRAGMA\b|\bsqlite_"#, "that is SQLite's own"),
    (#"\b(NOW|DATE|STRFTIME|RANDOM|CURRENT_TIMESTAMP)\b\s*\("#, "time and chance are parameters"),
    (#"VALUES \(\?|= \?"#, "parameters are bound by name"),
  ])
  func `keeps to what both engines understand`(pattern: String, advice: String) throws {
    let expression = try NSRegularExpression(pattern: pattern)
    let sources = try Self.sources
    #expect(sources.count > 20)
    for (file, text) in sources {
      let range = NSRange(text.startIndex..., in: text)
      let found = expression.firstMatch(in: text, range: range).flatMap {
        Range($0.range, in: text).map { text[$0] }
      }
      #expect(found == nil, "\(file): \(advice)")
    }
  }
}
