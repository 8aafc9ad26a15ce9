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

/// One call of the Graph API, made of typed parts: nothing a client wrote gets into the URL.
struct GraphCall: Sendable {
  enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  /// What of a node is asked for.
  enum Edge: String, Sendable {
    case messages
    case marketingMessages = "marketing_messages"
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
      }
    let pairs = query.map { "\($0.name)=\(Self.percentEncoded($0.value))" }
    let question = pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    return "\(base)/\(version)\(path)\(question)"
  }

  private static func percentEncoded(_ text: String) -> String {
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
