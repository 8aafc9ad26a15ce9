import CloudAPI
import CustomerCare
import HTTPTypes
import Hummingbird
import Support
import Testing

@testable import Web

@Suite(.serialized) struct PassageTests {
  /// A call, and exactly what reaches Meta for it.
  struct Row: Sendable, CustomTestStringConvertible {
    var method: HTTPRequest.Method
    var uri: String
    var json: JSON?
    var arrives: String
    var body: String = ""

    init(
      _ method: HTTPRequest.Method,
      _ uri: String,
      _ json: JSON? = nil,
      arrives: String,
      _ body: String = ""
    ) {
      (self.method, self.uri, self.json) = (method, uri, json)
      (self.arrives, self.body) = (arrives, body)
    }

    var testDescription: String { "\(method.rawValue) \(uri)" }
  }

  @Test(arguments: [
    Row(.get, "/v24.0/900800700", arrives: "GET /v24.0/900800700"),
    Row(
      .get,
      "/v23.0/900800700?fields=id,verified_name",
      arrives: "GET /v23.0/900800700?fields=id%2Cverified_name"
    ),
    Row(
      .get,
      "/v24.0/900800700/whatsapp_business_profile?fields=about,email",
      arrives: "GET /v24.0/900800700/whatsapp_business_profile?fields=about%2Cemail"
    ),
    Row(
      .post,
      "/v24.0/900800700/whatsapp_business_profile",
      ["messaging_product": "whatsapp", "about": "Bikes & more", "websites": ["https://e.org"]],
      arrives: "POST /v24.0/900800700/whatsapp_business_profile",
      #"{"messaging_product":"whatsapp","about":"Bikes & more","websites":["https://e.org"]}"#
    ),
    Row(
      .get,
      "/v24.0/900800700/block_users?limit=10",
      arrives: "GET /v24.0/900800700/block_users?limit=10"
    ),
    Row(
      .post,
      "/v24.0/900800700/block_users",
      ["messaging_product": "whatsapp", "block_users": [["user": "+491700000042"]]],
      arrives: "POST /v24.0/900800700/block_users",
      #"{"messaging_product":"whatsapp","block_users":[{"user":"+491700000042"}]}"#
    ),
    Row(
      .delete,
      "/v24.0/900800700/block_users",
      ["messaging_product": "whatsapp", "block_users": [["user": "+491700000042"]]],
      arrives: "DELETE /v24.0/900800700/block_users",
      #"{"messaging_product":"whatsapp","block_users":[{"user":"+491700000042"}]}"#
    ),
    Row(
      .get,
      "/v24.0/700100200300/phone_numbers?limit=5&fields=id",
      arrives: "GET /v24.0/700100200300/phone_numbers?fields=id&limit=5"
    ),
    Row(
      .get,
      "/v24.0/700100200300/message_templates?name=h%C3%A9llo&status=APPROVED&limit=2",
      arrives: "GET /v24.0/700100200300/message_templates?limit=2&name=h%C3%A9llo&status=APPROVED"
    ),
    Row(
      .post,
      "/v24.0/700100200300/message_templates",
      [
        "name": "sale", "language": "de", "category": "UTILITY",
        "components": [["type": "BODY", "text": "Hi"]],
      ],
      arrives: "POST /v24.0/700100200300/message_templates",
      #"{"name":"sale","language":"de","category":"UTILITY","components":[{"type":"BODY","text":"Hi"}]}"#
    ),
    Row(
      .delete,
      "/v24.0/700100200300/message_templates?name=order_update",
      arrives: "DELETE /v24.0/700100200300/message_templates?name=order_update"
    ),
    Row(
      .post,
      "/v24.0/app/uploads?file_name=a.png&file_length=3&file_type=image/png",
      arrives: "POST /v24.0/app/uploads?file_length=3&file_name=a.png&file_type=image%2Fpng"
    ),
  ])
  func `what is on the list arrives as it was judged, with Meta's token`(row: Row) async throws {
    try await PassageStage.play { stage in
      let answer = try await stage.client.call(row.method, row.uri, json: row.json)
      #expect(answer.status == .ok, "\(answer.text)")
      let heard = try #require(stage.upstream.heard.first)
      #expect(stage.upstream.heard.count == 1)
      #expect(heard.line == row.arrives)
      #expect(String(decoding: heard.body, as: UTF8.self) == row.body)
      #expect(heard.headers[.authorization] == "Bearer meta-token")
      #expect(heard.headers[.userAgent] == "carewindow/1.2.3")
      #expect(heard.headers[.contentType] == (row.json == nil ? nil : "application/json"))
      let told = Set(heard.headers.map(\.name.canonicalName))
      #expect(
        told.isSubset(of: [
          "host", "authorization", "user-agent", "accept", "content-type", "content-length",
          "connection",
        ]),
        "\(told)"
      )
      #expect(answer.headers[.careWindowRequestID]?.isEmpty == false)
      #expect(answer.headers[.appUsage] == #"{"call_count":28}"#)
      #expect(answer.headers[.setCookie] == nil)
    }
  }

  @Test(arguments: [
    (HTTPRequest.Method.get, "/v24.0/900800700", WebScene.sender),
    (.get, "/v24.0/900800700/whatsapp_business_profile", WebScene.sender),
    (.post, "/v24.0/900800700/whatsapp_business_profile", WebScene.reader),
    (.post, "/v24.0/900800700/whatsapp_business_profile", WebScene.sender),
    (.get, "/v24.0/900800700/block_users", WebScene.reader),
    (.post, "/v24.0/900800700/block_users", WebScene.sender),
    (.delete, "/v24.0/900800700/block_users", WebScene.reader),
    (.get, "/v24.0/700100200300/phone_numbers", WebScene.sender),
    (.get, "/v24.0/700100200300/message_templates", WebScene.sender),
    (.post, "/v24.0/700100200300/message_templates", WebScene.reader),
    (.delete, "/v24.0/700100200300/message_templates", WebScene.sender),
    (.post, "/v24.0/app/uploads", WebScene.sender),
    (.post, "/v24.0/upload:abc", WebScene.reader),
    (.get, "/v24.0/4400", WebScene.sender),
    (.delete, "/v24.0/4400", WebScene.reader),
    (.post, "/v24.0/4400", WebScene.sender),
    (.post, "/v24.0/900800700/media", WebScene.reader),
  ])
  func `a token without the scope is refused`(
    method: HTTPRequest.Method,
    uri: String,
    token: String
  ) async throws {
    try await PassageStage.play { stage in
      let answer = try await stage.client.call(method, uri, token: token)
      #expect(answer.status == .forbidden)
      #expect(answer.code == "10")
      #expect(answer.details.contains("has no scope"))
      for (nobody, status) in [(nil, 401), ("cw_wrong", 401), (WebScene.revoked, 401)] {
        let answer = try await stage.client.call(method, uri, token: nobody)
        #expect(answer.status.code == status)
        #expect(answer.code == "190")
      }
      #expect(stage.upstream.heard.isEmpty)
    }
  }

  @Test(arguments: [
    (HTTPRequest.Method.get, "/v24.0/900800701"),  // A number the token is not good for.
    (.get, "/v24.0/900800701/whatsapp_business_profile"),
    (.post, "/v24.0/900800701/whatsapp_business_profile"),
    (.get, "/v24.0/900800799"),
    (.get, "/v24.0/700100200999/message_templates"),
    (.get, "/v24.0/700100200999/phone_numbers"),
    (.get, "/v24.0/900800700/message_templates"),
    (.get, "/v24.0/700100200300/whatsapp_business_profile"),
    (.get, "/v24.0/700100200300"),  // The account itself is not on the list.
    (.delete, "/v24.0/4400000000000001"),
    (.get, "/v24.0/upload:AAAA"),
    (.post, "/v24.0/900800701/media"),
  ])
  func `what is not the token's looks like what does not exist`(
    method: HTTPRequest.Method,
    uri: String
  ) async throws {
    try await PassageStage.play { stage in
      let answer = try await stage.client.call(method, uri)
      #expect(answer.status == .badRequest)
      #expect(answer.code == "100")
      #expect(answer.json["error"]?["error_subcode"]?.integer == 33)
      // To tell a template apart, Meta is asked for the account's own; never for what was named.
      #expect(stage.upstream.heard.allSatisfy { $0.path != uri })
    }
  }

  @Test(arguments: [
    (HTTPRequest.Method.get, "/v24.0/900800700?fields=id{x}", "fields"),
    (.get, "/v24.0/900800700?fields=id,block_users", "fields"),
    (.get, "/v24.0/900800700?fields=message_templates.limit(5)", "fields"),
    (.get, "/v24.0/900800700?access_token=x", "access_token"),
    (.get, "/v24.0/900800700?method=DELETE", "method"),
    (.get, "/v24.0/900800700?_method=DELETE", "_method"),
    (.get, "/v24.0/900800700?ids=1,2", "ids"),
    (.get, "/v24.0/900800700?batch=[]", "batch"),
    (.get, "/v24.0/900800700?metadata=1", "metadata"),
    (.get, "/v24.0/700100200300/message_templates?limit=-1", "limit"),
    (.get, "/v24.0/700100200300/message_templates?after=a%20b", "after"),
    (.get, "/v24.0/700100200300/message_templates?name=a%00b", "query"),
    (.get, "/v24.0/700100200300/message_templates?name=a&name=b", "query"),
    (.delete, "/v24.0/700100200300/message_templates?name=a&hsm_ids=1", "hsm_ids"),
    (.get, "/v24.0/700100200300/phone_numbers?filtering=[]", "filtering"),
    (.post, "/v24.0/app/uploads?file_length=x", "file_length"),
  ])
  func `a parameter that is not on the list is named and refused`(
    method: HTTPRequest.Method,
    uri: String,
    named: String
  ) async throws {
    try await PassageStage.play { stage in
      let answer = try await stage.client.call(method, uri)
      #expect(answer.status == .badRequest)
      #expect(answer.code == "100")
      #expect(answer.details.contains(named), "\(answer.details)")
      #expect(stage.upstream.heard.isEmpty)
    }
  }

  @Test(arguments: [
    ("whatsapp_business_profile", #"{"messaging_product":"whatsapp","webhook_configuration":{}}"#),
    ("whatsapp_business_profile", #"{"messaging_product":"whatsapp","access_token":"x"}"#),
    ("whatsapp_business_profile", #"{"messaging_product":"whatsapp","websites":[{"x":1}]}"#),
    ("whatsapp_business_profile", #"{"messaging_product":"telegram","about":"x"}"#),
    ("whatsapp_business_profile", #"[{"about":"x"}]"#),
    ("whatsapp_business_profile", "about=x"),
    ("block_users", #"{"block_users":[{"user":"+49","override_callback_uri":"x"}]}"#),
    ("block_users", #"{"block_users":"+49"}"#),
    ("message_templates", #"{"name":"a","components":[{"override_callback_uri":"https://x"}]}"#),
    ("message_templates", #"{"name":"a","components":[[{"Webhook_Configuration":1}]]}"#),
    ("message_templates", #"{"name":"a","method":"DELETE"}"#),
    ("message_templates", #"{"name":"a","batch":[]}"#),
    ("message_templates", #"{"name":{"a":1}}"#),
  ])
  func `a body with what is not on the list does not leave`(
    edge: String,
    body: String
  ) async throws {
    try await PassageStage.play { stage in
      let object = edge == "message_templates" ? "700100200300" : "900800700"
      let answer = try await stage.send(
        .post,
        "/v24.0/\(object)/\(edge)",
        Array(body.utf8),
        type: "application/json"
      )
      #expect(answer.status == .badRequest)
      #expect(answer.code == "100")
      #expect(stage.upstream.heard.isEmpty)
    }
  }

  @Test(arguments: [
    (HTTPRequest.Method.post, "/v24.0/900800700"),
    (.delete, "/v24.0/900800700"),
    (.put, "/v24.0/900800700/whatsapp_business_profile"),
    (.get, "/v24.0/900800700/settings"),
    (.post, "/v24.0/900800700/settings"),
    (.get, "/v24.0/me"),
    (.get, "/v24.0/900800700/media"),
    (.post, "/v24.0/500600700800/uploads"),
    (.get, "/v24.0/app"),
    (.post, "/v24.0/app/message_templates"),
    (.get, "/v24.0/900800700/whatsapp_business_profile/x"),
    (.post, "/v24.0/900800700/conversational_automation"),
    (.get, "/v24.0/search"),
    (.get, "/v24.0/_media/abc/def"),
    (.post, "/v24.0/_media/abc"),
    (.delete, "/v24.0/_media/abc"),
  ])
  func `what is not on the list does not pass`(
    method: HTTPRequest.Method,
    uri: String
  ) async throws {
    try await PassageStage.play { stage in
      let answer = try await stage.client.call(method, uri)
      #expect(answer.status == .badRequest || answer.status == .notFound, "\(answer.text)")
      #expect(stage.upstream.heard.filter { $0.line.contains(uri) }.isEmpty)
    }
  }
}
