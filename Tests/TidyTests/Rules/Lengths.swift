/// How long things may be.
enum Lengths {
  /// One idea fits 100 lines, and 400 is where a reader loses the thread.
  static let fileLinesMax = 400
  /// What a screen shows without scrolling.
  static let functionLinesMax = 70
}

extension SourceText {
  /// Every function, initialiser, subscript and deinitialiser with a body: where its declaration
  /// begins and how many lines it has, the signature and the closing brace included.
  var functions: [(line: Int, lineCount: Int)] {
    ["func ", "init(", "init?(", "init<", "subscript(", "subscript<", "deinit "].flatMap {
      keyword in
      offsets(of: keyword).compactMap { offset in
        guard let body = body(after: offset) else { return nil }
        let first = line(at: offset)
        return (first, line(at: body.upperBound) - first + 1)
      }
    }
  }

  /// The brackets of the body that begins after `offset`; `nil` for a requirement without one.
  private func body(after offset: Int) -> ClosedRange<Int>? {
    var depth = 0
    var index = offset
    while index < codeBytes.count {
      switch codeBytes[index] {
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"):
        depth -= 1
        if depth < 0 { return nil }
      case UInt8(ascii: "{") where depth == 0: return closing(from: index).map { index...$0 }
      case UInt8(ascii: "}") where depth == 0: return nil
      default: break
      }
      index += 1
    }
    return nil
  }

  private func closing(from open: Int) -> Int? {
    var depth = 0
    for index in open..<codeBytes.count {
      if codeBytes[index] == UInt8(ascii: "{") { depth += 1 }
      if codeBytes[index] == UInt8(ascii: "}") { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }
}

extension Rule {
  static let filesAreShort = Rule(
    sentence: "a file has at most \(Lengths.fileLinesMax) lines"
  ) { file in
    guard file.lineCount > Lengths.fileLinesMax else { return [] }
    return [
      Finding(
        path: file.path,
        line: 0,
        advice: "\(file.lineCount) lines: split it at the second idea (`Type+Part.swift`)"
      )
    ]
  }

  static let functionsFitAScreen = Rule(
    sentence: "a function has at most \(Lengths.functionLinesMax) lines"
  ) { file in
    file.functions.filter { $0.lineCount > Lengths.functionLinesMax }.map {
      Finding(
        path: file.path,
        line: $0.line,
        advice: "a function of \($0.lineCount) lines: name its parts"
      )
    }
  }
}
