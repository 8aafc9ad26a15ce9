import Foundation

/// The folders of tests, held against the targets of `Package.swift`.
enum Targets {
  /// The folders `Tests/*Tests` that no test target builds: their tests would never run.
  static func missing(for paths: [String], in manifest: String) -> [Finding] {
    let folders = Set(
      paths.compactMap { path -> String? in
        let parts = path.split(separator: "/")
        guard parts.count > 2, parts[0] == "Tests", parts[1].hasSuffix("Tests") else { return nil }
        return String(parts[1])
      }
    )
    let targets = Set(
      declarations(in: manifest, of: ["tests(", ".testTarget("])
    )
    return folders.subtracting(targets).sorted().map {
      Finding(path: "Tests/\($0)", line: 0, advice: "never runs: make it a test target")
    }
  }

  /// The names that stand first in the calls of some functions; a comment is no call.
  private static func declarations(in manifest: String, of calls: [String]) -> [String] {
    let code = SourceText(path: "Package.swift", text: manifest)
    return calls.flatMap { call in
      code.offsets(of: call, afterDot: true).compactMap { offset -> String? in
        let rest = String(
          decoding: manifest.utf8.dropFirst(offset + call.utf8.count),
          as: UTF8.self
        )
        let parts = rest.prefix { $0 != ")" && $0 != "[" }.split(
          separator: "\"",
          omittingEmptySubsequences: false
        )
        return parts.count > 1 ? String(parts[1]) : nil
      }
    }
  }
}
