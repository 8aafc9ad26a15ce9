import CloudAPI

extension SimulatedMeta {
  /// `POST /{phone-number-id}/media`.
  mutating func upload(_ call: GraphCall, _ number: SandboxNumber) throws(MetaError) -> GraphReply {
    guard let form = MultipartForm(contentType: call.contentType, body: call.body) else {
      throw .invalidParameter("The body is not multipart/form-data.")
    }
    guard form["messaging_product"]?.text == "whatsapp" else {
      throw .missingParameter("The parameter messaging_product is required.")
    }
    guard let file = form["file"], let type = file.contentType ?? form["type"]?.text else {
      throw .missingParameter("The parameter file is required, with its type.")
    }
    let mimeType = String(type.prefix { $0 != ";" })
    guard file.bytes.count <= MediaShelf.bytesMax(mimeType), !file.bytes.isEmpty else {
      throw .badValue("The file is empty or too large for \(mimeType).")
    }
    let item = media.put(
      file.bytes,
      mimeType: type,
      fileName: file.fileName,
      phoneNumberID: number.phoneNumberID,
      until: latest + MediaShelf.uploadLife,
      now: latest
    )
    guard let item else {
      throw MetaError(131000, status: 500, "Something went wrong", details: "The shelf is full.")
    }
    return .json(200, ["id": .string(item.id)])
  }

  /// `GET` and `DELETE /{media-id}`.
  mutating func answerMedia(_ call: GraphCall, _ item: MediaShelf.Item) -> GraphReply {
    if call.method == "DELETE" {
      media.remove(item.id)
      return .json(200, ["success": true])
    }
    return .json(
      200,
      [
        "messaging_product": "whatsapp", "url": .string(address(of: item, origin: call.origin)),
        "mime_type": .string(item.mimeType), "sha256": .string(MediaShelf.hexHash(item.bytes)),
        "file_size": .integer(item.bytes.count), "id": .string(item.id),
      ]
    )
  }

  /// The bytes behind an address that `GET /{media-id}` gave, for five minutes.
  mutating func download(_ ticket: String, _ token: String) throws(MetaError) -> GraphReply {
    let parts = ticket.split(separator: "-")
    guard parts.count == 2, let until = Int64(parts[1]), latest < until,
      until <= latest + MediaShelf.addressLife,
      let item = media.item(String(parts[0]), now: latest),
      roster.numbers[item.phoneNumberID]?.tokens.contains(token) == true
    else { throw MetaError(100, status: 404, "Media not found") }
    return .file(item.bytes, type: item.mimeType)
  }

  private func address(of item: MediaShelf.Item, origin: String) -> String {
    "\(origin)/v24.0/_media/\(item.id)-\(latest + MediaShelf.addressLife)"
  }
}

/// A `multipart/form-data` body.
struct MultipartForm: Sendable {
  /// One part.
  struct Part: Sendable {
    let name: String
    let fileName: String?
    let contentType: String?
    let bytes: [UInt8]

    /// The bytes as text.
    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  /// Parts beyond this are not read: Meta's upload has three.
  static let partsMax = 16

  private var parts: [Part] = []

  subscript(name: String) -> Part? { parts.first { $0.name == name } }

  /// Reads a body; nil if it is no form.
  init?(contentType: String?, body: [UInt8]) {
    guard let contentType, contentType.lowercased().hasPrefix("multipart/form-data"),
      let mark = contentType.firstRange(of: "boundary=")
    else { return nil }
    let boundary = contentType[mark.upperBound...].prefix { $0 != ";" }.filter { $0 != "\"" }
    let delimiter = Array("\r\n--\(boundary)".utf8)
    var rest = (Array("\r\n".utf8) + body)[...]
    guard let first = Self.find(delimiter, in: rest) else { return nil }
    rest = rest[(first + delimiter.count)...]
    while rest.starts(with: [13, 10]), parts.count < Self.partsMax {
      rest = rest.dropFirst(2)
      guard let end = Self.find(delimiter, in: rest) else { return nil }
      if let part = Self.part(rest[..<end]) { parts.append(part) }
      rest = rest[(end + delimiter.count)...]
    }
  }

  private static func part(_ bytes: ArraySlice<UInt8>) -> Part? {
    let gap: [UInt8] = [13, 10, 13, 10]
    guard let end = find(gap, in: bytes) else { return nil }
    let head = String(decoding: bytes[..<end], as: UTF8.self)
    var name: String?
    var fileName: String?
    var type: String?
    for line in head.split(separator: "\r\n") {
      let lower = line.lowercased()
      if lower.hasPrefix("content-disposition:") {
        name = parameter("name", of: line)
        fileName = parameter("filename", of: line)
      } else if lower.hasPrefix("content-type:") {
        type = line.dropFirst(13).split(separator: " ").joined(separator: " ")
      }
    }
    return name.map {
      Part(name: $0, fileName: fileName, contentType: type, bytes: Array(bytes[(end + 4)...]))
    }
  }

  private static func parameter(_ name: String, of line: Substring) -> String? {
    guard let start = line.firstRange(of: " \(name)=\"") else { return nil }
    return String(line[start.upperBound...].prefix { $0 != "\"" })
  }

  /// Where a pattern begins.
  private static func find(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = pattern.first else { return nil }
    var index = bytes.startIndex
    while let next = bytes[index...].firstIndex(of: first) {
      if bytes[next...].starts(with: pattern) { return next }
      index = next + 1
    }
    return nil
  }
}
