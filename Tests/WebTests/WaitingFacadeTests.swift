import CloudAPI
import Gateway
import HTTPTypes
import HummingbirdTesting
import Support
import Testing

@testable import Web

private let messages = "/v24.0/900800700/messages"

/// Messages that wait, through the façade.
@Suite struct WaitingFacadeTests {
  @Test func `what waits is answered 200 with our own id`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      var headers: HTTPFields = [:]
      headers[.careWindowIfClosed] = "park"
      let answer = try await client.call(.post, messages, json: WebScene.text(), headers: headers)
      #expect(answer.status == .ok)
      #expect(answer.headers[.careWindowVerdict] == "parked")
      let id = try #require(answer.headers[.careWindowRequestID])
      #expect(answer.json["messages"]?.items.first?["id"]?.text == "carewindow.\(id)")
    }
    #expect(scene.carrier.parcels.isEmpty)
  }

  @Test func `where a template goes out, its answer is given, and a second text waits`()
    async throws
  {
    let scene = try await WebScene()
    try await WelcomeTemplate.become(fallbackOf: WebScene.number, in: scene.engine)
    try await scene.visit { client in
      var headers: HTTPFields = [:]
      headers[.careWindowIfClosed] = "template"
      headers[.idempotencyKey] = "order-17"
      for _ in 0..<2 {
        let answer = try await client.call(
          .post,
          messages,
          json: WebScene.text(),
          headers: headers
        )
        #expect(answer.status == .ok)
        let id = try #require(answer.headers[.careWindowRequestID])
        #expect(answer.headers[.careWindowVerdict] == "template; parked=\(id)")
        let message = try #require(answer.json["messages"]?.items.first?["id"]?.text)
        #expect(message.hasPrefix("wamid."))
        let shown = try await client.call(.get, "/v1/messages/\(id)").json
        #expect(shown["state"]?.text == "parked")
        #expect(shown["template_sent"]?["wamid"]?.text == message)
        #expect(shown["template_sent"]?["name"]?.text == "hello_world")
      }
      headers[.idempotencyKey] = nil
      let second = try await client.call(.post, messages, json: WebScene.text(), headers: headers)
      #expect(second.status == .ok)
      #expect(second.headers[.careWindowVerdict] == "parked")
    }
    let sent = try #require(scene.carrier.parcels.first)
    #expect(scene.carrier.parcels.count == 1)
    let template = try JSON.parse(sent.body)
    #expect(template["to"]?.text == "+" + WebScene.customer)
    #expect(template["template"]?["name"]?.text == "hello_world")
  }

  @Test func `where none fits, it is told what is missing`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      var headers: HTTPFields = [:]
      headers[.careWindowIfClosed] = "template"
      let answer = try await client.call(.post, messages, json: WebScene.text(), headers: headers)
      #expect(answer.status == .badRequest)
      #expect(answer.headers[.careWindowVerdict] == "refused; code=no_template_chosen")
      let details = answer.json["error"]?["error_data"]?["details"]?.text ?? ""
      #expect(details.contains("carewindow template sync"), "\(details)")
    }
  }

  @Test func `the key of what was withdrawn gives the first answer again`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      var headers: HTTPFields = [:]
      headers[.careWindowIfClosed] = "park"
      headers[.idempotencyKey] = "order-17"
      let first = try await client.call(.post, messages, json: WebScene.text(), headers: headers)
      let id = try #require(first.headers[.careWindowRequestID])
      #expect(try await client.call(.delete, "/v1/messages/\(id)").status == .ok)
      let again = try await client.call(.post, messages, json: WebScene.text(), headers: headers)
      #expect(again.status == .ok)
      #expect(again.bytes == first.bytes)
      #expect(again.headers[.careWindowVerdict] == "withdrawn")
    }
    #expect(scene.carrier.parcels.isEmpty)
  }
}
