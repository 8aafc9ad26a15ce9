/// What a request asks for, read once and strictly: the same bytes always mean the same thing, here and behind us.
///
/// No dot segments, no empty segments, no slash at the end, no fragment, no absolute form: what is odd is not found.
struct RequestTarget: Sendable, Hashable {
  /// The segments of the path, decoded once.
  let segments: [String]
  /// Whether any byte of the path was written as `%` and two digits.
  let isPathEncoded: Bool
  /// What stands after the `?`, as it was written; `nil` without a `?`.
  let query: String?

  /// Reads a target; `nil` when it is none that anything is served under.
  init?(_ target: String, bytesMax: Int) {
    let bytes = target.utf8
    guard bytes.count <= bytesMax, bytes.first == UInt8(ascii: "/"),
      !bytes.contains(UInt8(ascii: "#"))
    else { return nil }
    let path: Substring.UTF8View
    if let mark = bytes.firstIndex(of: UInt8(ascii: "?")) {
      path = bytes[..<mark]
      query = String(decoding: bytes[bytes.index(after: mark)...], as: UTF8.self)
    } else {
      path = bytes[...]
      query = nil
    }
    isPathEncoded = path.contains(UInt8(ascii: "%"))
    var segments: [String] = []
    if path.count > 1 {
      for part in path.dropFirst().split(
        separator: UInt8(ascii: "/"),
        omittingEmptySubsequences: false
      ) {
        guard let segment = PercentCoding.decoded(part), !segment.isEmpty, segment != ".",
          segment != "..", !segment.utf8.contains(UInt8(ascii: "/"))
        else { return nil }
        segments.append(segment)
      }
    }
    self.segments = segments
  }
}

/// Percent-encoding of URLs (RFC 3986, 2.1).
enum PercentCoding {
  /// The text that encoded bytes stand for; `nil` for a broken escape, a control character or what is not UTF-8.
  static func decoded(_ encoded: some Collection<UInt8>, plusIsSpace: Bool = false) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(encoded.count)
    var rest = encoded.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(hexValue), let low = rest.next().flatMap(hexValue)
        else { return nil }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
      default: bytes.append(byte)
      }
    }
    guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
