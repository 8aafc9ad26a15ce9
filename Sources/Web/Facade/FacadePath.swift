import CustomerCare
import Gateway

/// What a path of the Graph API asks for, taken apart into typed pieces; what is odd is nowhere.
enum FacadePath: Sendable, Hashable {
  /// `/{version}/{phone-number-id}/messages` or `…/marketing_messages`.
  case send(from: PhoneNumberID, road: Parcel.Road, version: String)
  /// What never passes: it would take the number, or Meta's webhooks, away from the gate.
  case never(String)
  /// Some other path of the Graph API, below its version: whether it passes, the list says.
  case other([String], version: String)
  /// `/{version}/_media/{link}`: a link of ours to a medium.
  case media(link: String)
  /// Nothing of Meta's.
  case nowhere

  /// The calls that never pass, wherever they stand in a path (contract 4.2).
  private static let never: Set<String> = [
    "register", "deregister", "smb_app_data", "calls", "subscribed_apps", "subscriptions", "batch",
    "oauth", "request_code", "verify_code", "debug_token",
  ]

  init(_ target: RequestTarget) {
    // Meta's paths need no escapes; one that has some is not read twice.
    guard !target.isPathEncoded, let version = target.segments.first,
      Self.isVersion(version), target.segments.count > 1
    else {
      self = .nowhere
      return
    }
    let path = target.segments.dropFirst()
    if let never = path.first(where: { Self.never.contains($0.lowercased()) }) {
      self = .never(never)
    } else if path.count == 2, let road = Parcel.Road(lastSegment: path[2]),
      Self.isObjectID(path[1])
    {
      self = .send(from: PhoneNumberID(path[1]), road: road, version: version)
    } else if path.count == 2, path[1] == "_media", Self.isSealed(path[2]) {
      self = .media(link: path[2])
    } else {
      let isOrdinary = path.allSatisfy { Self.isOrdinary($0) || Self.isUpload($0) }
      self = isOrdinary ? .other(Array(path), version: version) : .nowhere
    }
  }

  /// `v24.0`, and nothing that only looks like it.
  private static func isVersion(_ text: String) -> Bool {
    guard text.first == "v", text.utf8.count <= 6 else { return false }
    let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { part in
        !part.isEmpty && part.utf8.allSatisfy(\.isASCIIDigit) && (part.first != "0" || part == "0")
      }
  }

  /// A Graph id: digits, at most as many as fit into 64 bits.
  private static func isObjectID(_ text: String) -> Bool {
    (1...20).contains(text.utf8.count) && text.utf8.allSatisfy(\.isASCIIDigit)
  }

  /// A name of an upload, which is one of ours.
  private static func isUpload(_ segment: String) -> Bool {
    segment.hasPrefix("upload:") && isSealed(segment.dropFirst(7))
  }

  /// Something we sealed: base64 for URLs.
  private static func isSealed(_ text: some StringProtocol) -> Bool {
    text.utf8.allSatisfy { byte in
      byte.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
  }

  private static func isOrdinary(_ segment: String) -> Bool {
    segment.utf8.allSatisfy { byte in
      byte.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
  }
}

extension Parcel.Road {
  fileprivate init?(lastSegment: String) {
    switch lastSegment {
    case "messages": self = .messages
    case "marketing_messages": self = .marketingMessages
    default: return nil
    }
  }
}

extension UInt8 {
  /// Whether the byte is one of `0` to `9`.
  var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
