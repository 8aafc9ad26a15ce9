/// Names that say where somebody stopped thinking.
enum EmptyNames {
  static let words: Set<String> = [
    "Core", "Common", "Shared", "Util", "Utils", "Utilities", "Helper", "Helpers", "Extension",
    "Extensions", "Models", "Misc", "Placeholder",
  ]

  /// The parts of a path that say nothing: a folder, a file's name, the part after `+`, or the last
  /// word of a name (`StringHelpers`).
  static func found(in path: String) -> [String] {
    path.split(separator: "/").flatMap { component in
      let stem = component.split(separator: ".").first ?? component
      return stem.split(separator: "+").compactMap { part in
        words.contains(String(part)) || words.contains(lastWord(part)) ? String(part) : nil
      }
    }
  }

  private static func lastWord(_ name: Substring) -> String {
    guard let start = name.lastIndex(where: \.isUppercase) else { return String(name) }
    return String(name[start...])
  }
}

extension Rule {
  static let namesSayWhatIsInside = Rule(
    sentence: "files and folders are named by what is inside"
  ) { file in
    EmptyNames.found(in: file.path).map {
      Finding(path: file.path, line: 0, advice: "`\($0)` says nothing: name it by its idea")
    }
  }
}
