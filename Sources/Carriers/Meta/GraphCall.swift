import Gateway

/// A version of the Graph API, such as `v24.0`.
package struct GraphVersion: Sendable, Hashable, CustomStringConvertible {
  /// The version as it stands in a path.
  package let description: String

  /// Reads a version: `v`, one to three digits, a dot, one to three digits; nil for everything else.
  package init?(_ text: String) {
    guard text.utf8.first == UInt8(ascii: "v") else { return nil }
    let parts = text.utf8.dropFirst().split(
      separator: UInt8(ascii: "."),
      omittingEmptySubsequences: false
    )
    let isVersion = parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(isDigit) }
    guard parts.count == 2, isVersion else { return nil }
    description = text
  }
}

/// The id of something in Meta's graph, checked before it becomes part of a path.
struct GraphNode: Sendable, Hashable {
  /// Digits only.
  let digits: String

  /// Meta's ids have 15 to 17 digits today; 32 leaves room and keeps paths short.
  static let digitsMax = 32

  init?(_ text: String) {
    guard (1...Self.digitsMax).contains(text.utf8.count), text.utf8.allSatisfy(isDigit) else {
      return nil
    }
    digits = text
  }
}

/// Meta's name of an upload: `upload:` and words, a question mark, a signature.
///
/// Meta wrote it, and it is taken apart all the same before it becomes part of a URL.
///
/// Source: developers.facebook.com/docs/graph-api/guides/upload, read 2026-11-21.
struct UploadName: Sendable {
  private static let prefix = "upload:"
  private static let bytesMax = 2048

  /// The words, encoded for a path.
  let pathEncoded: String
  /// The signature.
  let query: [(name: String, value: String)]

  init?(_ text: String) {
    guard text.hasPrefix(Self.prefix), text.utf8.count <= Self.bytesMax else { return nil }
    let halves = text.dropFirst(Self.prefix.count).split(
      separator: "?",
      omittingEmptySubsequences: false
    )
    guard (1...2).contains(halves.count), !halves[0].isEmpty,
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"%&#\\".utf8.contains($0) })
    else { return nil }
    pathEncoded = GraphCall.percentEncoded(String(halves[0]))
    guard halves.count == 2 else {
      query = []
      return
    }
    guard halves[1].hasPrefix("sig=") else { return nil }
    query = [("sig", String(halves[1].dropFirst(4)))]
  }
}

/// One call of the Graph API, made of typed parts: nothing a client wrote gets into the URL.
struct GraphCall: Sendable {
  enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case delete = "DELETE"
  }

  /// What of a node is asked for.
  enum Edge: String, Sendable {
    case messages
    case marketingMessages = "marketing_messages"
    case media
    case profile = "whatsapp_business_profile"
    case blockedUsers = "block_users"
    case templates = "message_templates"
    case phoneNumbers = "phone_numbers"
    case subscribedApps = "subscribed_apps"
    case subscriptions
  }

  /// Where the call goes below the version.
  enum Target: Sendable {
    /// The version itself: answers with an error, but answers.
    case root
    case node(GraphNode)
    case edge(GraphNode, Edge)
    case tokenCheck
    /// Where uploads of samples begin.
    case uploads
    case upload(UploadName)
  }

  var method = Method.get
  var version: GraphVersion
  var target: Target
  /// Names are ours; values are percent-encoded.
  var query: [(name: String, value: String)] = []
  /// JSON; `nil` for none.
  var body: [UInt8]?
  /// `nil`: the call carries no token.
  var accessToken: AccessToken?

  /// The URL of the call.
  func url(at base: GraphBase) -> String {
    let path =
      switch target {
      case .root: "/"
      case .node(let node): "/\(node.digits)"
      case .edge(let node, let edge): "/\(node.digits)/\(edge.rawValue)"
      case .tokenCheck: "/debug_token"
      case .uploads: "/app/uploads"
      case .upload(let upload): "/upload:\(upload.pathEncoded)"
      }
    let named = if case .upload(let upload) = target { upload.query } else { query }
    let pairs = named.map { "\($0.name)=\(Self.percentEncoded($0.value))" }
    let question = pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    return "\(base)/\(version)\(path)\(question)"
  }

  static func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    for byte in text.utf8 {
      if isLetterOrDigit(byte) || "-._~".utf8.contains(byte) {
        encoded.append(byte)
      } else {
        encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}
