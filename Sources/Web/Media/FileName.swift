import CustomerCare
import Storage

/// The name under which a file is offered for saving (RFC 6266).
///
/// What a customer calls a file is a wish: nothing in it becomes a path, ends the header, or turns the text around.
struct FileName: Sendable, Hashable {
  /// The longest name that is handed on, in bytes: file systems take 255.
  static let bytesMax = 150

  /// The name, cleaned.
  let text: String

  /// Cleans the name a file came with, or makes one.
  init(of fact: MediaFact) {
    let given = Self.cleaned(fact.filename ?? "")
    let ending = MediaType.endings[MediaType.served(fact.mimeType)] ?? "bin"
    text = given.isEmpty ? "\(fact.kind.rawValue)-\(fact.id).\(ending)" : given
  }

  /// The value of Content-Disposition: always for saving, never for showing.
  var disposition: String {
    let plain = String(
      text.unicodeScalars.map {
        $0.isASCII && !"\"\\%;".unicodeScalars.contains($0) ? Character($0) : "_"
      }
    )
    let value = "attachment; filename=\"\(plain)\""
    return plain == text ? value : value + "; filename*=UTF-8''\(encoded)"
  }

  /// The name as RFC 8187 writes what is not ASCII.
  private var encoded: String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      if isLetter || byte.isASCIIDigit || "-._~".utf8.contains(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func cleaned(_ name: String) -> String {
    let last = name.split { $0 == "/" || $0 == "\\" }.last ?? ""
    var clean = ""
    for scalar in last.unicodeScalars where isHarmless(scalar) {
      guard clean.utf8.count + UTF8.width(scalar) <= bytesMax else { break }
      clean.unicodeScalars.append(scalar)
    }
    let trimmed = clean.drop { $0 == "." || $0 == " " }
    return String(trimmed.reversed().drop { $0 == "." || $0 == " " }.reversed())
  }

  /// Neither a control character nor one that turns text around or cannot be seen.
  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
      .unassigned:
      false
    default: true
    }
  }
}
