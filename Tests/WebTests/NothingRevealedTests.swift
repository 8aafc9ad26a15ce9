import CloudAPI
import CustomerCare
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Web

/// Without a valid signature or token nothing is read, written or revealed.
@Suite struct NothingRevealedTests {
  /// Every path of the description, with something in the place of its parameters.
  private static func everyCall(_ scene: WebScene, id: String) -> [(HTTPRequest.Method, String)] {
    let door = frontDoor(scene.configuration, scene.parts, JournalWatch())
    return (door.openAPI.json["paths"]?.members ?? []).flatMap { path in
      path.value.members.compactMap { operation in
        let uri = path.key.replacing("{phone_number_id}", with: WebScene.number.rawValue)
          .replacing("{customer}", with: WebScene.customer).replacing("{id}", with: id)
          .replacing("{media_id}", with: "4400")
          .replacing("{version}", with: "v24.0").replacing("{waba_id}", with: "700100200300")
          .replacing("{object_id}", with: "4400").replacing("{upload}", with: "sample")
          .replacing("{link}", with: "link")
        return HTTPRequest.Method(operation.key.uppercased()).map { ($0, uri) }
      }
    }
  }

  @Test(arguments: [nil as String?, "cw_nobody", WebScene.revoked, "meta-token"])
  func `without a token every door is shut, and nothing is written`(token: String?) async throws {
    let scene = try await WebScene()
    try await scene.customerWrites("A secret")
    try await scene.visit { client in
      let sent = try await client.call(
        .post,
        "/v24.0/900800700/messages",
        json: WebScene.text("Another secret")
      )
      let id = try #require(sent.headers[.careWindowRequestID])
      let before = try await scene.rows()
      let calls = Self.everyCall(scene, id: id)
      #expect(calls.count > 12)
      for (method, uri) in calls {
        for json in [nil, WebScene.text("Let me in")] {
          let answer = try await client.call(method, uri, token: token, json: json)
          let isOpen = ["/healthz", "/readyz", "/openapi.json"].contains(uri)
          #expect(
            isOpen ? answer.status == .ok : [.unauthorized, .forbidden].contains(answer.status),
            "\(method) \(uri)"
          )
          for secret in ["A secret", "Another secret", "wamid.", "Rita", WebScene.token] {
            #expect(!answer.text.contains(secret), "\(method) \(uri)")
          }
        }
      }
      #expect(try await scene.rows() == before)
    }
    #expect(scene.carrier.parcels.count == 1)
  }

  @Test func `who wrote to another number of the portfolio only is a stranger to a limited token`()
    async throws
  {
    let scene = try await WebScene()
    try await scene.customerWrites(to: WebScene.foreignNumber)
    let paths = ["conversations", "windows"].map { "/v1/\($0)/900800700/\(WebScene.user)" }
    try await scene.visit { client in
      for path in paths {
        let answer = try await client.call(.get, path)
        #expect(answer.status == .ok)
        for secret in ["Rita", WebScene.customer] {
          #expect(!answer.text.contains(secret), "\(path)")
        }
        #expect(answer.json["customer"]?["user_id"]?.text == WebScene.user, "what was asked")
      }
    }
    let own = try await WebScene()
    try await own.customerWrites()
    try await own.visit { client in
      for path in paths {
        let answer = try await client.call(.get, path)
        #expect(answer.json["customer"]?["wa_id"]?.text == WebScene.customer)
      }
    }
  }

  @Test func `what exists and what does not look the same to a stranger`() async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    try await scene.visit { client in
      for path in [
        "/v1/windows/%/491700000042", "/v1/conversations/%/491700000042/messages",
        "/v24.0/%/messages", "/v24.0/%",
      ] {
        let known = try await client.call(
          .get,
          path.replacing("%", with: WebScene.number.rawValue),
          token: nil
        )
        let unknown = try await client.call(
          .get,
          path.replacing("%", with: "900800799"),
          token: nil
        )
        #expect(known.status == unknown.status)
        #expect(known.text.replacing(WebScene.number.rawValue, with: "900800799") == unknown.text)
      }
    }
  }
}
