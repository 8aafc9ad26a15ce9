import CloudAPI
import CustomerCare
import Gateway
import HTTPTypes
import Hummingbird
import Support
import Testing

@testable import Web

/// What comes back: Meta's words, without what would lead around us.
@Suite(.serialized) struct PassageAnswerTests {
  @Test func `a number the token is not good for is left out of the account's numbers`()
    async throws
  {
    try await PassageStage.play { stage in
      let answer = try await stage.client.call(.get, "/v24.0/700100200300/phone_numbers")
      #expect(answer.json["data"]?.items.compactMap { $0["id"]?.text } == ["900800700"])
    }
  }

  @Test func `links to further pages lead to us and carry no token`() async throws {
    try await PassageStage.play { stage in
      let first = try await stage.client.call(
        .get,
        "/v24.0/700100200300/message_templates?limit=1&fields=name"
      )
      let next = try #require(first.json["paging"]?["next"]?.text)
      #expect(
        next.hasPrefix(
          WebScene.publicURL + "/v24.0/700100200300/message_templates?fields=name&limit=1&after="
        )
      )
      #expect(!first.text.contains("meta-token") && !first.text.contains("127.0.0.1"))
      let second = try await stage.client.call(.get, PassageStage.path(next))
      #expect(second.json["data"]?.items.count == 1)
      #expect(
        second.json["data"]?.items.first?["name"] != first.json["data"]?.items.first?["name"]
      )
      #expect(second.json["paging"]?["next"] == nil)
    }
  }

  @Test func `Meta's links to pages never come through, whatever they are`() async throws {
    let page: JSON = [
      "data": [],
      "paging": [
        "cursors": ["after": "AA=="], "next": "https://graph.facebook.com/x?access_token=EAAG",
        "previous": "https://graph.facebook.com/x?access_token=EAAG",
      ],
    ]
    let answering: Upstream.Answering = { _, _ in
      Response(.ok, "application/json", page.serialized())
    }
    try await PassageStage.play(answer: answering) { stage in
      let answer = try await stage.client.call(.get, "/v24.0/900800700/block_users")
      #expect(!answer.text.contains("facebook") && !answer.text.contains("EAAG"))
      #expect(
        answer.json["paging"]?["next"]?.text
          == "\(WebScene.publicURL)/v24.0/900800700/block_users?after=AA%3D%3D"
      )
      // There is no cursor that it could lead to.
      #expect(answer.json["paging"]?["previous"] == nil)
    }
  }

  @Test func `a template of the own account is read and changed by its id, no other is`()
    async throws
  {
    try await PassageStage.play { stage in
      let list = try await stage.client.call(.get, "/v24.0/700100200300/message_templates")
      let id = try #require(list.json["data"]?.items.first?["id"]?.text)
      stage.upstream.forget()
      let read = try await stage.client.call(.get, "/v24.0/\(id)?fields=name,status")
      #expect(read.json["name"]?.text == "hello_world")
      let edit: JSON = ["components": [["type": "BODY", "text": "Changed."]]]
      let changed = try await stage.client.call(.post, "/v24.0/\(id)", json: edit)
      #expect(changed.json["success"]?.flag == true)
      #expect(
        stage.upstream.heard.map(\.line) == [
          // Asked once: afterwards it is known whose the template is.
          "GET /v24.0/700100200300/message_templates?fields=id&limit=1000",
          "GET /v24.0/\(id)?fields=name%2Cstatus", "POST /v24.0/\(id)",
        ]
      )
      stage.upstream.forget()
      for _ in 1...3 {
        let other = try await stage.client.call(.get, "/v24.0/1689999999999999")
        #expect(other.json["error"]?["error_subcode"]?.integer == 33)
      }
      #expect(stage.upstream.heard.isEmpty)
      stage.scene.time.advance(by: .seconds(60))
      _ = try await stage.client.call(.get, "/v24.0/1689999999999999")
      #expect(stage.upstream.heard.count == 1)
    }
  }

  @Test func `a template that was just made can be read`() async throws {
    try await PassageStage.play { stage in
      _ = try await stage.client.call(.get, "/v24.0/1689999999999999")
      let made = try await stage.client.call(
        .post,
        "/v24.0/700100200300/message_templates",
        json: [
          "name": "fresh", "language": "de", "category": "UTILITY",
          "components": [["type": "BODY", "text": "Hi"]],
        ]
      )
      let id = try #require(made.json["id"]?.text)
      #expect(try await stage.client.call(.get, "/v24.0/\(id)").json["name"]?.text == "fresh")
    }
  }

  @Test func `Meta's errors come back unchanged`() async throws {
    let body = #"{"error":{"message":"(#4) Too many","code":4,"is_transient":true}}"#
    let answering: Upstream.Answering = { _, _ in
      Response(.tooManyRequests, "application/json", Array(body.utf8))
    }
    try await PassageStage.play(answer: answering) { stage in
      let answer = try await stage.client.call(.get, "/v24.0/900800700")
      #expect(answer.status == .tooManyRequests)
      #expect(answer.text == body)
    }
  }

  @Test func `a redirect of Meta's is not followed and not handed on`() async throws {
    let answering: Upstream.Answering = { _, _ in
      Response(status: .found, headers: [.location: "https://example.org/"])
    }
    try await PassageStage.play(answer: answering) { stage in
      let answer = try await stage.client.call(.get, "/v24.0/900800700")
      #expect(answer.status == .badGateway)
      #expect(answer.headers[.location] == nil)
    }
  }

  @Test func `without a way to Meta the answer says that nothing was done`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      let answer = try await client.call(.get, "/v24.0/900800700")
      #expect(answer.status == .serviceUnavailable)
      #expect(answer.json["error"]?["is_transient"]?.flag == true)
      #expect(answer.details.contains("try again"))
      #expect(answer.headers[.retryAfter] == "1")
    }
  }

  @Test func `when too much passes at once the next is told to come back`() async throws {
    let door = Latch()
    let answering: Upstream.Answering = { _, _ in
      await door.pass()
      return nil
    }
    var limits = PassageLimits()
    limits.callsMax = 1
    try await PassageStage.play(passing: limits, answer: answering) { stage in
      async let first = stage.client.call(.get, "/v24.0/900800700")
      await door.arrivals()
      let second = try await stage.client.call(.get, "/v24.0/900800700")
      #expect(second.status == .serviceUnavailable)
      #expect(second.headers[.retryAfter] == "1")
      door.open()
      #expect(try await first.status == .ok)
      // Its place is free again.
      #expect(try await stage.client.call(.get, "/v24.0/900800700").status == .ok)
    }
  }

  @Test func `an answer longer than any list is not handed on`() async throws {
    let answering: Upstream.Answering = { _, _ in
      Response(.ok, "application/json", [UInt8](repeating: 0x20, count: (4 << 20) + 1))
    }
    try await PassageStage.play(answer: answering) { stage in
      let answer = try await stage.client.call(.get, "/v24.0/900800700")
      #expect(answer.status == .badGateway)
      #expect(answer.bytes.count < 1000)
    }
  }
}
