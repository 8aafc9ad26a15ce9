import CloudAPI
import Crypto
import CustomerCare
import Foundation
import Gateway
import Storage
import Support

/// Files on a stage: a Meta that has them, and nodes that fetch them.
struct MediaScene {
  let stage: GatewayStage
  let carrier = PaperMedia()

  /// Three chunks, the last not full.
  static let bytes = (0..<(2 * MediaBytes.chunkBytes + 777)).map {
    UInt8(truncatingIfNeeded: $0 / 3)
  }

  static func play(_ act: (MediaScene) async throws -> Void) async throws {
    try await GatewayStage.play { stage in try await act(MediaScene(stage: stage)) }
  }

  /// A node: what another has claimed is another's.
  func node(_ limits: MediaLimits = MediaLimits()) -> FetchMedia {
    FetchMedia(
      engine: stage.engine,
      carrier: carrier,
      seal: GatewayStage.seal,
      limits: limits,
      wake: Wake(),
      time: stage.clock
    )
  }

  /// A customer sends a file, which Meta has.
  func sends(
    _ id: String = "4400",
    type: String = "image",
    _ file: PaperMedia.File = PaperMedia.File(MediaScene.bytes),
    telling hash: String? = nil
  ) async throws {
    carrier.put(id, file)
    var content: JSON = ["id": .string(id), "mime_type": "image/jpeg"]
    content.set("sha256", to: hash.map { .string($0) })
    try stage.meta.writes(
      GatewayStage.customer,
      ["type": .string(type), type: content]
    )
    try await stage.hear()
  }

  /// Fetches what is due now, once each.
  func fetch() async {
    let node = node()
    for claimed in await node.claim() { await node.fetch(claimed) }
  }

  /// Lets time pass until a file is kept or lost, attempt by attempt.
  func fetchToTheEnd(_ id: MediaID = "4400") async throws {
    while try await view(id)?.state == .pending {
      await fetch()
      guard let next = try await next(id) else { break }
      stage.clock.advance(to: next)
    }
  }

  func view(_ id: MediaID = "4400") async throws -> MediaView? {
    try await stage.engine.read { unit in
      try MediaViews.find(id, of: GatewayStage.number, in: unit)
    }
  }

  /// When a file that waits is due, and why it waits.
  func next(_ id: MediaID = "4400") async throws -> Instant? {
    try await stage.engine.read { unit in
      try unit.first(
        "SELECT next_at FROM media WHERE media_id = $id AND state = 'pending'",
        ["id": .id(id)]
      ) { try $0.instant("next_at") }
    }
  }

  func reason(_ id: MediaID = "4400") async throws -> String? {
    try await stage.engine.read { unit in
      try unit.first("SELECT reason FROM media WHERE media_id = $id", ["id": .id(id)]) {
        try $0.textIfAny("reason")
      }
    } ?? nil
  }

  /// The bytes that are kept of a file.
  func content(_ id: MediaID = "4400") async throws -> [UInt8]? {
    guard let content = try await view(id)?.content else { return nil }
    return try await stage.engine.read { unit in
      var bytes: [UInt8] = []
      while let chunk = try MediaBytes.chunk(
        bytes.count / MediaBytes.chunkBytes + (bytes.count % MediaBytes.chunkBytes == 0 ? 0 : 1),
        of: content.place,
        hash: content.hash,
        in: unit
      ) { bytes += chunk }
      return bytes
    }
  }

  /// How many blobs there are, whole or not.
  func blobs() async throws -> Int64? {
    try await stage.engine.read { unit in
      try unit.first("SELECT COUNT(*) AS held FROM media_blob") { try $0.integer("held") }
    }
  }

  /// The hash of the bytes, as webhooks have it.
  static func base64Hash(_ bytes: [UInt8]) -> String {
    Data(SHA256.hash(data: bytes)).base64EncodedString()
  }

  /// The hash of the bytes, as answers have it.
  static func hexHash(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
      .joined()
  }
}
