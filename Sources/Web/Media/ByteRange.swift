import HTTPTypes

/// Which part of a file is asked for (RFC 9110, 14).
enum ByteRange: Hashable {
  /// All of it: nothing else was asked, or something we do not do, such as several ranges.
  case whole
  /// These bytes.
  case part(Range<Int>)
  /// None of those there are.
  case unsatisfiable

  /// Reads the header Range for a file of some size.
  init(_ header: String?, size: Int) {
    self = .whole
    guard let header, header.lowercased().hasPrefix("bytes=") else { return }
    let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy(\.isASCIIDigit) }) else { return }
    switch (Int(ends[0]), Int(ends[1])) {
    case (let first?, let last?):
      guard first <= last else { return }
      self = first < size ? .part(first..<min(last, size - 1) + 1) : .unsatisfiable
    case (let first?, nil):
      guard ends[1].isEmpty else { return }
      self = first < size ? .part(first..<size) : .unsatisfiable
    case (nil, let length?):
      guard ends[0].isEmpty else { return }
      self = length > 0 && size > 0 ? .part(max(0, size - length)..<size) : .unsatisfiable
    case (nil, nil): return
    }
  }
}
