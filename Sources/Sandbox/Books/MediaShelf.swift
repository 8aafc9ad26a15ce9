import CloudAPI
import Crypto

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Media that were uploaded, or that customers sent; bytes in memory.
struct MediaShelf: Sendable {
  /// One file.
  struct Item: Sendable {
    let id: String
    let phoneNumberID: String
    let mimeType: String
    let fileName: String?
    let bytes: [UInt8]
    /// When it is thrown away, in milliseconds since 1970.
    let until: Int64
  }

  /// All files together: 256 MiB, because the sandbox shares a laptop with everything else.
  static let bytesMax = 256 << 20

  /// How long uploads are kept: 30 days.
  static let uploadLife: Int64 = 30 * 86_400_000

  /// How long media from customers are kept: 7 days.
  static let inboundLife: Int64 = 7 * 86_400_000

  /// How long an address for download works: 5 minutes.
  static let addressLife: Int64 = 300_000

  private var items: [String: Item] = [:]
  private var bytes = 0
  private var made: Int64

  /// An empty shelf.
  ///
  /// With the instant of the sandbox's start no id is given that another life gave: a gateway would take a new file for
  /// one it knows. Without, the ids are always the same.
  init(startedAt: Int64? = nil) {
    made = startedAt.map { $0 * 1000 } ?? 4_400_000_000_000_000
  }

  /// Throws everything away; the ids go on.
  mutating func clear() {
    items = [:]
    bytes = 0
  }

  /// Puts a file on the shelf; nil if there is no room.
  mutating func put(
    _ content: [UInt8],
    mimeType: String,
    fileName: String?,
    phoneNumberID: String,
    until: Int64,
    now: Int64
  ) -> Item? {
    for item in items.values where item.until <= now { remove(item.id) }
    guard bytes + content.count <= Self.bytesMax else { return nil }
    made += 1
    let item = Item(
      id: String(made),
      phoneNumberID: phoneNumberID,
      mimeType: mimeType,
      fileName: fileName,
      bytes: content,
      until: until
    )
    items[item.id] = item
    bytes += content.count
    return item
  }

  /// A file that is still there.
  func item(_ id: String, now: Int64) -> Item? { items[id].flatMap { $0.until > now ? $0 : nil } }

  /// Takes a file off the shelf.
  mutating func remove(_ id: String) {
    if let gone = items.removeValue(forKey: id) { bytes -= gone.bytes.count }
  }

  /// The most bytes of one file by type; Meta counts binary megabytes.
  ///
  /// Source: …/business-phone-numbers/media (2025-12-02), read 2026-11-21.
  static func bytesMax(_ mimeType: String) -> Int {
    switch mimeType.prefix(while: { $0 != "/" }) {
    case "image": mimeType == "image/webp" ? 500 << 10 : 5 << 20
    case "audio", "video": 16 << 20
    default: 100 << 20
    }
  }

  /// The hash in hex, as `GET /{media-id}` prints it.
  static func hexHash(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  /// The hash in base64, as webhooks print it.
  static func base64Hash(_ bytes: [UInt8]) -> String {
    Data(SHA256.hash(data: bytes)).base64EncodedString()
  }
}
