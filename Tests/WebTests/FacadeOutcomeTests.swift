import CloudAPI
import CustomerCare
import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import SQLiteEngine
import Storage
import Support
import Testing

@testable import Web

private let messages = "/v24.0/900800700/messages"

/// What a program is told of each outcome: an error only where sending again cannot send twice.
@Suite struct FacadeOutcomeTests {
  /// How an attempt ended, and what a program must read from it.
  struct Row: Sendable, CustomTestStringConvertible {
    let outcome: DispatchOutcome
    /// Meta's answer: its HTTP status and the code of its error.
    let meta: (status: Int, code: Int?)?
    let status: HTTPResponse.Status
    let verdict: String
    /// Whether Meta's bytes come back as they are.
    let isUnchanged: Bool

    var testDescription: String { "\(outcome), answer \(meta.map { "\($0)" } ?? "none")" }

    var carried: Carried {
      Carried(outcome: outcome, answer: meta.map { FacadeOutcomeTests.answer($0.status, $0.code) })
    }
  }

  static func answer(_ status: Int, _ code: Int?) -> MetaAnswer {
    let body: JSON? = code.map { ["error": ["message": "no", "code": .integer($0)]] }
    return MetaAnswer(status: status, body: body?.serialized() ?? Array("<html>".utf8))
  }

  static let rows: [Row] = [
    Row(
      outcome: .unknown(reason: "HTTP 500"),
      meta: (500, 131_000),
      status: .ok,
      verdict: "unknown",
      isUnchanged: false
    ),
    Row(
      outcome: .unknown(reason: "HTTP 502"),
      meta: (502, nil),
      status: .ok,
      verdict: "unknown",
      isUnchanged: false
    ),
    Row(
      outcome: .unknown(reason: "a code of class yes*"),
      meta: (400, 1),
      status: .ok,
      verdict: "unknown",
      isUnchanged: false
    ),
    Row(
      outcome: .unknown(reason: "HTTP 200 without a message id"),
      meta: (200, nil),
      status: .ok,
      verdict: "unknown",
      isUnchanged: false
    ),
    Row(
      outcome: .acknowledged,
      meta: (200, nil),
      status: .ok,
      verdict: "unknown",
      isUnchanged: false
    ),
    Row(
      outcome: .refused(MetaRefusal(code: 131_026, title: "Undeliverable")),
      meta: (400, 131_026),
      status: .badRequest,
      verdict: "sent; refused-by-meta",
      isUnchanged: true
    ),
    Row(
      outcome: .notSent(reason: "a code of class yes"),
      meta: (400, 131_056),
      status: .badRequest,
      verdict: "not-sent",
      isUnchanged: true
    ),
    Row(
      outcome: .notSent(reason: "HTTP 429 without a Graph error"),
      meta: (429, nil),
      status: .serviceUnavailable,
      verdict: "not-sent",
      isUnchanged: false
    ),
    Row(
      outcome: .notSent(reason: "refused connection"),
      meta: nil,
      status: .serviceUnavailable,
      verdict: "not-sent",
      isUnchanged: false
    ),
  ]

  @Test(arguments: rows)
  func `an error is answered only where sending again is safe`(row: Row) async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    scene.carrier.plan(row.carried)
    try await scene.visit { client in
      let answer = try await client.call(.post, messages, json: WebScene.text())
      #expect(answer.status == row.status)
      #expect(answer.headers[.careWindowVerdict] == row.verdict)
      if row.isUnchanged { #expect(answer.bytes == row.carried.answer?.body) }
      guard row.verdict == "unknown" else { return }
      let id = try #require(answer.headers[.careWindowRequestID])
      #expect(answer.json["messages"]?.items.first?["id"]?.text == "carewindow.\(id)")
    }
  }

  /// What becomes of an unknown outcome, and what the same key is then told.
  enum Settlement: CaseIterable, Sendable {
    case none, status, never
  }

  @Test(arguments: Settlement.allCases)
  func `the same key never gets Meta's 5xx, whatever settled the unknown outcome`(
    settlement: Settlement
  ) async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    scene.carrier.plan(
      Carried(outcome: .unknown(reason: "HTTP 500"), answer: Self.answer(500, 131_000))
    )
    try await scene.visit { client in
      let headers: HTTPFields = [.idempotencyKey: "order-7"]
      let first = try await client.call(.post, messages, json: WebScene.text(), headers: headers)
      try await settle(settlement, scene)
      let again = try await client.call(.post, messages, json: WebScene.text(), headers: headers)
      #expect(first.status == .ok && again.status == .ok)
      #expect(again.bytes == first.bytes)
      #expect(again.headers[.careWindowVerdict] == (settlement == .status ? "sent" : "unknown"))
    }
    #expect(scene.carrier.parcels.count == 1)
  }

  private func settle(_ settlement: Settlement, _ scene: WebScene) async throws {
    switch settlement {
    case .none: return
    case .status:
      let parcel = try #require(scene.carrier.parcels.first)
      let reference = try JSON.parse(parcel.body)["biz_opaque_callback_data"]?.text ?? ""
      try await scene.metaReports("read", of: "wamid.OUT1", reference: reference)
    case .never:
      scene.time.advance(by: Wait.unknownFor)
      let now = scene.time.now
      _ = try await scene.engine.write(.rest) { unit in
        try unit.run("UPDATE idempotency SET created_at = $now", ["now": .instant(now)])
        return try Wait.sweep(now: now, closingLead: .zero, limit: 10, in: unit)
      }
    }
  }
}

/// Answers that ask their caller to come again, and what every answer says.
@Suite struct FacadeHeaderTests {
  @Test func `a repetition of what is still on its way is told so after ten seconds`() async throws
  {
    let scene = try await WebScene()
    try await scene.customerWrites()
    try await scene.visit { client in
      let latch = Latch()
      scene.carrier.hold(latch)
      let headers: HTTPFields = [.idempotencyKey: "order-7"]
      async let first = client.call(.post, messages, json: WebScene.text(), headers: headers)
      await latch.arrivals()
      async let second = client.call(.post, messages, json: WebScene.text(), headers: headers)
      await scene.time.sleepers()
      scene.time.advance(by: .seconds(10))
      let answer = try await second
      #expect(answer.status == .conflict)
      #expect(answer.details.hasPrefix("in_progress"))
      #expect(answer.headers[.retryAfter] == "10")
      latch.open()
      let id = try await first.headers[.careWindowRequestID]
      #expect(answer.headers[.careWindowRequestID] == id)
      #expect(answer.headers[.careWindowWindow]?.hasPrefix("open; closes=") == true)
    }
    #expect(scene.carrier.parcels.count == 1)
  }

  @Test func `whoever waits ten seconds for the conversation's turn is told Meta's 131056`()
    async throws
  {
    let scene = try await WebScene()
    try await scene.customerWrites()
    try await scene.visit { client in
      let latch = Latch()
      scene.carrier.hold(latch)
      async let first = client.call(.post, messages, json: WebScene.text())
      await latch.arrivals()
      async let second = client.call(.post, messages, json: WebScene.text("Another"))
      await scene.time.sleepers()
      scene.time.advance(by: .seconds(10))
      let answer = try await second
      #expect(answer.status == .badRequest)
      #expect(answer.code == "131056")
      #expect(answer.headers[.retryAfter] == "10")
      #expect(answer.headers[.careWindowVerdict] == "not-sent")
      latch.open()
      #expect(try await first.status == .ok)
    }
    #expect(scene.carrier.parcels.count == 1)
  }

  /// A call, and whether its answer can tell of a window.
  struct Call: Sendable, CustomTestStringConvertible {
    let name: String
    var method = HTTPRequest.Method.post
    var path = messages
    var token: String? = WebScene.token
    var json: JSON = WebScene.text()
    var key: String?
    let hasWindow: Bool

    var testDescription: String { name }
  }

  static let calls: [Call] = [
    Call(name: "sent", hasWindow: true),
    Call(name: "sent with a key", key: "k", hasWindow: true),
    Call(name: "the same key again", key: "k", hasWindow: true),
    Call(name: "the key for another body", json: WebScene.text("Other"), key: "k", hasWindow: true),
    Call(name: "refused", json: WebScene.text(to: "+491700000043"), hasWindow: true),
    Call(
      name: "receipt",
      json: ["messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN1"],
      hasWindow: false
    ),
    Call(name: "malformed", json: [], hasWindow: false),
    Call(name: "national number", json: WebScene.text(to: "0170 42"), hasWindow: false),
    Call(name: "no token", token: nil, hasWindow: false),
    Call(name: "wrong token", token: "cw_nobody", hasWindow: false),
    Call(name: "unknown number", path: "/v24.0/900800799/messages", hasWindow: false),
    Call(name: "wrong method", method: .get, hasWindow: false),
    Call(name: "never passed", path: "/v24.0/900800700/register", hasWindow: false),
    Call(name: "not passed", path: "/v24.0/900800700/media", hasWindow: false),
  ]

  @Test func `every answer has an id, and the window where it is known whose`() async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    try await scene.visit { client in
      var ids: [String: String] = [:]
      for call in Self.calls {
        let answer = try await client.call(
          call.method,
          call.path,
          token: call.token,
          json: call.json,
          headers: call.key.map { [.idempotencyKey: $0] } ?? [:]
        )
        ids[call.name] = answer.headers[.careWindowRequestID]
        #expect(ids[call.name]?.count == 26, "\(call.name)")
        #expect(answer.headers.contains(.careWindowWindow) == call.hasWindow, "\(call.name)")
      }
      #expect(ids["the same key again"] == ids["sent with a key"])
      #expect(Set(ids.values).count == Self.calls.count - 1)
    }
  }
}
