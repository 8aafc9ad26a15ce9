import CloudAPI
import CustomerCare
import Gateway
import HTTPTypes
import HummingbirdTesting
import Storage
import Support
import Testing

@testable import Web

@Suite struct CallbacksAPITests {
  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  private static let all = "/v1/callbacks"

  private static func draft(_ more: KeyValuePairs<String, JSON> = [:]) -> JSON {
    var json: JSON = [
      "url": "https://crm.example.com/hook", "kinds": ["window.closed", "message.received"],
      "numbers": ["900800700"], "secret": .string(secret),
    ]
    for (key, value) in more { json.set(key, to: value) }
    return json
  }

  @Test func `a callback is added, shown, listed and removed, and its secret never told`()
    async throws
  {
    let scene = try await WebScene()
    try await scene.visit { client in
      let added = try await client.call(
        .post,
        Self.all,
        json: Self.draft()
      )
      #expect(added.status == .created, "\(added.text)")
      let id = try #require(added.json["id"]?.text)
      #expect(added.json["url"]?.text == "https://crm.example.com/hook")
      #expect(added.json["kinds"] == ["message.received", "window.closed"])
      #expect(added.json["numbers"] == ["900800700"])
      #expect(added.json["pending"]?.integer == 0)
      let shown = try await client.call(.get, "\(Self.all)/\(id)")
      #expect(shown.json == added.json)
      let listed = try await client.call(.get, Self.all)
      #expect(listed.json["data"]?.items == [added.json])
      for answer in [added, shown, listed] { #expect(!answer.text.contains("MfKQ")) }
      let removed = try await client.call(.delete, "\(Self.all)/\(id)")
      #expect(removed.status == .noContent)
      #expect(try await client.call(.delete, "\(Self.all)/\(id)").status == .notFound)
      #expect(try await client.call(.get, "\(Self.all)/\(id)").status == .notFound)
    }
  }

  private static let wrong: [(JSON, HTTPResponse.Status, String)] = [
    (draft(["url": "ftp://crm.example.com"]), .badRequest, "url"),
    (draft(["url": 7]), .badRequest, "url"), (draft(["kinds": []]), .badRequest, "kinds"),
    (draft(["kinds": ["all"]]), .badRequest, "kinds"),
    (draft(["kinds": "x"]), .badRequest, "kinds"),
    (draft(["numbers": []]), .badRequest, "numbers"),
    (draft(["numbers": ["111"]]), .notFound, "number"),
    (draft(["secret": "short"]), .badRequest, "secret"), (draft(["more": 1]), .badRequest, "more"),
  ]

  @Test(arguments: wrong.indices)
  func `what is wrong is named, and nothing is kept`(index: Int) async throws {
    let (json, status, word) = Self.wrong[index]
    let scene = try await WebScene()
    try await scene.visit { client in
      let answer = try await client.call(.post, Self.all, json: json)
      #expect(answer.status == status, "\(answer.text)")
      #expect(answer.json["detail"]?.text?.contains(word) == true, "\(answer.text)")
      #expect(try await client.call(.get, Self.all).json["data"]?.items.isEmpty == true)
    }
  }

  @Test func `there may be so many callbacks and no more`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      for _ in 0..<32 {
        #expect(try await client.call(.post, Self.all, json: Self.draft()).status == .created)
      }
      let answer = try await client.call(.post, Self.all, json: Self.draft())
      #expect(answer.status == .conflict)
      #expect(answer.json["code"]?.text == "too_many_callbacks")
    }
  }

  @Test(arguments: [WebScene.reader, WebScene.sender])
  func `only a token that may manage sees callbacks`(token: String) async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      for method in [HTTPRequest.Method.get, .post] {
        let answer = try await client.call(method, Self.all, token: token, json: Self.draft())
        #expect(answer.status == .forbidden)
      }
    }
  }

  @Test func `a token for one number manages callbacks of that number only`() async throws {
    let scene = try await WebScene()
    let (limited, manager) = (WebScene.token, try await scene.manager())
    let forAll = Self.draft(["numbers": .null])
    try await scene.visit { client in
      let whole = try await client.call(.post, Self.all, token: manager, json: forAll)
      let id = try #require(whole.json["id"]?.text)
      #expect(
        try await client.call(.post, Self.all, token: limited, json: forAll).status
          == .notFound
      )
      let own = try await client.call(
        .post,
        Self.all,
        token: limited,
        json: Self.draft()
      )
      #expect(own.status == .created)
      let listed = try await client.call(.get, Self.all, token: limited)
      #expect(listed.json["data"]?.items == [own.json])
      for (method, path) in [
        (HTTPRequest.Method.get, ""), (.delete, ""), (.get, "/deliveries"), (.post, "/redeliver"),
      ] {
        let answer = try await client.call(
          method,
          "\(Self.all)/\(id)\(path)",
          token: limited,
          json: method == .post ? [:] : nil
        )
        #expect(answer.status == .notFound, "\(method) \(path)")
      }
    }
  }

  @Test func `deliveries are shown by their state, and delivered again`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      let added = try await client.call(.post, Self.all, json: Self.draft())
      let path = "\(Self.all)/\(try #require(added.json["id"]?.text))"
      try await scene.owe(
        CallbackID(try #require(added.json["id"]?.text)),
        ["evt_a": .dead, "evt_b": .delivered]
      )
      let listed = try await client.call(.get, path + "/deliveries")
      #expect(listed.json["data"]?.items.count == 2)
      let dead = try await client.call(.get, path + "/deliveries?delivery_state=dead")
      let item = try #require(dead.json["data"]?.items.first)
      #expect(dead.json["data"]?.items.count == 1)
      #expect(item["id"]?.text == "evt_a")
      #expect(item["kind"]?.text == "message.received")
      #expect(item["result"]?.text == "http_500")
      #expect(item["attempts"]?.integer == 1)
      #expect(item["next_at"] == nil)
      #expect(try await client.call(.get, path).json["dead"]?.integer == 1)
      let wrong = try await client.call(.get, path + "/deliveries?delivery_state=lost")
      #expect(wrong.status == .badRequest)

      let all = try await client.call(.post, path + "/redeliver", json: [:])
      #expect(all.status == .accepted)
      #expect(all.json["redelivering"]?.integer == 1)
      let one = try await client.call(.post, path + "/redeliver", json: ["delivery": "evt_b"])
      #expect(one.json["redelivering"]?.integer == 1)
      let again = try await client.call(.post, path + "/redeliver", json: ["delivery": "evt_b"])
      #expect(again.status == .notFound)
      #expect(again.json["code"]?.text == "unknown_delivery")
      #expect(try await client.call(.get, path).json["pending"]?.integer == 2)
    }
  }
}

extension WebScene {
  /// A token that may manage, for all numbers.
  fileprivate func manager() async throws -> String {
    let secret = "cw_manager"
    let now = time.now
    try await engine.write(.rest) { unit in
      try Tokens.create(
        TokenRecord(
          id: "tok_manager",
          name: "manager",
          hash: TokenSecret.hash(of: secret),
          scopes: [.manage],
          createdAt: now
        ),
        in: unit
      )
    }
    return secret
  }

  /// Owes a callback deliveries that have ended.
  fileprivate func owe(
    _ callback: CallbackID,
    _ ended: KeyValuePairs<String, Deliver.Settlement>
  ) async throws {
    let now = time.now
    let ended = ended.map { ($0.key, $0.value) }
    try await engine.write(.rest) { unit in
      try Deliver.promise(
        ended.map { id, _ in
          Deliver.Promise(
            callback: callback,
            id: id,
            kind: .messageReceived,
            lane: id,
            body: Array("{}".utf8)
          )
        },
        at: now,
        in: unit
      )
      let due = try Deliver.due(callback, now: now, limit: 10, in: unit)
      for claimed in try Deliver.claim(due, now: now, until: now + .seconds(60), in: unit) {
        guard let settlement = ended.first(where: { $0.0 == claimed.id })?.1 else { continue }
        try Deliver.settle(claimed, as: settlement, result: "http_500", now: now, in: unit)
      }
    }
  }
}
