import CustomerCare
import Logging
import Metrics
package import Storage
import Synchronization

/// The head of a call that wants to pass, as a program wrote it; only its words, nothing of them goes into a URL as it is.
package struct PassageCall: Sendable {
  /// The method.
  package var method: String
  /// The Graph version, such as `v24.0`.
  package var version: String
  /// The parts of the path below the version, decoded.
  package var path: [String]
  /// The parameters, decoded, each once.
  package var query: [(name: String, value: String)]
  /// Whose call it is.
  package var token: TokenRecord

  /// Names the parts.
  package init(
    method: String,
    version: String,
    path: [String],
    query: [(name: String, value: String)],
    token: TokenRecord
  ) {
    self.method = method
    self.version = version
    self.path = path
    self.query = query
    self.token = token
  }
}

/// A call whose head was judged, and which may pass with a body of its kind.
package struct PassageTicket: Sendable {
  /// The line of the list.
  package let rule: PassageRule
  let call: PassageCall
  let target: PassageParcel.Target
  let number: PhoneNumberID
  let query: [(name: String, value: String)]
  let accessToken: AccessToken
}

/// The body of a call.
package enum PassageContent: Sendable {
  /// Nothing, or all of a short one.
  case whole([UInt8])
  /// A file, as it comes.
  case file(contentType: String?, bytes: Int64?, offset: Int64?, ByteChunks)
}

/// Lets calls of the Graph API pass that are no messages: those of the list, in typed parts, with Meta's token instead of ours.
package final class Passage: Sendable {
  let engine: any SQLEngine
  let carrier: any PassageCarrier
  let media: any MediaCarrier
  let seal: PassageSeal
  let tokens: AccessTokens
  /// How the world reaches us, without a slash at the end.
  let publicURL: String
  let limits: PassageLimits
  let time: any TimeSource
  let chance: any Chance
  let templates = TemplateIDs()
  let logger = Logger(label: "carewindow.passage")
  private let places: PassagePlaces

  /// Makes a passage.
  package init(
    engine: any SQLEngine,
    carrier: any PassageCarrier,
    media: any MediaCarrier,
    seal: Seal,
    publicURL: String,
    limits: PassageLimits = PassageLimits(),
    time: any TimeSource,
    chance: any Chance
  ) {
    self.engine = engine
    self.carrier = carrier
    self.media = media
    self.seal = PassageSeal(seal: seal, time: time)
    tokens = AccessTokens(engine: engine, seal: seal)
    self.publicURL = publicURL
    self.limits = limits
    self.time = time
    self.chance = chance
    places = PassagePlaces(limits.callsMax)
  }

  /// Judges the head of a call: whether it is on the list, the token may, and the object is one of the token's.
  package func judge(_ call: PassageCall) async throws(PassageRefusal) -> PassageTicket {
    let rules = Self.rules(for: call)
    guard let first = rules.first else { throw .notListed }
    // Lines that differ by their object only ask for the same scope; a test holds that.
    guard call.token.scopes.contains(first.scope) else { throw .scope(first.scope) }
    let found = try await object(of: call, among: rules)
    let query = try Self.judged(call.query, by: found.rule)
    return PassageTicket(
      rule: found.rule,
      call: call,
      target: found.target,
      number: found.number,
      query: query,
      accessToken: found.accessToken
    )
  }

  /// Makes the call that was judged, with its body.
  package func pass(
    _ ticket: PassageTicket,
    with content: PassageContent
  ) async throws(PassageRefusal) -> PassageReply {
    let place = try enter()
    defer { withExtendedLifetime(place) {} }
    let relay = try await relay(for: ticket, content)
    let body = try Self.body(of: ticket, content, relay)
    let outcome = await carrier.pass(
      PassageParcel(
        ticket.rule.method,
        version: ticket.call.version,
        target: ticket.target,
        query: ticket.query,
        body: body,
        accessToken: ticket.accessToken
      )
    )
    switch outcome {
    case .failed(let hasBegun, let reason):
      if let problem = await relay?.problem { throw problem }
      logger.warning("A call brought no answer", metadata: ["passage.reason": "\(reason)"])
      throw hasBegun ? .unanswered : .unreachable
    case .tooLong: throw .unreadable
    case .answered(let reply): return try await rewritten(reply, for: ticket)
    }
  }

  /// The lines of the list that a path and a method may mean; which of them, the object tells.
  static func rules(for call: PassageCall) -> [PassageRule] {
    let (first, edge) = (call.path.first ?? "", call.path.count == 2 ? call.path[1] : nil)
    guard (1...2).contains(call.path.count) else { return [] }
    return PassageList.rules.filter { rule in
      guard rule.method.rawValue == call.method else { return false }
      return switch rule.object {
      case .uploads: first == "app" && edge == "uploads"
      case .upload: first.hasPrefix(Self.uploadPrefix) && edge == nil
      case .number, .account, .template, .media:
        Self.isObjectID(first) && edge == rule.edge?.rawValue
      }
    }
  }

  /// A Graph id: digits, at most as many as fit into 64 bits.
  static func isObjectID(_ text: String) -> Bool {
    (1...20).contains(text.utf8.count)
      && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  /// What the name of an upload begins with, Meta's and ours.
  static let uploadPrefix = "upload:"

  private static func judged(
    _ query: [(name: String, value: String)],
    by rule: PassageRule
  ) throws(PassageRefusal) -> [(name: String, value: String)] {
    for (name, value) in query {
      guard let parameter = rule.query[name] else {
        let known = rule.query.keys.sorted().joined(separator: ", ")
        throw .wrongParameter(
          "`\(name.prefix(40))` is not passed on with this call. Known: \(known.isEmpty ? "none" : known)."
        )
      }
      guard parameter.accepts(value) else {
        throw .wrongParameter("`\(name)` has a value that is not possible, or not passed on.")
      }
    }
    return query.sorted { $0.name < $1.name }
  }

  private func relay(
    for ticket: PassageTicket,
    _ content: PassageContent
  ) async throws(PassageRefusal) -> MediaRelay? {
    guard case .form = ticket.rule.body, case .file(let type, let bytes, _, let chunks) = content
    else { return nil }
    // The form around the file has some hundred bytes.
    guard bytes ?? 0 <= Int64(PassageLimits.fileBytesMax + 4096) else {
      throw .tooLarge(bytesMax: PassageLimits.fileBytesMax)
    }
    let boundary = "carewindow-\(chance.identifier())"
    let relay = try MediaRelay(chunks, contentType: type, boundary: boundary)
    try await relay.begin()
    return relay
  }

  private static func body(
    of ticket: PassageTicket,
    _ content: PassageContent,
    _ relay: MediaRelay?
  ) throws(PassageRefusal) -> PassageParcel.Body {
    switch (ticket.rule.body, content) {
    case (.none, .whole(let bytes)) where bytes.isEmpty: return .none
    case (.json(let shapes), .whole(let bytes)): return .json(try PassageBody.read(bytes, shapes))
    case (.form, .file):
      guard let relay else { throw .wrongBody("Send multipart/form-data.") }
      return .file(
        type: relay.contentType,
        bytes: nil,
        offset: nil,
        MediaRelayChunks(relay: relay)
      )
    case (.bytes, .file(_, let bytes, let offset, let chunks)):
      guard bytes ?? 0 <= Int64(PassageLimits.fileBytesMax) else {
        throw .tooLarge(bytesMax: PassageLimits.fileBytesMax)
      }
      return .file(
        type: "application/octet-stream",
        bytes: bytes,
        offset: offset ?? 0,
        CountedChunks(chunks: chunks, bytesMax: PassageLimits.fileBytesMax)
      )
    default: throw .wrongBody("This call takes no such body.")
    }
  }

  /// Takes a place among the calls under way, until it is let go.
  func enter() throws(PassageRefusal) -> PassagePlaces.Place {
    guard let place = places.take() else { throw .busy }
    return place
  }
}

/// How many calls may be under way at once.
final class PassagePlaces: Sendable {
  /// A place; given back when nobody holds it any more.
  final class Place: Sendable {
    private let places: PassagePlaces

    init(of places: PassagePlaces) { self.places = places }

    deinit { places.free.withLock { $0 += 1 } }
  }

  private let free: Mutex<Int>

  init(_ count: Int) { free = Mutex(count) }

  /// A place, if one is free.
  func take() -> Place? {
    let isFree = free.withLock { free in
      guard free > 0 else { return false }
      free -= 1
      return true
    }
    return isFree ? Place(of: self) : nil
  }
}
