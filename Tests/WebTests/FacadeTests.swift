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

private let messages = "/v24.0/900800700/messages"

@Suite struct FacadeTests {
  @Test func `inside the window Meta's own answer comes back unchanged`() async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    try await scene.visit { client in
      let answer = try await client.call(.post, messages, json: WebScene.text())
      #expect(answer.status == .ok)
      #expect(answer.bytes == SceneCarrier.accepted(1).answer?.body)
      #expect(answer.headers[.careWindowVerdict] == "sent")
      #expect(answer.headers[.careWindowRequestID]?.isEmpty == false)
      let closes = (scene.time.now + CareWindow.length).rfc3339
      #expect(answer.headers[.careWindowWindow] == "open; closes=\(closes)")
    }
    let parcel = try #require(scene.carrier.parcels.first)
    #expect(parcel.from == WebScene.number)
    #expect(parcel.version == "v24.0")
    #expect(parcel.road == .messages)
    #expect(try JSON.parse(parcel.body)["text"]?["body"]?.text == "Your parcel is ready.")
  }

  @Test func `a customer who never wrote cannot be written to`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      let answer = try await client.call(.post, messages, json: WebScene.text())
      #expect(answer.status == .badRequest)
      #expect(answer.code == "131047")
      #expect(answer.json["error"]?["message"]?.text == "(#131047) Re-engagement message")
      #expect(!answer.details.isEmpty)
      #expect(answer.headers[.careWindowWindow] == "never-opened")
      #expect(answer.headers[.careWindowVerdict] == "refused; code=never_opened")
    }
    #expect(scene.carrier.parcels.isEmpty)
  }

  @Test func `a day after the customer wrote the window is closed`() async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    let closes = scene.time.now + CareWindow.length
    scene.time.advance(by: CareWindow.length)
    try await scene.visit { client in
      let answer = try await client.call(.post, messages, json: WebScene.text())
      #expect(answer.code == "131047")
      #expect(answer.headers[.careWindowWindow] == "closed; since=\(closes.rfc3339)")
    }
    #expect(scene.carrier.parcels.isEmpty)
  }

  @Test func `what Meta refuses comes back in Meta's words`() async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    let body = Array("{\"error\":{\"message\":\"(#131026) Undeliverable\",\"code\":131026}}".utf8)
    scene.carrier.plan(
      Carried(
        outcome: .refused(MetaRefusal(code: 131026, title: "Undeliverable")),
        answer: MetaAnswer(status: 400, body: body)
      )
    )
    try await scene.visit { client in
      let answer = try await client.call(.post, messages, json: WebScene.text())
      #expect(answer.status == .badRequest)
      #expect(answer.bytes == body)
      #expect(answer.headers[.careWindowVerdict] == "sent; refused-by-meta")
    }
  }

  @Test func `an unknown outcome is never an error`() async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    scene.carrier.plan(Carried(outcome: .unknown(reason: "timeout"), answer: nil))
    try await scene.visit { client in
      let answer = try await client.call(.post, messages, json: WebScene.text())
      #expect(answer.status == .ok)
      let id = try #require(answer.headers[.careWindowRequestID])
      #expect(answer.json["messages"]?.items.first?["id"]?.text == "carewindow.\(id)")
      #expect(answer.headers[.careWindowVerdict] == "unknown")
    }
  }

  @Test func `what certainly was not sent is an error that may be repeated`() async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    scene.carrier.plan(Carried(outcome: .notSent(reason: "refused connection"), answer: nil))
    try await scene.visit { client in
      let answer = try await client.call(.post, messages, json: WebScene.text())
      #expect(answer.status == .serviceUnavailable)
      #expect(answer.json["error"]?["is_transient"]?.flag == true)
    }
  }

  @Test func `the same key gives the first answer again and sends once`() async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    try await scene.visit { client in
      var headers: HTTPFields = [:]
      headers[.idempotencyKey] = "order-7"
      let first = try await client.call(.post, messages, json: WebScene.text(), headers: headers)
      let again = try await client.call(.post, messages, json: WebScene.text(), headers: headers)
      #expect(first.status == .ok)
      #expect(again.bytes == first.bytes)
      #expect(again.headers[.careWindowRequestID] == first.headers[.careWindowRequestID])
      let other = try await client.call(
        .post,
        messages,
        json: WebScene.text("Another"),
        headers: headers
      )
      #expect(other.status == .conflict)
      #expect(other.code == "100")
    }
    #expect(scene.carrier.parcels.count == 1)
  }

  @Test(arguments: ["", "ä", String(repeating: "k", count: 256)])
  func `a key that is none is refused`(key: String) async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      var headers: HTTPFields = [:]
      headers[.idempotencyKey] = key
      let answer = try await client.call(.post, messages, json: WebScene.text(), headers: headers)
      #expect(answer.status == .badRequest)
      #expect(answer.code == "100")
    }
  }

  @Test(arguments: [
    ("later", "100"), ("template", "131047"), ("refuse", "131047"),
  ])
  func `the header If-Closed takes what this version can do`(policy: String, code: String)
    async throws
  {
    let scene = try await WebScene()
    try await scene.visit { client in
      var headers: HTTPFields = [:]
      headers[.careWindowIfClosed] = policy
      let answer = try await client.call(.post, messages, json: WebScene.text(), headers: headers)
      #expect(answer.code == code)
    }
    #expect(scene.carrier.parcels.isEmpty)
  }

  @Test func `a read receipt needs no window`() async throws {
    let scene = try await WebScene()
    scene.carrier.plan(
      Carried(
        outcome: .acknowledged,
        answer: MetaAnswer(status: 200, body: Array("{\"success\":true}".utf8))
      )
    )
    try await scene.visit { client in
      let answer = try await client.call(
        .post,
        messages,
        json: ["messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN1"]
      )
      #expect(answer.status == .ok)
      #expect(answer.text == "{\"success\":true}")
    }
    #expect(scene.carrier.parcels.count == 1)
  }
}

@Suite struct FacadeBadInputTests {
  @Test(arguments: [
    (nil as String?, HTTPResponse.Status.unauthorized, "190"),
    ("cw_nobody", .unauthorized, "190"),
    (WebScene.revoked, .unauthorized, "190"),
    (WebScene.reader, .forbidden, "10"),
  ])
  func `a token that is not good for sending sends nothing`(
    token: String?,
    status: HTTPResponse.Status,
    code: String
  ) async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    try await scene.visit { client in
      let answer = try await client.call(.post, messages, token: token, json: WebScene.text())
      #expect(answer.status == status)
      #expect(answer.code == code)
    }
    #expect(scene.carrier.parcels.isEmpty)
  }

  @Test func `a token in the query is no token`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      let answer = try await client.call(
        .post,
        "\(messages)?access_token=\(WebScene.token)",
        token: nil,
        json: WebScene.text()
      )
      #expect(answer.status == .unauthorized)
    }
  }

  @Test func `a number of somebody else looks like one that does not exist`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      let foreign = try await client.call(
        .post,
        "/v24.0/900800701/messages",
        json: WebScene.text()
      )
      let nobody = try await client.call(.post, "/v24.0/900800799/messages", json: WebScene.text())
      #expect(foreign.status == .badRequest)
      #expect(foreign.json["error"]?["error_subcode"]?.integer == 33)
      #expect(foreign.text.replacing("900800701", with: "900800799") == nobody.text)
    }
    #expect(try await scene.rows()["request"] == 0)
  }

  @Test(arguments: [
    "/v24.0//900800700/messages", "//v24.0/900800700/messages", "/v24.0/900800700//messages",
    "/v24.0/900800700/messages/", "/v24.0/./900800700/messages", "/v24.0/x/../900800700/messages",
    "/v24.0/900800700/%6dessages", "/v24%2e0/900800700/messages", "/v24.0/900800700%2fmessages",
    "/V24.0/900800700/messages", "/v24.0/900800700/Messages", "/v24.0/900800700/MESSAGES",
    "/900800700/messages", "/v24/900800700/messages", "/v24.0", "/v24.0/", "/", "",
    "/v24.0.1/900800700/messages", "/v024.0/900800700/messages", "/v24.0/900800700/messages#x",
    "/v24.0/900800700;x/messages", "http://localhost/v24.0/900800700/messages", "*",
    "/graphql", "/v24.0/900800700\u{0}/messages", "/v24.0/９００/messages",
  ])
  func `an odd path leads nowhere`(path: String) async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    try await scene.visit { client in
      let answer = try await client.call(.post, path, json: WebScene.text())
      #expect(answer.status == .notFound)
      #expect(answer.code == "2500")
    }
    #expect(scene.carrier.parcels.isEmpty)
  }

  @Test(arguments: [
    "register", "deregister", "smb_app_data", "calls", "subscribed_apps", "batch", "oauth",
    "subscriptions",
  ])
  func `what would take the number away never passes`(call: String) async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      for method in [HTTPRequest.Method.get, .post, .delete] {
        let answer = try await client.call(method, "/v24.0/900800700/\(call)", json: [:])
        #expect(answer.status == .forbidden)
        #expect(answer.details.contains("carewindow callback add"))
      }
      let stranger = try await client.call(.post, "/v24.0/900800700/\(call)", token: nil)
      #expect(stranger.status == .unauthorized)
    }
    #expect(scene.carrier.parcels.isEmpty)
  }

  @Test(arguments: [
    "/v24.0/900800700/settings", "/v24.0/900800700/media", "/v24.0/me", "/v24.0/search",
  ])
  func `other calls of the Graph API say that they are not passed on`(path: String) async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      let answer = try await client.call(.get, path)
      #expect(answer.status == .badRequest)
      #expect(answer.code == "100")
      #expect(answer.details.contains("does not pass"))
    }
  }

  @Test(arguments: [
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain",
    "application/json; charset=utf-16", "application/jsonp", "",
  ])
  func `a body that is not JSON by its own account is not read`(type: String) async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    try await scene.visit { client in
      var headers: HTTPFields = [:]
      headers[.contentType] = type
      let answer = try await client.call(.post, messages, json: WebScene.text(), headers: headers)
      #expect(answer.status == .badRequest)
      #expect(answer.code == "100")
    }
    #expect(scene.carrier.parcels.isEmpty)
  }

  @Test(arguments: ["a=b", "to=%2B4915", "method=get", "fields=id", "="])
  func `a query parameter is refused, because only the body is judged`(query: String) async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    try await scene.visit { client in
      let answer = try await client.call(.post, "\(messages)?\(query)", json: WebScene.text())
      #expect(answer.status == .badRequest)
      #expect(answer.code == "100")
    }
    #expect(scene.carrier.parcels.isEmpty)
  }

  @Test(arguments: [
    "", "{", "[]", "null", "\"x\"",
    "{\"messaging_product\":\"whatsapp\",\"to\":\"+491700000042\",\"type\":\"template\",\"type\":\"text\",\"text\":{\"body\":\"x\"}}",
    "{\"messaging_product\":\"whatsapp\",\"to\":\"0170 42\",\"type\":\"text\",\"text\":{\"body\":\"x\"}}",
    "{\"messaging_product\":\"whatsapp\",\"to\":\"Rita\",\"type\":\"text\",\"text\":{\"body\":\"x\"}}",
    "{\"messaging_product\":\"whatsapp\",\"type\":\"text\",\"text\":{\"body\":\"x\"}}",
    "{\"messaging_product\":\"whatsapp\",\"to\":\"+491700000042\",\"type\":\"text\",\"text\":{\"body\":\"x\"},\"access_token\":\"EAAG-foreign\"}",
  ])
  func `a body that Meta would not take is stored nowhere`(body: String) async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    let before = try await scene.rows()
    try await scene.visit { client in
      var headers: HTTPFields = [:]
      headers[.authorization] = "Bearer \(WebScene.token)"
      headers[.contentType] = "application/json"
      try await client.execute(
        uri: messages,
        method: .post,
        headers: headers,
        body: ByteBuffer(string: body)
      ) { response in
        let answer = Answer(response)
        #expect((400..<500).contains(answer.status.code))
        #expect(answer.json["error"]?["type"]?.text == "OAuthException")
      }
    }
    #expect(scene.carrier.parcels.isEmpty)
    #expect(try await scene.rows() == before)
  }

  @Test func `a body over the limit is refused and the connection closed`() async throws {
    var limits = WebLimits()
    limits.requestBytesMax = 1000
    let scene = try await WebScene(web: limits)
    try await scene.visit { client in
      let answer = try await client.call(
        .post,
        messages,
        json: WebScene.text(String(repeating: "x", count: 1000))
      )
      #expect(answer.status == .contentTooLarge)
      #expect(answer.headers[.connection] == "close")
    }
  }

  @Test func `another method on messages is told the right one`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      let answer = try await client.call(.get, messages)
      #expect(answer.status == .methodNotAllowed)
      #expect(answer.headers[.allow] == "POST")
    }
  }

  @Test func `a database that does not answer sends nothing and says so`() async throws {
    let scene = try await WebScene()
    try await scene.engine.close()
    try await scene.visit { client in
      let answer = try await client.call(.post, messages, json: WebScene.text())
      #expect(answer.status == .serviceUnavailable)
      #expect(answer.json["error"]?["is_transient"]?.flag == true)
      #expect(answer.headers[.retryAfter] == "1")
    }
  }
}
