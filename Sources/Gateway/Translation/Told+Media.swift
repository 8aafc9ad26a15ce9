import CloudAPI
import CustomerCare
import Foundation
import Storage

extension Told {
  /// The file that a message names, if it names one that can be looked after.
  ///
  /// Live messages, echoes from the phone and what follows an import all name files by an id.
  mutating func media(_ content: MessageContent, of message: String) {
    guard let media = content.media, let id = media.id.flatMap(MediaID.init(told:)) else { return }
    guard case .media(let shown) = Content(content, type: "") else { return }
    facts.append(
      .media(
        MediaFact(
          id: id,
          message: MessageID(message),
          kind: shown.kind,
          mimeType: media.mimeType,
          filename: media.filename,
          hash: media.sha256.flatMap(MediaHash.init(told:))
        )
      )
    )
  }
}

extension MessageContent {
  /// The file, where the message is one.
  fileprivate var media: MediaContent? {
    switch self {
    case .image(let media), .video(let media), .audio(let media), .document(let media),
      .sticker(let media):
      media
    default: nil
    }
  }
}

extension MediaID {
  /// An id that Meta told; `nil` for one that could stand in no address.
  init?(told text: String) {
    let isPlain = text.utf8.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || "._-".utf8.contains(byte)
    }
    guard isPlain, (1...MediaRule.idBytesMax).contains(text.utf8.count) else { return nil }
    self.init(text)
  }
}

extension MediaHash {
  /// Reads a hash as Meta writes it: in Base64 in webhooks, in hexadecimal digits in answers.
  init?(told text: String) {
    if text.utf8.count == 64 {
      let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
      guard digits.count == 64 else { return nil }
      self.init(stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
    } else {
      guard let data = Data(base64Encoded: text) else { return nil }
      self.init([UInt8](data))
    }
  }
}
