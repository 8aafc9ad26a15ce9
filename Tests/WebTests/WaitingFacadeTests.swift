import CloudAPI
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
