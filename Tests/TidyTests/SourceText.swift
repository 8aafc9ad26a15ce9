import Foundation

/// One Swift file as the rules see it: as written, and as code alone.
///
/// In `code` every comment and every string literal's content is blanked with spaces, byte for byte,
/// so a line number and a column mean the same in both. Code inside string interpolations stays.
struct SourceText {
  /// The path from the repository's root, with `/`.
  let path: String
  /// The lines as written.
  let raw: [String]
  /// The lines with comments and string contents blanked.
  let code: [String]
  /// `code` as bytes with a NUL at the end, for searching and brace matching.
  let codeBytes: [UInt8]
  /// The `//` comments by their 1-based line.
  let comments: [Int: String]
  private let lineStarts: [Int]

  init(path: String, text: String) {
    var lexer = SwiftLexer(text)
    let bytes = lexer.blanked()
    self.path = path
    self.raw = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    self.code = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    self.codeBytes = bytes + [0]
    let lineStarts = [0] + bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 }
    self.lineStarts = lineStarts
    let source = Array(text.utf8)
    var comments: [Int: String] = [:]
    for start in lexer.lineComments {
      let line = Self.line(at: start, in: lineStarts)
      let end = line < lineStarts.count ? lineStarts[line] - 1 : source.count
      comments[line] = String(decoding: source[start..<end], as: UTF8.self)
    }
    self.comments = comments
  }

  /// The number of lines, a final newline not counted as one more.
  var lineCount: Int { raw.last == "" ? raw.count - 1 : raw.count }

  /// The 1-based line that holds the byte at `offset`.
  func line(at offset: Int) -> Int { Self.line(at: offset, in: lineStarts) }

  private static func line(at offset: Int, in lineStarts: [Int]) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// Where `pattern` stands in the code.
  ///
  /// A pattern that begins with a letter matches only where a word begins; a dot before it counts as
  /// part of the word unless `afterDot` is true (`printer.print(` is not `print(`).
  func offsets(of pattern: String, afterDot: Bool = false) -> [Int] {
    let startsWord = pattern.utf8.first.map(Self.isWord) ?? false
    var found: [Int] = []
    codeBytes.withUnsafeBytes { buffer in
      guard let base = buffer.bindMemory(to: CChar.self).baseAddress else { return }
      var cursor = base
      while let hit = strstr(cursor, pattern) {
        let offset = UnsafePointer(hit) - base
        let before = offset > 0 ? codeBytes[offset - 1] : 0x0A
        if !startsWord || !(Self.isWord(before) || (before == 0x2E && !afterDot)) {
          found.append(offset)
        }
        cursor = UnsafePointer(hit) + 1
      }
    }
    return found
  }

  /// The 1-based lines on which `pattern` stands in the code.
  func lines(with pattern: String, afterDot: Bool = false) -> [Int] {
    offsets(of: pattern, afterDot: afterDot).map(line(at:))
  }

  /// The comment that belongs to a line: on the line itself, or in the unbroken run above it.
  ///
  /// Attribute lines between the comment and the line are passed over.
  func comment(at line: Int) -> String {
    var parts = comments[line].map { [$0] } ?? []
    var above = line - 1
    while above >= 1 {
      let text = raw[above - 1].trimmed
      guard text.hasPrefix("//") || text.hasPrefix("@") else { break }
      if text.hasPrefix("//") { parts.append(text) }
      above -= 1
    }
    return parts.reversed().joined(separator: "\n")
  }

  static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == 0x5F || byte >= 0x80
  }
}

extension String {
  /// The text without spaces and tabs at its ends.
  var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
