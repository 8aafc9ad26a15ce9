import CloudAPI
import NIOHTTP1
import Testing

/// No road around the gate: whatever is written at the façade, nothing free-form reaches a customer
/// whose window is closed, and the answer is one that a client of Graph understands.
@Suite struct RoadTests {
  /// One odd request.
  struct Odd: Sendable, CustomTestStringConvertible {
    var name: String
    var method = "POST"
    var target = "/v24.0/900800700/messages"
    var headers = ["Authorization: Bearer TOKEN", "Content-Type: application/json"]
    var body = JSON.text("Around the gate").description

    /// Whether it looks enough like a call of Graph to be answered as one.
    var isOfGraph: Bool {
      !target.hasPrefix("/v1/") && method != "MESSAGES" && method != "post"
    }

    var testDescription: String { name }
  }

  @Test func `no odd request reaches a customer whose window is closed`() async throws {
    try await World.run { world in
      try await world.open()
      // Somebody else's window is open; that helps nobody.
      try await world.writes("491700000099")
      try await world.window(is: "open", of: "491700000099")
      let token = try #require(world.gateway.token)
      for odd in Self.paths + Self.methods + Self.heads + Self.bodies {
        let answer = try await ask(odd, token: token, port: world.gatewayPort)
        #expect((400..<500).contains(answer.status), "\(odd.name): \(answer.head)")
        if odd.isOfGraph {
          let error = (try? JSON.parse(answer.body))?["error"]
          #expect(error?["message"]?.text != nil, "\(odd.name): no Graph error, \(answer.head)")
          #expect(error?["code"]?.integer != nil, "\(odd.name): no code")
          #expect(error?["type"]?.text != nil, "\(odd.name): no type")
        }
        #expect(!String(decoding: answer.body, as: UTF8.self).contains(token), "\(odd.name)")
      }
      #expect(try await world.phone().isEmpty)
      #expect(try await world.messagesSeen == 1, "only what a customer wrote")
    }
  }

  @Test func `a token is good for its numbers and its scopes, until it is revoked`() async throws {
    try await World.run { world in
      try await world.open()
      try await world.writes()
      try await world.window(is: "open")
      let all = try #require(world.gateway.token)
      try await world.addNumber(id: "900800702", display: "+4930000003")
      let elsewhere = try await world.createToken("elsewhere", ["--numbers", "900800702"])
      let reader = try await world.createToken("reader", ["--scopes", "read"])
      let sender = try await world.createToken("sender", ["--scopes", "send"])
      let path = "/v24.0/\(World.number)/messages"
      func code(_ token: String?) async throws -> Int64? {
        try await Caller(base: world.gateway.base, token: token)
          .ask(.POST, path, .text("Not mine")).errorCode
      }
      #expect(try await code(nil) == 190)
      #expect(try await code("") == 190)
      #expect(try await code("cw_guessed") == 190)
      #expect(try await code(World.accessToken) == 190)
      #expect(try await code(reader) == 10)
      // A number this token may not know of looks like one that does not exist.
      #expect(try await code(elsewhere) == 100)
      var unknown = Caller(base: world.gateway.base, token: all)
      let missing = try await unknown.ask(.POST, "/v24.0/900800709/messages", .text("Who?"))
      unknown.token = elsewhere
      let hidden = try await unknown.ask(.POST, path, .text("Who?"))
      #expect(missing.status == hidden.status)
      #expect(missing.errorCode == 100)
      #expect(
        missing.json["error"]?["message"]?.text?.replacing("900800709", with: "N")
          == hidden.json["error"]?["message"]?.text?.replacing(World.number, with: "N")
      )

      let window = "/v1/windows/\(World.number)/\(World.customer)"
      for (token, status) in [
        (nil, 401), ("cw_guessed", 401), (sender, 403), (elsewhere, 404), (reader, 200),
      ] {
        let answer = try await Caller(base: world.gateway.base, token: token).get(window)
        #expect(answer.status == status)
        guard status != 200 else { continue }
        #expect(answer["Content-Type"] == "application/problem+json")
        #expect(answer.json["code"]?.text != nil)
        #expect(!answer.text.contains(World.customer))
      }
      #expect(try await world.phone().isEmpty)
      #expect(try await world.verb("token", "revoke", "crm").status == 0)
      #expect(try await code(all) == 190)
      #expect(try await Caller(base: world.gateway.base, token: all).get(window).status == 401)
    }
  }

  @Test(arguments: [
    "0170 0000042", "01700000042", "call me", "12", "+49", "491700000042,491700000043",
  ])
  func `a recipient that is no international number is error 100`(to: String) async throws {
    try await World.run { world in
      try await world.open(["--in-use"])
      let answer = try await world.sendText("Hello", to: to)
      #expect(answer.status == 400)
      #expect([100, 131009].contains(answer.errorCode), "\(answer.text)")
      #expect(try await world.messagesSeen == 0)
    }
  }

  private func ask(_ odd: Odd, token: String, port: Int) async throws -> RawAnswer {
    let connection = try RawConnection(port: port)
    let body = Array(odd.body.utf8)
    let headers = odd.headers.map { $0.replacing("TOKEN", with: token) + "\r\n" }.joined()
    await connection.send(
      "\(odd.method) \(odd.target.replacing("TOKEN", with: token)) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        + "\(headers)Content-Length: \(body.count)\r\n\r\n"
    )
    await connection.send(body)
    return await connection.receiveAnswer()
  }
}

// MARK: - What is tried

extension RoadTests {
  private static let paths: [Odd] = [
    "/v24.0/900800700/messages/", "//v24.0/900800700/messages", "/v24.0//900800700/messages",
    "/v24.0/./900800700/messages", "/v24.0/x/../900800700/messages",
    "/v24.0/900800700%2Fmessages", "/v24.0/900800700/%6Dessages", "/V24.0/900800700/messages",
    "/v24/900800700/messages", "/900800700/messages", "/v24.0/900800700/Messages",
    "/v24.0/900800700/messages;a=b", "/v24.0/900800700/messages%00", "/v24.0/me/messages",
    "/v24.0/900800700", "/v24.0", "/", "/v24.0/batch", "/batch", "/v24.0/900800700/calls",
    "/v24.0/900800700/register", "/v24.0/900800700/deregister", "/v24.0/900800700/smb_app_data",
    "/v24.0/700100200300/subscribed_apps", "/v24.0/500600700800/subscriptions",
    "/v24.0/oauth/access_token", "/v24.0/900800700/media", "/v24.0/900800700/message_templates",
    "/v24.0/900800700/messages/messages", "/v24.0/700100200300/messages",
    "/v24.0/900800700/marketing_messages", "/v1/900800700/messages/../../v24.0/900800700/messages",
    "http://graph.facebook.com/v24.0/900800700/messages",
    "/v24.0/900800700/messages?to=491700000099", "/v24.0/900800700/messages?method=post",
    "/v24.0/900800700/messages?access_token=TOKEN", "/v24.0/900800700/messages?type=template",
    "/v24.0?batch=%5B%7B%22method%22%3A%22POST%22%7D%5D", "/v24.0/900800700/messages?batch=1",
  ].map { Odd(name: "path \($0)", target: $0) }

  private static let methods: [Odd] =
    ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "post", "MESSAGES"].map {
      Odd(name: "method \($0)", method: $0)
    } + [
      Odd(
        name: "method in a header",
        method: "GET",
        headers: [
          "Authorization: Bearer TOKEN", "Content-Type: application/json",
          "X-HTTP-Method-Override: POST",
        ]
      )
    ]

  private static let heads: [Odd] = {
    let type = "Content-Type: application/json"
    let token = "Authorization: Bearer TOKEN"
    let form =
      "messaging_product=whatsapp&to=491700000042&type=text&text=%7B%22body%22%3A%22Hi%22%7D"
    let multipart =
      "--b\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\n491700000042\r\n--b--\r\n"
    return [
      Odd(name: "no token", headers: [type]),
      Odd(name: "token as Basic", headers: ["Authorization: Basic TOKEN", type]),
      Odd(name: "two tokens", headers: [token, token, type]),
      Odd(name: "token and another", headers: [token, "Authorization: Bearer cw_x", type]),
      Odd(name: "token in OAuth's way", headers: ["Authorization: OAuth TOKEN", type]),
      Odd(
        name: "form",
        headers: [token, "Content-Type: application/x-www-form-urlencoded"],
        body: form
      ),
      Odd(
        name: "multipart",
        headers: [token, "Content-Type: multipart/form-data; boundary=b"],
        body: multipart
      ),
      Odd(name: "no type", headers: [token]),
      Odd(name: "text/plain", headers: [token, "Content-Type: text/plain"]),
      Odd(name: "two types", headers: [token, type, "Content-Type: text/plain"]),
      Odd(name: "UTF-16", headers: [token, type + "; charset=utf-16"]),
      Odd(name: "packed", headers: [token, type, "Content-Encoding: gzip"]),
      Odd(name: "two keys", headers: [token, type, "Idempotency-Key: a", "Idempotency-Key: b"]),
      Odd(
        name: "a key too long",
        headers: [token, type, "Idempotency-Key: " + String(repeating: "k", count: 256)]
      ),
      Odd(name: "no policy", headers: [token, type, "CareWindow-If-Closed: send"]),
      Odd(
        name: "two policies",
        headers: [token, type, "CareWindow-If-Closed: refuse", "CareWindow-If-Closed: template"]
      ),
    ]
  }()

  private static let bodies: [Odd] = {
    let to = #""messaging_product":"whatsapp","to":"491700000042""#
    let text = #""text":{"body":"Around the gate"}"#
    let template = #""template":{"name":"hello_world","language":{"code":"en_US"}}"#
    let free: [(String, String)] = [
      ("image", #"{"link":"https://example.org/a.jpg"}"#),
      ("location", #"{"latitude":1,"longitude":2}"#),
      ("reaction", #"{"message_id":"wamid.x","emoji":"!"}"#), ("audio", #"{"id":"1"}"#),
      ("contacts", #"[{"name":{"formatted_name":"B","first_name":"B"}}]"#),
      (
        "interactive",
        #"{"type":"button","body":{"text":"?"},"action":{"buttons":[{"type":"reply","reply":{"id":"1","title":"1"}}]}}"#
      ),
    ]
    let written: [(String, String)] = [
      ("empty", ""), ("null", "null"), ("a word", "hello"), ("cut off", "{\(to),"),
      ("a list", "[{\(to),\"type\":\"text\",\(text)}]"), ("two objects", "{\(to)}{\(to)}"),
      ("a tail", "{\(to),\"type\":\"text\",\(text)} x"),
      (
        "batch",
        "{\"batch\":[{\"method\":\"POST\",\"relative_url\":\"900800700/messages\",\"body\":\"x\"}]}"
      ),
      ("type twice", "{\(to),\"type\":\"template\",\"type\":\"text\",\(text),\(template)}"),
      (
        "type twice, other way",
        "{\(to),\"type\":\"text\",\"type\":\"template\",\(text),\(template)}"
      ),
      (
        "type escaped twice",
        "{\(to),\"type\":\"template\",\"t\\u0079pe\":\"text\",\(text),\(template)}"
      ),
      ("to twice", "{\(to),\"to\":\"491700000099\",\"type\":\"text\",\(text)}"),
      ("text twice", "{\(to),\"type\":\"text\",\(text),\(text)}"),
      ("no type", "{\(to),\(text)}"), ("type in capitals", "{\(to),\"type\":\"TEXT\",\(text)}"),
      ("type as a list", "{\(to),\"type\":[\"text\"],\(text)}"),
      ("type template without one", "{\(to),\"type\":\"template\",\(text)}"),
      ("template as text", "{\(to),\"type\":\"template\",\"template\":\"hello_world\"}"),
      ("type with a blank", "{\(to),\"type\":\" template\",\(text)}"),
      ("type null", "{\(to),\"type\":null,\(text)}"),
      ("to and recipient", "{\(to),\"recipient\":\"DE.123\",\"type\":\"text\",\(text)}"),
      (
        "to as a list",
        "{\"messaging_product\":\"whatsapp\",\"to\":[\"491700000042\"],\"type\":\"text\",\(text)}"
      ),
      (
        "to as an object",
        "{\"messaging_product\":\"whatsapp\",\"to\":{\"a\":1},\"type\":\"text\",\(text)}"
      ),
      ("a group", "{\(to),\"recipient_type\":\"group\",\"type\":\"text\",\(text)}"),
      ("no product", "{\"to\":\"491700000042\",\"type\":\"text\",\(text)}"),
      (
        "deep",
        "{\(to),\"type\":\"text\",\"text\":" + String(repeating: "[", count: 1000)
          + String(repeating: "]", count: 1000) + "}"
      ),
    ]
    return written.map { Odd(name: "body: \($0.0)", body: $0.1) }
      + free.map {
        Odd(name: "body: \($0.0)", body: "{\(to),\"type\":\"\($0.0)\",\"\($0.0)\":\($0.1)}")
      }
  }()
}
