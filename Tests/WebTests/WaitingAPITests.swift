import CloudAPI
import CustomerCare
import HTTPTypes
import Support
import Testing

@testable import Web

/// Messages that wait, through `/v1`.
@Suite struct WaitingAPITests {
  @Test func `what waits can be withdrawn, once`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      var body = text()
      body.set("if_closed", to: "park")
      let parked = try await client.call(.post, "/v1/messages", json: body)
      #expect(parked.status == .accepted)
      #expect(parked.json["state"]?.text == "parked")
      #expect(parked.json["verdict"]?["waits_for"]?.text == "customer")
      let id = try #require(parked.json["id"]?.text)
      let withdrawn = try await client.call(.delete, "/v1/messages/\(id)")
      #expect(withdrawn.status == .ok)
      #expect(withdrawn.json["state"]?.text == "withdrawn")
      let again = try await client.call(.delete, "/v1/messages/\(id)")
      #expect(again.status == .conflict)
      #expect(again.code == "not_waiting")
    }
    try await scene.customerWrites()
    #expect(scene.carrier.parcels.isEmpty)
  }

  @Test func `a preview shows the template, and a send says why this one`() async throws {
    let scene = try await WebScene()
    try await WelcomeTemplate.become(fallbackOf: WebScene.number, in: scene.engine)
    try await scene.visit { client in
      var body = text()
      body.set("if_closed", to: "template")
      let preview = try await client.call(.post, "/v1/messages/preview", json: body).json
      #expect(preview["template"]?["body"]?.text == WelcomeTemplate.body)
      #expect(preview["verdict"]?["template"]?["state"]?.text == "goes_out")
      #expect(scene.carrier.parcels.isEmpty)
      let sent = try await client.call(.post, "/v1/messages", json: body)
      #expect(sent.status == .accepted)
      #expect(sent.json["state"]?.text == "parked")
      let verdict = try #require(sent.json["verdict"]?["template"])
      #expect(verdict["name"]?.text == "hello_world")
      #expect(verdict["reason"]?.text?.contains("named for the number") == true)
      let first = try #require(sent.json["id"]?.text)
      let next = try await client.call(.post, "/v1/messages", json: body).json
      let sentInPlace = try await client.call(.get, "/v1/messages/\(first)").json["template_sent"]
      let template = try #require(sentInPlace?["id"]?.text)
      #expect(sentInPlace?["reason"]?.text == verdict["reason"]?.text)
      #expect(next["verdict"]?["template"]?["state"]?.text == "pending")
      #expect(next["verdict"]?["template"]?["id"]?.text == template)
      let shown = try await client.call(.get, "/v1/messages/\(template)").json
      #expect(shown["in_place_of"]?.text == first)
    }
  }

  @Test func `what is for later is kept until then`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      var body = text()
      let sendAt = (scene.time.now + .seconds(3600)).rfc3339
      body.set("send_at", to: .string(sendAt))
      let answer = try await client.call(.post, "/v1/messages", json: body)
      #expect(answer.status == .accepted)
      #expect(answer.json["state"]?.text == "scheduled")
      #expect(answer.json["verdict"]?["until"]?.text == sendAt)
    }
    #expect(scene.carrier.parcels.isEmpty)
  }
}
