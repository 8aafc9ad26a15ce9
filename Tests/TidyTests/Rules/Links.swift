import Foundation

/// A Markdown page as the link rule sees it.
struct MarkdownPage {
  let path: String
  /// Where each link points, as written, with its 1-based line.
  let links: [(target: String, line: Int)]
  /// What `#…` may name: the headings in GitHub's spelling, and explicit `<a id>` anchors.
  let anchors: Set<String>

  init(path: String, text: String) {
    self.path = path
    var links: [(target: String, line: Int)] = []
    var anchors: Set<String> = []
    var uses: [String: Int] = [:]
    var isFenced = false
    for (index, line) in text.components(separatedBy: "\n").enumerated() {
      if line.trimmed.hasPrefix("```") { isFenced.toggle() }
      if isFenced || line.hasPrefix("    ") { continue }
      if let heading = Self.heading(line) {
        let slug = Self.slug(heading)
        let count = uses[slug, default: 0]
        uses[slug] = count + 1
        anchors.insert(count == 0 ? slug : "\(slug)-\(count)")
      }
      for id in Self.pieces(of: line, between: "<a id=\"", and: "\"") { anchors.insert(id) }
      let prose = Self.withoutCode(line)
      links += Self.pieces(of: prose, between: "](", and: ")").map { ($0, index + 1) }
      if prose.hasPrefix("["), let colon = prose.range(of: "]: ") {
        links.append((String(prose[colon.upperBound...]).trimmed, index + 1))
      }
    }
    self.links = links
    self.anchors = anchors
  }

  private static func heading(_ line: String) -> String? {
    let hashes = line.prefix { $0 == "#" }.count
    guard (1...6).contains(hashes), line.dropFirst(hashes).first == " " else { return nil }
    return String(line.dropFirst(hashes + 1))
  }

  /// A heading in the spelling GitHub gives its anchor.
  static func slug(_ heading: String) -> String {
    String(
      heading.lowercased().compactMap { character in
        if character == " " { return "-" }
        return character.isLetter || character.isNumber || character == "-" || character == "_"
          ? character : nil
      }
    )
  }

  private static func withoutCode(_ line: String) -> String {
    line.components(separatedBy: "`").enumerated()
      .map { $0.offset.isMultiple(of: 2) ? $0.element : "" }.joined()
  }

  private static func pieces(of line: String, between open: String, and close: String) -> [String] {
    line.components(separatedBy: open).dropFirst().compactMap { rest in
      rest.range(of: close).map { String(rest[..<$0.lowerBound]) }
    }
  }
}

/// Markdown links alive, without asking the network.
enum Links {
  /// The links of `pages` that lead to no file, or to no heading of a page.
  static func dead(in pages: [MarkdownPage], files: Set<String>) -> [Finding] {
    let anchors = Dictionary(pages.map { ($0.path, $0.anchors) }) { first, _ in first }
    return pages.flatMap { page in
      page.links.compactMap { target, line in
        let address = target.split(separator: " ").first.map(String.init) ?? target
        guard !address.contains(":"), !address.isEmpty else { return nil }
        let parts = address.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].isEmpty ? page.path : resolve(String(parts[0]), from: page.path)
        guard files.contains(path) else {
          return Finding(path: page.path, line: line, advice: "there is no \(path)")
        }
        guard parts.count == 2, let known = anchors[path], !known.contains(String(parts[1])) else {
          return nil
        }
        return Finding(path: page.path, line: line, advice: "\(path) has no heading #\(parts[1])")
      }
    }
  }

  /// The pages under `docs/` that no other page leads to.
  static func orphans(in pages: [MarkdownPage]) -> [Finding] {
    let reached = Set(
      pages.flatMap { page in
        page.links.map { resolve(String($0.target.prefix { $0 != "#" }), from: page.path) }
          .filter { $0 != page.path }
      }
    )
    return pages.filter { $0.path.hasPrefix("docs/") && !reached.contains($0.path) }
      .map { Finding(path: $0.path, line: 0, advice: "no page links here: nobody will find it") }
  }

  private static func resolve(_ relative: String, from page: String) -> String {
    var parts = page.split(separator: "/").dropLast().map(String.init)
    for part in relative.split(separator: "/").map(String.init) {
      switch part {
      case "..": _ = parts.popLast()
      case ".": break
      default: parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }
}
