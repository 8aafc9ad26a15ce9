import CloudAPI

/// What customers see of each number, and whom it does not hear.
struct Profiles: Sendable {
  /// Users a number can block; Meta's own limit.
  ///
  /// Source: …/whatsapp/block-users (2025-10-27), read 2026-11-21.
  static let blockedMax = 64_000

  private var told: [String: JSON] = [:]
  private var blocked: [String: [String]] = [:]

  /// The profile of a number.
  subscript(number: String) -> JSON {
    get {
      told[number] ?? ["messaging_product": "whatsapp", "about": "Bikes.", "vertical": "OTHER"]
    }
    set { told[number] = newValue }
  }

  /// Whom a number has blocked, in order.
  func blocked(by number: String) -> [String] { blocked[number] ?? [] }

  /// Blocks users, or lets them in again.
  mutating func set(_ users: [String], blocked isBlocked: Bool, by number: String) {
    var all = blocked(by: number).filter { !users.contains($0) }
    if isBlocked { all += users }
    blocked[number] = Array(all.prefix(Self.blockedMax))
  }
}

extension SimulatedMeta {
  /// `GET` and `POST /{phone-number-id}/whatsapp_business_profile`.
  mutating func answerProfile(
    _ call: GraphCall,
    _ number: SandboxNumber
  ) throws(MetaError) -> GraphReply {
    let profile = profiles[number.phoneNumberID]
    switch call.method {
    case "GET":
      guard let fields = call.query["fields"] else { return .json(200, ["data": [profile]]) }
      let wanted = Set(fields.split(separator: ",").map(String.init) + ["messaging_product"])
      let shown = JSON.object(profile.members.filter { wanted.contains($0.key) })
      return .json(200, ["data": [shown]])
    case "POST":
      let body = try Self.body(call)
      guard body["messaging_product"]?.text == "whatsapp" else {
        throw .missingParameter("The parameter messaging_product is required.")
      }
      var changed = profile
      for member in body.members { changed.set(member.key, to: member.value) }
      profiles[number.phoneNumberID] = changed
      return .json(200, ["success": true])
    default: throw .unknownObject(number.phoneNumberID, method: call.method)
    }
  }

  /// `GET`, `POST` and `DELETE /{phone-number-id}/block_users`.
  mutating func answerBlocked(
    _ call: GraphCall,
    _ number: SandboxNumber
  ) throws(MetaError) -> GraphReply {
    if call.method == "GET" {
      let users = profiles.blocked(by: number.phoneNumberID).map { user -> JSON in
        ["messaging_product": "whatsapp", "wa_id": .string(user)]
      }
      return .json(200, ["data": .array(users)])
    }
    let body = try Self.body(call)
    let users = (body["block_users"]?.items ?? []).compactMap { $0["user"]?.text }
    guard !users.isEmpty else {
      throw .missingParameter("The parameter block_users is required.")
    }
    let ids = users.map { $0.filter(\.isNumber) }
    profiles.set(ids, blocked: call.method == "POST", by: number.phoneNumberID)
    let list = zip(users, ids).map { user, id -> JSON in
      ["input": .string(user), "wa_id": .string(id)]
    }
    let word = call.method == "POST" ? "added_users" : "removed_users"
    return .json(
      200,
      [
        "messaging_product": "whatsapp",
        "block_users": .object([JSONMember(word, .array(list))]),
      ]
    )
  }
}

/// Uploads of samples for templates and profiles, which may come in pieces.
///
/// Source: developers.facebook.com/docs/graph-api/guides/upload, read 2026-11-21.
struct SampleUploads: Sendable {
  /// What an upload's name begins with.
  static let prefix = "upload:"

  /// How many uploads are remembered; a demonstration has a few.
  static let countMax = 1000

  /// One upload.
  struct Upload: Sendable {
    let length: Int
    var bytes: [UInt8] = []
  }

  private var uploads: [String: Upload] = [:]

  /// An upload by its name.
  subscript(name: String) -> Upload? {
    get { uploads[name] }
    set {
      if uploads.count >= Self.countMax, uploads[name] == nil { uploads = [:] }
      uploads[name] = newValue
    }
  }
}

extension SimulatedMeta {
  /// `POST /app/uploads`.
  mutating func beginUpload(_ call: GraphCall) throws(MetaError) -> GraphReply {
    guard let length = call.query["file_length"].flatMap({ Int($0) }), length > 0,
      length <= MediaShelf.bytesMax("application/pdf")
    else { throw .invalidParameter("file_length is required.") }
    let name = SampleUploads.prefix + newID("U")
    uploads[name] = SampleUploads.Upload(length: length)
    return .json(200, ["id": .string("\(name)?sig=\(Self.signature(of: name))")])
  }

  /// `GET` and `POST /upload:{words}?sig={signature}`.
  mutating func answerUpload(_ call: GraphCall, _ name: String) throws(MetaError) -> GraphReply {
    guard var upload = uploads[name], call.query["sig"] == Self.signature(of: name) else {
      throw .unknownObject(name, method: call.method)
    }
    let id = JSON.string("\(name)?sig=\(Self.signature(of: name))")
    guard call.method == "POST" else {
      return .json(200, ["id": id, "file_offset": .integer(upload.bytes.count)])
    }
    guard upload.bytes.count + call.body.count <= upload.length else {
      throw .invalidParameter("There are more bytes than were announced.")
    }
    upload.bytes += call.body
    uploads[name] = upload
    guard upload.bytes.count == upload.length else {
      return .json(200, ["id": id, "file_offset": .integer(upload.bytes.count)])
    }
    return .json(200, ["h": .string("4::\(MediaShelf.base64Hash(upload.bytes))")])
  }

  private static func signature(of name: String) -> String {
    "ARZ" + String(MediaShelf.hexHash(Array(name.utf8)).prefix(20))
  }
}
