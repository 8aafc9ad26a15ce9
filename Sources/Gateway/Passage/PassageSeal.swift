import CustomerCare
import Foundation

/// What we hand out instead of Meta's own words, and take back: a link to a medium, the name of an upload.
///
/// Everything needed stands in it, sealed with the secret key: nobody can make one, read one or change one, and no row waits
/// for one that never comes back.
struct PassageSeal: Sendable {
  /// What is sealed for.
  enum Purpose: String, Sendable {
    case link = "media-link"
    case upload = "upload"
  }

  /// What was sealed.
  struct Opened: Sendable, Hashable {
    let number: PhoneNumberID
    let words: [String]
  }

  /// Words end at a line's end, which none of them has.
  private static let separator = "\n"

  let seal: Seal
  let time: any TimeSource

  /// Seals words for one token; `nil` when they cannot be sealed.
  func close(
    _ words: [String],
    of number: PhoneNumberID,
    _ purpose: Purpose,
    for token: TokenID,
    life: Duration
  ) -> String? {
    let until = "\((time.now + life).milliseconds)"
    let all = [purpose.rawValue, until, token.rawValue, number.rawValue] + words
    guard !all.contains(where: { $0.contains(Self.separator) }),
      let sealed = try? seal.seal(all.joined(separator: Self.separator))
    else { return nil }
    return Data(sealed).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }

  /// Opens what `close` gave; `nil` when it is not ours, for another token or purpose, or too old.
  func open(_ text: String, _ purpose: Purpose, for token: TokenID) -> Opened? {
    let standard = text.replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
    guard let sealed = Data(base64Encoded: standard + padding),
      let words = try? seal.open([UInt8](sealed)).components(separatedBy: Self.separator),
      words.count >= 4, words[0] == purpose.rawValue, words[2] == token.rawValue,
      let until = Int64(words[1]), time.now < Instant(milliseconds: until)
    else { return nil }
    return Opened(number: PhoneNumberID(words[3]), words: Array(words.dropFirst(4)))
  }
}
