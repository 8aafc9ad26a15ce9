import Carriers
import CloudAPI
import CustomerCare
import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import SQLiteEngine
import Storage
import Support
import Synchronization
import Testing

@testable import Web

/// A whole gateway behind a front door: real store, real steps, a carrier and a clock that do as they are told.
struct WebScene: Sendable {
  static let secret = "app-secret"
  static let verifyToken = "verify-me"
  static let number: PhoneNumberID = "900800700"
  static let foreignNumber: PhoneNumberID = "900800701"
  static let customer = "491700000042"
  /// The same customer by business-scoped user id.
  static let user = "DE.55501"

  private static let seal = Seal(secrets: [[1, 2, 3]])

  /// A token with every scope for `number` alone.
  static let token = "cw_everything"
  /// A token that may only read.
  static let reader = "cw_reader"
  /// A token that may only send.
  static let sender = "cw_sender"
  /// A token that was revoked.
  static let revoked = "cw_revoked"

  private let database = Database()
  let engine: SQLiteEngine
  let time = TestClock(Instant(seconds: 1_795_255_200))
  let carrier = SceneCarrier()
  let applier: Applier
  let outbox: Outbox
  let registry = MetricsRegistry()
  let configuration: WebConfiguration
  let parts: WebParts

  /// A gateway; `passage` is where calls pass to that are no messages, without it Meta cannot be reached.
  init(
    web: WebLimits = WebLimits(),
    intake limits: IntakeLimits = IntakeLimits(),
    passage: MetaConnection? = nil,
    media: (any MediaCarrier)? = nil,
    passing: PassageLimits = PassageLimits()
  ) async throws {
    engine = try SQLiteEngine(path: database.file.path) { .zero }
    try await Schema.migrate(engine, at: time.now)
    let wake = Wake()
    let seal = Self.seal
    applier = Applier(engine: engine, owner: "node", wake: wake, time: time)
    outbox = Outbox(
      engine: engine,
      carrier: carrier,
      seal: seal,
      time: time,
      chance: SeededChance(seed: 7)
    )
    var configuration = WebConfiguration(verifyToken: Self.verifyToken)
    configuration.limits = web
    configuration.listen.port = 0
    configuration.metricsListen.port = 0
    self.configuration = configuration
    parts = WebParts(
      engine: engine,
      intake: Intake(
        engine: engine,
        secrets: [Self.secret],
        limits: limits,
        wake: wake,
        time: time
      ),
      outbox: outbox,
      passage: try Self.passage(to: passage, media, passing, engine, seal, time),
      registry: registry,
      callbacks: CallbackDesk(
        engine: engine,
        seal: seal,
        time: time,
        chance: SeededChance(seed: 11)
      ),
      time: time,
      margin: .seconds(60)
    )
    try await furnish(seal)
  }

  /// The address of the scene in links; nobody listens there.
  static let publicURL = "https://care.example.org"

  private static func passage(
    to meta: MetaConnection?,
    _ media: (any MediaCarrier)?,
    _ limits: PassageLimits,
    _ engine: SQLiteEngine,
    _ seal: Seal,
    _ time: TestClock
  ) throws -> Passage {
    guard let version = GraphVersion("v24.0") else { throw CancellationError() }
    let carriers: (any PassageCarrier, any MediaCarrier) =
      meta.map { (MetaPassage(connection: $0), MetaMedia(connection: $0, version: version)) }
      ?? (NoPassage(), NoPassage())
    return Passage(
      engine: engine,
      carrier: carriers.0,
      media: media ?? carriers.1,
      seal: seal,
      publicURL: publicURL,
      limits: limits,
      time: time,
      chance: SeededChance(seed: 13)
    )
  }

  private func furnish(_ seal: Seal) async throws {
    let now = time.now
    let sealed = try seal.seal("meta-token")
    try await engine.write(.rest) { unit in
      for number in [Self.number, Self.foreignNumber] {
        _ = try Numbers.add(
          NumberRecord(
            facts: NumberFacts(
              phoneNumberID: number,
              wabaID: "700100200300",
              displayPhoneNumber: "+4930000001",
              addedAt: now
            ),
            sealedAccessToken: sealed
          ),
          in: unit
        )
      }
      let tokens: [(String, Set<TokenRecord.Scope>)] = [
        (Self.token, [.send, .read, .manage]), (Self.reader, [.read]), (Self.sender, [.send]),
        (Self.revoked, [.send, .read]),
      ]
      for (secret, scopes) in tokens {
        try Tokens.create(
          TokenRecord(
            id: TokenID("id-\(secret)"),
            name: secret,
            hash: TokenSecret.hash(of: secret),
            scopes: scopes,
            numbers: [Self.number],
            createdAt: now,
            lastUsedAt: now
          ),
          in: unit
        )
      }
      _ = try Tokens.revoke(Self.revoked, at: now, in: unit)
    }
  }

  /// Runs a test against the front door, without sockets; once, because the outbox runs once.
  func visit(_ test: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
    let app = Application(
      responder: frontDoor(configuration, parts, JournalWatch()),
      services: [outbox],
      logger: Self.quiet
    )
    try await app.test(.router, test)
  }

  /// Lets Meta tell that the customer wrote, so that the window is open.
  func customerWrites(
    _ text: String = "Hello",
    id: String = "wamid.IN1",
    to number: PhoneNumberID = WebScene.number
  ) async throws {
    try await take(Self.webhook(text, id: id, at: time.now, to: number))
  }

  /// Lets Meta tell that the customer sent a file; `media` is Meta's object of it.
  func customerSends(_ type: String, _ media: JSON, id: String = "wamid.IN1") async throws {
    let message: JSON = [
      "from": .string(Self.customer), "id": .string(id),
      "timestamp": .string(String(time.now.seconds)), "type": .string(type), type: media,
    ]
    try await take(Self.webhook(of: ["messages": [message]]))
  }

  /// Fetches what Meta told of, once.
  func fetch(from meta: PaperMedia) async {
    let fetcher = FetchMedia(
      engine: engine,
      carrier: meta,
      seal: Self.seal,
      wake: Wake(),
      time: time
    )
    for claimed in await fetcher.claim() { await fetcher.fetch(claimed) }
  }

  /// Lets Meta report a status of one of our messages.
  func metaReports(_ status: String, of message: String, reference: String) async throws {
    let value: JSON = [
      "statuses": [
        [
          "id": .string(message), "status": .string(status),
          "timestamp": .string(String(time.now.seconds)),
          "recipient_id": .string(Self.customer), "biz_opaque_callback_data": .string(reference),
        ]
      ]
    ]
    try await take(Self.webhook(of: value))
  }

  private func take(_ body: [UInt8]) async throws {
    let signature = Signature.header(for: body, secret: Self.secret)
    #expect(try await parts.intake.take(Pieces(body), signature: signature) == .stored)
    await applier.drain()
  }

  /// How many rows each table holds.
  func rows() async throws -> [String: Int64] {
    try await engine.read { unit in
      let tables = try unit.rows("SELECT name FROM sqlite_master WHERE type = 'table'") {
        try $0.text("name")
      }
      var rows: [String: Int64] = [:]
      for table in tables {
        rows[table] = try unit.first("SELECT COUNT(*) AS held FROM \"\(table)\"") {
          try $0.integer("held")
        }
      }
      return rows
    }
  }

  static let quiet: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }()

  static func webhook(
    _ text: String,
    id: String,
    at: Instant,
    to number: PhoneNumberID = number
  ) -> [UInt8] {
    let contact: JSON = [
      "wa_id": .string(customer), "user_id": .string(user), "profile": ["name": "Rita"],
    ]
    let message: JSON = [
      "from": .string(customer), "from_user_id": .string(user), "id": .string(id),
      "timestamp": .string(String(at.seconds)), "type": "text", "text": ["body": .string(text)],
    ]
    return webhook(of: ["contacts": [contact], "messages": [message]], to: number)
  }

  private static func webhook(of news: JSON, to number: PhoneNumberID = number) -> [UInt8] {
    var value: JSON = [
      "messaging_product": "whatsapp",
      "metadata": [
        "display_phone_number": "4930000001", "phone_number_id": .string(number.rawValue),
      ],
    ]
    for member in news.members { value.set(member.key, to: member.value) }
    let json: JSON = [
      "object": "whatsapp_business_account",
      "entry": [["id": "700100200300", "changes": [["field": "messages", "value": value]]]],
    ]
    return json.serialized()
  }

  /// The file under the engine, gone with the scene.
  private final class Database: Sendable {
    let file = TemporaryFile()

    deinit { file.remove() }
  }

  /// A message to the customer as Cloud API takes it.
  static func text(_ body: String = "Your parcel is ready.", to: String = "+491700000042") -> JSON {
    [
      "messaging_product": "whatsapp", "to": .string(to), "type": "text",
      "text": ["body": .string(body)],
    ]
  }
}

/// No way to Meta.
struct NoPassage: PassageCarrier, MediaCarrier {
  func pass(_ parcel: PassageParcel) async -> PassageOutcome {
    .failed(hasBegun: false, reason: "there is no way")
  }

  func resolve(
    _ media: String,
    of number: PhoneNumberID,
    with accessToken: AccessToken
  ) async -> Result<MediaAddress, MediaFailure> { .failure(.unavailable(reason: "no way")) }

  func download(
    _ address: MediaAddress,
    with accessToken: AccessToken
  ) async -> Result<MediaDownload, MediaFailure> { .failure(.unavailable(reason: "no way")) }
}

/// A way to Meta that does what it is told, and keeps what it was handed.
final class SceneCarrier: Carrier {
  private let state = Mutex((parcels: [Parcel](), next: [Carried](), latch: Latch?.none))

  var parcels: [Parcel] { state.withLock { $0.parcels } }

  /// What becomes of the next parcel; without it Meta accepts.
  func plan(_ carried: Carried) {
    state.withLock { $0.next.append(carried) }
  }

  /// Holds the next parcel back until the door is open.
  func hold(_ latch: Latch) {
    state.withLock { $0.latch = latch }
  }

  func carry(_ parcel: Parcel) async -> Carried {
    let latch = state.withLock { state in
      defer { state.latch = nil }
      return state.latch
    }
    await latch?.pass()
    return state.withLock { state in
      state.parcels.append(parcel)
      return state.next.isEmpty ? Self.accepted(state.parcels.count) : state.next.removeFirst()
    }
  }

  static func accepted(_ count: Int) -> Carried {
    let id = "wamid.OUT\(count)"
    let body: JSON = [
      "messaging_product": "whatsapp",
      "contacts": [["input": "+491700000042", "wa_id": "491700000042"]],
      "messages": [["id": .string(id)]],
    ]
    return Carried(
      outcome: .accepted(MessageID(id), waID: "491700000042"),
      answer: MetaAnswer(status: 200, body: body.serialized())
    )
  }
}

extension TestClientProtocol {
  /// Calls with a body in JSON and a token.
  func call(
    _ method: HTTPRequest.Method,
    _ uri: String,
    token: String? = WebScene.token,
    json: JSON? = nil,
    headers: HTTPFields = [:]
  ) async throws -> Answer {
    var headers = headers
    if let token { headers[.authorization] = "Bearer \(token)" }
    if json != nil, !headers.contains(.contentType) { headers[.contentType] = "application/json" }
    let body = json.map { ByteBuffer(bytes: $0.serialized()) }
    return try await execute(uri: uri, method: method, headers: headers, body: body) { Answer($0) }
  }
}

/// An answer, read.
struct Answer: Sendable {
  let status: HTTPResponse.Status
  let headers: HTTPFields
  let bytes: [UInt8]

  init(_ response: TestResponse) {
    status = response.status
    headers = response.headers
    bytes = Array(response.body.readableBytesView)
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var json: JSON { (try? JSON.parse(bytes)) ?? .null }
  /// The code of an error, in either shape.
  var code: String? { json["error"]?["code"]?.text ?? json["code"]?.text }
  /// Meta's details of an error.
  var details: String { json["error"]?["error_data"]?["details"]?.text ?? "" }
}
