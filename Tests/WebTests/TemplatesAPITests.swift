import CloudAPI
import CustomerCare
import HTTPTypes
import HummingbirdTesting
import Storage
import Support
import Testing

@testable import Web

@Suite struct TemplatesAPITests {
  private static func listed(_ name: String) -> ListedTemplateRecord {
    ListedTemplateRecord(
      id: TemplateID(name),
      name: name,
      language: "de",
      status: name == "b" ? .paused : .approved,
      statusReason: name == "b" ? "FIRST_PAUSE" : nil,
      category: .utility,
      components: #"[{"type":"BODY","text":"Hallo."}]"#,
      form: TemplateForm(body: "Hallo.")
    )
  }

  @Test func `templates are listed in pages, those of other accounts are not seen`() async throws {
    let scene = try await WebScene()
    let now = scene.time.now
    try await scene.engine.write(.rest) { unit in
      for (waba, names) in [("700100200300", ["a", "b", "c"]), ("1", ["other"])] {
        try Templates.record(names.map(Self.listed), of: WABAID(waba), askedAt: now, in: unit)
      }
    }
    try await scene.visit { client in
      let first = try await client.call(.get, "/v1/templates?limit=2")
      #expect(first.status == .ok, "\(first.text)")
      #expect(first.json["data"]?.items.map { $0["name"]?.text } == ["a", "b"])
      #expect(first.json["data"]?.items.map { $0["sendable"]?.flag } == [true, false])
      let paused = try #require(first.json["data"]?.items.last)
      #expect(paused["status"]?.text == "PAUSED")
      #expect(paused["status_reason"]?.text == "FIRST_PAUSE")
      #expect(paused["components"]?.items.first?["text"]?.text == "Hallo.")
      let next = try #require(first.json["next"]?.text)
      let last = try await client.call(.get, "/v1/templates?limit=2&cursor=\(next)")
      #expect(last.json["data"]?.items.map { $0["name"]?.text } == ["c"])
      #expect(last.json["next"] == nil)
    }
  }

  @Test func `a token that may only send sees none`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      let answer = try await client.call(.get, "/v1/templates", token: WebScene.sender)
      #expect(answer.status == .forbidden, "\(answer.text)")
    }
  }
}
