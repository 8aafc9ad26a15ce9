import Foundation

/// The container's files, held against what the project says elsewhere.
enum Containers {
  /// The images that a Dockerfile or a compose file starts from, stages of its own left out.
  static func images(in text: String) -> [String] {
    let lines = text.components(separatedBy: "\n").map(\.trimmed)
    let stages = Set(
      lines.filter { $0.hasPrefix("FROM ") }.compactMap { line in
        line.components(separatedBy: " AS ").dropFirst().first
      }
    )
    return lines.compactMap { line -> String? in
      for mark in ["FROM ", "image: "] where line.hasPrefix(mark) {
        return line.dropFirst(mark.count).components(separatedBy: " ").first
      }
      return nil
    }.filter { !stages.contains($0) }
  }

  /// The images that name no version, or the one that is always another.
  static func unversioned(_ images: [String]) -> [String] {
    images.filter { image in
      let tag = image.components(separatedBy: ":").dropFirst().last ?? ""
      return tag.isEmpty || tag == "latest"
    }
  }

  /// The packages that `Scripts/install-packages` asks for, for one purpose.
  static func packages(for purpose: String, in script: String) -> [String] {
    let parts = script.components(separatedBy: "    \(purpose))\n")
    guard parts.count == 2, let block = parts[1].components(separatedBy: ";;").first else {
      return []
    }
    return block.components(separatedBy: "\n").map(\.trimmed).filter { $0.hasPrefix("need ") }
      .compactMap { $0.components(separatedBy: " ").dropFirst().first }
  }

  /// The packages to build with whose libraries the built binary would not find.
  static func unmatched(build: [String], run: [String]) -> [String] {
    build.filter { package in
      guard package.hasSuffix("-dev") else { return false }
      let stem = package.dropLast("-dev".count)
      return !run.contains { $0.hasPrefix(stem) }
    }
  }
}
