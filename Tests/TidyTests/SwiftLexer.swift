/// Finds where Swift code is code: blanks comments, string contents and raw identifiers.
///
/// It knows nested comments, raw and multi-line strings and interpolation. It does not know regex
/// literals, which this repository does not use.
struct SwiftLexer {
  private let bytes: [UInt8]
  private var output: [UInt8]
  private var index = 0
  /// Where each `//` comment begins.
  private(set) var lineComments: [Int] = []

  init(_ text: String) {
    bytes = Array(text.utf8)
    output = bytes
  }

  /// The text with everything that is not code replaced by spaces; newlines stay.
  mutating func blanked() -> [UInt8] {
    code(inInterpolation: false)
    return output
  }

  private mutating func code(inInterpolation: Bool) {
    var depth = 0
    while index < bytes.count {
      switch bytes[index] {
      case .slash where peek(1) == .slash: lineComment()
      case .slash where peek(1) == .star: blockComment()
      case .quote: string(hashes: 0)
      case .hash: hashes()
      case .backtick: rawIdentifier()
      case .open:
        depth += 1
        index += 1
      case .close:
        index += 1
        if inInterpolation && depth == 0 { return }
        depth -= 1
      default: index += 1
      }
    }
  }

  private func peek(_ distance: Int) -> UInt8? {
    index + distance < bytes.count ? bytes[index + distance] : nil
  }

  private mutating func blank(_ count: Int = 1) {
    for _ in 0..<count where index < bytes.count {
      if bytes[index] != .newline { output[index] = .space }
      index += 1
    }
  }

  private mutating func lineComment() {
    lineComments.append(index)
    while index < bytes.count, bytes[index] != .newline { blank() }
  }

  private mutating func blockComment() {
    var depth = 0
    repeat {
      if bytes[index] == .slash, peek(1) == .star {
        depth += 1
        blank(2)
      } else if bytes[index] == .star, peek(1) == .slash {
        depth -= 1
        blank(2)
      } else {
        blank()
      }
    } while depth > 0 && index < bytes.count
  }

  private mutating func hashes() {
    var count = 0
    while peek(count) == .hash { count += 1 }
    index += count
    if index < bytes.count, bytes[index] == .quote { string(hashes: count) }
  }

  private mutating func rawIdentifier() {
    index += 1
    while index < bytes.count, bytes[index] != .backtick, bytes[index] != .newline { blank() }
    index += 1
  }

  private mutating func string(hashes: Int) {
    let isMultiline = peek(1) == .quote && peek(2) == .quote
    let quotes = isMultiline ? 3 : 1
    index += quotes
    while index < bytes.count {
      if isRun(.quote, quotes, at: index) && isRun(.hash, hashes, at: index + quotes) {
        index += quotes + hashes
        return
      }
      if bytes[index] == .newline && !isMultiline { return }
      if bytes[index] == .backslash && isRun(.hash, hashes, at: index + 1) {
        blank(1 + hashes)
        if index < bytes.count, bytes[index] == .open {
          index += 1
          code(inInterpolation: true)
        } else {
          blank()
        }
        continue
      }
      blank()
    }
  }

  private func isRun(_ byte: UInt8, _ count: Int, at start: Int) -> Bool {
    guard start + count <= bytes.count else { return false }
    for offset in 0..<count where bytes[start + offset] != byte { return false }
    return true
  }
}

extension UInt8 {
  fileprivate static let newline = UInt8(ascii: "\n")
  fileprivate static let space = UInt8(ascii: " ")
  fileprivate static let quote = UInt8(ascii: "\"")
  fileprivate static let hash = UInt8(ascii: "#")
  fileprivate static let slash = UInt8(ascii: "/")
  fileprivate static let star = UInt8(ascii: "*")
  fileprivate static let backslash = UInt8(ascii: "\\")
  fileprivate static let backtick = UInt8(ascii: "`")
  fileprivate static let open = UInt8(ascii: "(")
  fileprivate static let close = UInt8(ascii: ")")
}
