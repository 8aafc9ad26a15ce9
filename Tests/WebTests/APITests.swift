import CloudAPI
import CustomerCare
import Gateway
import HTTPTypes
import HummingbirdTesting
import NIOCore
import SQLiteEngine
import Storage
import Support
import Testing

@testable import Web

private let window = "/v1/windows/900800700/491700000042"

/// A message to the customer as `/v1/messages` takes it.
func text(_ more: KeyValuePairs<String, JSON> = [:]) -> JSON {
  var json: JSON = [
    "from": "900800700", "to": "491700000042", "type": "text", "text": ["body": "Hello"],
  ]
  for (key, value) in more { json.set(key, to: value) }
  return json
}

@Suite struct WindowsAPITests {
  @Test func `a customer nobody knows has a window that was never opened`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      let answer = try await client.call(.get, window)
      #expect(answer.status == .ok)
      #expect(answer.json["phone_number_id"]?.text == "900800700")
      #expect(answer.json["customer"]?["wa_id"]?.text == "491700000042")
      #expect(answer.json["state"]?.text == "never_opened")
      #expect(answer.json["opened_by"] == nil)
      #expect(answer.json["closes_at"] == nil)
      #expect(answer.json["allowed"] == ["template"])
    }
  }

  @Test func `an open window says why and for how long`() async throws {
    let scene = try await WebScene()
    let at = scene.time.now
    try await scene.customerWrites()
    scene.time.advance(by: .seconds(3600))
    try await scene.visit { client in
      let answer = try await client.call(.get, window)
      #expect(answer.json["state"]?.text == "open")
      #expect(answer.json["opened_by"]?["kind"]?.text == "text")
      #expect(answer.json["opened_by"]?["id"]?.text == "wamid.IN1")
      #expect(answer.json["opened_by"]?["at"]?.text == at.rfc3339)
      #expect(answer.json["closes_at"]?.text == (at + CareWindow.length).rfc3339)
      #expect(answer.json["seconds_left"]?.integer == 82_800)
      #expect(answer.json["free_entry_point"] == ["state": "none", "ends_at": nil])
      #expect(answer.json["allowed"] == ["free_form", "template"])
      #expect(
        answer.json.members.map(\.key) == [
          "phone_number_id", "customer", "state", "uncertain_because", "opened_by", "closes_at",
          "closed_since", "seconds_left", "free_entry_point", "allowed",
        ]
      )
    }
  }

  @Test func `inside the margin the window is open and free form is not allowed`() async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    scene.time.advance(by: CareWindow.length - .seconds(60))
    try await scene.visit { client in
      let answer = try await client.call(.get, window)
      #expect(answer.json["state"]?.text == "open")
      #expect(answer.json["seconds_left"]?.integer == 60)
      #expect(answer.json["allowed"] == ["template"])
    }
  }

  @Test func `a window that ran out is closed since its end`() async throws {
    let scene = try await WebScene()
    let at = scene.time.now
    try await scene.customerWrites()
    scene.time.advance(by: CareWindow.length)
    try await scene.visit { client in
      let answer = try await client.call(.get, window)
      #expect(answer.json["state"]?.text == "closed")
      #expect(answer.json["closed_since"]?.text == (at + CareWindow.length).rfc3339)
      #expect(answer.json["seconds_left"] == nil)
    }
  }

  @Test func `the ledger shows what opened the window, page by page`() async throws {
    let scene = try await WebScene()
    for index in 1...3 {
      try await scene.customerWrites(id: "wamid.IN\(index)")
      scene.time.advance(by: .seconds(60))
    }
    try await scene.visit { client in
      let first = try await client.call(.get, "\(window)/ledger?limit=2")
      #expect(first.json["data"]?.items.map { $0["id"]?.text } == ["wamid.IN3", "wamid.IN2"])
      let next = try #require(first.json["next"]?.text)
      let second = try await client.call(.get, "\(window)/ledger?limit=2&cursor=\(next)")
      #expect(second.json["data"]?.items.map { $0["id"]?.text } == ["wamid.IN1"])
      #expect(second.json["next"] == nil)
    }
  }

  @Test(arguments: [
    ("", 1), ("?state=open", 1), ("?state=closed", 0), ("?closing_within=86400", 1),
    ("?closing_within=3600", 0),
  ])
  func `the board holds the windows that are asked for`(query: String, count: Int) async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    scene.time.advance(by: .seconds(60))
    try await scene.visit { client in
      let answer = try await client.call(.get, "/v1/windows\(query)")
      #expect(answer.status == .ok)
      #expect(answer.json["data"]?.items.count == count)
    }
  }
}

@Suite struct MessagesAPITests {
  @Test func `a message into an open window is accepted and can be followed`() async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    try await scene.visit { client in
      let accepted = try await client.call(.post, "/v1/messages", json: text())
      #expect(accepted.status == .accepted)
      #expect(accepted.json.members.map(\.key) == ["id", "state", "verdict", "estimate"])
      #expect(accepted.json["verdict"]?["evidence"]?.text == "proven")
      let id = try #require(accepted.json["id"]?.text)
      let found = try await client.call(.get, "/v1/messages/\(id)")
      #expect(found.status == .ok)
      #expect(found.json["from"]?.text == "900800700")
      #expect(found.json["to"]?.text == "491700000042")
      #expect(found.json["text"]?["body"]?.text == "Hello")
      let withdrawn = try await client.call(.delete, "/v1/messages/\(id)")
      #expect(withdrawn.status == .conflict)
      #expect(withdrawn.code == "not_waiting")
    }
  }

  @Test(arguments: [("en", "en"), ("de", "de"), ("fr, de;q=0.5", "de"), ("de;q=0.1, en", "en")])
  func `a refused message is told why, in the caller's language`(header: String, language: String)
    async throws
  {
    let scene = try await WebScene()
    try await scene.visit { client in
      var headers: HTTPFields = [:]
      headers[.acceptLanguage] = header
      let answer = try await client.call(.post, "/v1/messages", json: text(), headers: headers)
      #expect(answer.status == .unprocessableContent)
      #expect(answer.headers[.contentType] == "application/problem+json")
      #expect(answer.headers[.contentLanguage] == language)
      #expect(answer.code == "never_opened")
      #expect(answer.json["id"]?.text?.isEmpty == false)
      #expect(answer.json["verdict"]?["decision"]?.text == "refused")
      let language = try #require(Refusal.Language(rawValue: language))
      #expect(
        answer.json["detail"]?.text
          == Refusal.neverOpened(coexistence: false).sentence(in: language)
      )
    }
    #expect(scene.carrier.parcels.isEmpty)
  }

  @Test func `a preview tells the same and leaves no trace`() async throws {
    let scene = try await WebScene()
    let before = try await scene.rows()
    try await scene.visit { client in
      let answer = try await client.call(.post, "/v1/messages/preview", json: text())
      #expect(answer.status == .ok)
      #expect(answer.json["verdict"]?["code"]?.text == "never_opened")
      #expect(answer.json["window"]?.text == "never_opened")
    }
    #expect(try await scene.rows() == before)
    #expect(scene.carrier.parcels.isEmpty)
  }

  @Test(arguments: [
    ("send_at", "2020-01-01T00:00:00Z", "scheduled_in_past"),
    ("expires_at", "2020-01-01T00:00:00Z", "expired"),
  ])
  func `times that cannot be kept are refused`(key: String, value: String, code: String)
    async throws
  {
    let scene = try await WebScene()
    try await scene.customerWrites()
    try await scene.visit { client in
      var body = text()
      body.set(key, to: .string(value))
      let answer = try await client.call(.post, "/v1/messages", json: body)
      #expect(answer.status == .unprocessableContent)
      #expect(answer.code == code)
    }
    #expect(scene.carrier.parcels.isEmpty)
  }

  @Test(arguments: [
    ("{", "malformed_json"), ("", "malformed_json"), ("[]", "malformed_json"),
    ("{\"from\":\"900800700\",\"from\":\"900800700\"}", "duplicate_keys"),
    ("{}", "invalid_parameter"),
    ("{\"from\":900800700,\"to\":\"49170\",\"type\":\"text\",\"text\":{}}", "invalid_parameter"),
    ("{\"from\":\"900800700\",\"to\":\"49170\",\"type\":\"text\"}", "invalid_parameter"),
    ("{\"from\":\"900800700\",\"to\":\"Rita\",\"type\":\"text\",\"text\":{}}", "invalid_parameter"),
    (
      "{\"from\":\"900800700\",\"to\":\"491700000042\",\"type\":\"text\",\"text\":{\"body\":\"\"}}",
      "invalid_message"
    ),
    (
      "{\"from\":\"900800700\",\"to\":\"491700000042\",\"type\":\"to\"}", "invalid_parameter"
    ),
    (
      "{\"from\":\"900800700\",\"to\":\"491700000042\",\"type\":\"text\",\"text\":{\"body\":\"x\"},\"status\":\"read\"}",
      "unknown_member"
    ),
    (
      "{\"from\":\"900800700\",\"to\":\"491700000042\",\"type\":\"text\",\"text\":{\"body\":\"x\"},\"if_closed\":\"wait\"}",
      "invalid_parameter"
    ),
    (
      "{\"from\":\"900800700\",\"to\":\"491700000042\",\"type\":\"text\",\"text\":{\"body\":\"x\"},\"send_at\":\"2036-11-22T10:00:00Z\"}",
      "invalid_parameter"
    ),
    (
      "{\"from\":\"900800700\",\"to\":\"491700000042\",\"type\":\"text\",\"text\":{\"body\":\"x\"},\"send_at\":\"soon\"}",
      "invalid_parameter"
    ),
  ])
  func `a body that is no message is told what is wrong`(body: String, code: String) async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    let before = try await scene.rows()
    try await scene.visit { client in
      var headers: HTTPFields = [:]
      headers[.authorization] = "Bearer \(WebScene.token)"
      headers[.contentType] = "application/json"
      try await client.execute(
        uri: "/v1/messages",
        method: .post,
        headers: headers,
        body: ByteBuffer(string: body)
      ) { response in
        let answer = Answer(response)
        #expect(answer.status == .badRequest)
        #expect(answer.code == code)
        #expect(answer.json["status"]?.integer == 400)
      }
    }
    #expect(try await scene.rows() == before)
  }

  @Test func `the conversation shows both sides, the newest first`() async throws {
    let scene = try await WebScene()
    try await scene.customerWrites("Where is my parcel?")
    scene.time.advance(by: .seconds(60))
    try await scene.visit { client in
      _ = try await client.call(.post, "/v24.0/900800700/messages", json: WebScene.text())
      let answer = try await client.call(
        .get,
        "/v1/conversations/900800700/491700000042/messages"
      )
      #expect(answer.status == .ok)
      let items = answer.json["data"]?.items ?? []
      #expect(items.map { $0["direction"]?.text } == ["out", "in"])
      #expect(items.last?["text"]?["body"]?.text == "Where is my parcel?")
      #expect(items.last?["origin"]?.text == "customer")
      #expect(items.first?["text"]?["body"]?.text == "Your parcel is ready.")
      let list = try await client.call(.get, "/v1/conversations")
      #expect(list.json["data"]?.items.map { $0["name"]?.text } == ["Rita"])
    }
  }
}

@Suite struct APIBadInputTests {
  @Test(arguments: [
    ("/v1", 404), ("/v1/", 404), ("/v1/windows/", 404), ("/v1//windows", 404),
    ("/v1/windows/900800700", 404), ("/v1/nothing", 404), ("/v1/windows/..", 404),
    ("/v1/windows/abc/491700000042", 400), ("/v1/windows/900800700/%00", 404),
    ("/v1/windows/900800700/a%20b", 400), ("/v1/windows/900800700/%252e", 400),
    ("/v1/windows?limit=0", 400), ("/v1/windows?limit=201", 400), ("/v1/windows?limit=1e1", 400),
    ("/v1/windows?limit=", 400), ("/v1/windows?cursor=", 400), ("/v1/windows?cursor=%2F", 400),
    ("/v1/windows?state=ajar", 400), ("/v1/windows?closing_within=-1", 400),
    ("/v1/windows?closing_within=99999999999999999999", 400), ("/v1/windows?colour=red", 400),
    ("/v1/windows?limit=1&limit=2", 400), ("/v1/windows?limit=%zz", 400),
    ("/v1/messages/unknown", 404), ("/v1/messages/a%2Fb", 404),
  ])
  func `a call that means nothing gets a problem`(path: String, status: Int) async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      let answer = try await client.call(.get, path)
      #expect(answer.status.code == status)
      #expect(answer.headers[.contentType] == "application/problem+json")
      #expect(answer.code?.isEmpty == false)
    }
  }

  @Test(arguments: [
    (HTTPRequest.Method.post, "/v1/windows", "GET, HEAD"), (.put, "/v1/messages", "POST"),
    (.get, "/v1/messages/preview", "POST"), (.post, "/v1/messages/x", "GET, HEAD, DELETE"),
    (.post, "/healthz", "GET, HEAD"), (.delete, "/openapi.json", "GET, HEAD"),
  ])
  func `a wrong method is told the right ones`(
    method: HTTPRequest.Method,
    path: String,
    allowed: String
  ) async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      let answer = try await client.call(method, path)
      #expect(answer.status == .methodNotAllowed)
      #expect(answer.headers[.allow] == allowed)
    }
  }

  @Test(arguments: [
    (nil as String?, 401, "unauthorized"), ("cw_nobody", 401, "unauthorized"),
    (WebScene.revoked, 401, "unauthorized"), (WebScene.sender, 403, "scope_missing"),
  ])
  func `reading needs a token that may read`(token: String?, status: Int, code: String) async throws
  {
    let scene = try await WebScene()
    try await scene.visit { client in
      let answer = try await client.call(.get, window, token: token)
      #expect(answer.status.code == status)
      #expect(answer.code == code)
      #expect((answer.headers[.wwwAuthenticate] != nil) == (status == 401))
    }
  }

  @Test(arguments: ["Basic Y3c6", "Bearer", "Bearer ", "cw_everything", "Bearer cw_everything x"])
  func `a header that shows no bearer token shows none`(header: String) async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      var headers: HTTPFields = [:]
      headers[.authorization] = header
      let answer = try await client.call(.get, window, token: nil, headers: headers)
      #expect(answer.status == .unauthorized)
    }
  }

  @Test(arguments: [
    "/v1/windows/%/491700000042", "/v1/windows/%/491700000042/ledger",
    "/v1/conversations/%/491700000042", "/v1/conversations/%/491700000042/messages",
  ])
  func `a number of somebody else looks like one that does not exist`(path: String) async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      let foreign = try await client.call(
        .get,
        path.replacing("%", with: WebScene.foreignNumber.rawValue)
      )
      let nobody = try await client.call(.get, path.replacing("%", with: "900800799"))
      #expect(foreign.status == .notFound)
      #expect(foreign.text == nobody.text)
    }
  }

  @Test func `another media type is 415 and a large body 413`() async throws {
    var limits = WebLimits()
    limits.requestBytesMax = 500
    let scene = try await WebScene(web: limits)
    try await scene.visit { client in
      var headers: HTTPFields = [:]
      headers[.contentType] = "application/x-www-form-urlencoded"
      let form = try await client.call(.post, "/v1/messages", json: text(), headers: headers)
      #expect(form.status == .unsupportedMediaType)
      let large = try await client.call(
        .post,
        "/v1/messages",
        json: text(["text": ["body": .string(String(repeating: "x", count: 500))]])
      )
      #expect(large.status == .contentTooLarge)
      #expect(large.headers[.connection] == "close")
    }
  }

  @Test func `a database that does not answer is a problem of its own`() async throws {
    let scene = try await WebScene()
    try await scene.engine.close()
    try await scene.visit { client in
      let answer = try await client.call(.get, window)
      #expect(answer.status == .serviceUnavailable)
      #expect(answer.code == "unavailable")
      #expect(try await client.call(.get, "/readyz").status == .serviceUnavailable)
      #expect(try await client.call(.get, "/healthz").status == .ok)
    }
  }
}
