import CloudAPI

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The bytes of a file that a customer sends.
///
/// A request says which: `{"base64":"…"}`, or `{"size":6291456}` for that many of no meaning; either with a `mime_type`.
/// Without any a sample of the kind stands in.
struct InboundFile: Sendable {
  let bytes: [UInt8]
  let mimeType: String

  /// Meta takes files of up to 100 MB from customers; a little more, to see what becomes of those that are larger.
  static let bytesMax: Int64 = 128 << 20

  init(_ json: JSON?, _ sample: MediaSample) throws(MetaError) {
    mimeType = json?["mime_type"]?.text ?? sample.mimeType
    if let text = json?["base64"]?.text {
      guard let data = Data(base64Encoded: text) else {
        throw .invalidParameter("file.base64 is not Base64.")
      }
      bytes = Array(data)
    } else if let size = json?["size"]?.integer {
      guard (1...Self.bytesMax).contains(size) else {
        throw .invalidParameter("file.size is a number from 1 to \(Self.bytesMax).")
      }
      bytes = (0..<Int(size)).map { UInt8(truncatingIfNeeded: $0 / 7) }
    } else {
      bytes = Array(sample.text.utf8)
    }
  }
}

extension SimulatedMeta {
  /// Puts a customer's file on the shelf, and describes it as a webhook does.
  mutating func put(
    _ file: InboundFile,
    _ content: JSON,
    _ number: SandboxNumber
  ) throws(MetaError) -> JSON {
    let item = media.put(
      file.bytes,
      mimeType: file.mimeType,
      fileName: content["filename"]?.text,
      phoneNumberID: number.phoneNumberID,
      until: latest + MediaShelf.inboundLife,
      now: latest
    )
    guard let item else { throw .invalidParameter("The media shelf is full.") }
    var object: JSON = [
      "id": .string(item.id), "mime_type": .string(file.mimeType),
      "sha256": .string(MediaShelf.base64Hash(file.bytes)),
    ]
    for member in content.members { object.set(member.key, to: member.value) }
    return object
  }
}
