import CloudAPI
import CustomerCare
import Gateway
import Testing

@testable import Carriers

@Suite struct GraphAccountTests {
  static let token = AccessToken(secret)
  static let waba = WABAID(rawValue: "700100200300")

  /// Asks a server that always answers the same, and gives back the first line it was asked.
  private func ask<Answer>(
    answering answer: String,
    limits: CarrierLimits = patient,
    _ question: (GraphAccount) async throws -> Answer
  ) async throws -> (answer: Answer, asked: String) {
    try await MisbehavingServer.run(.answers(answer)) { server in
      let answer = try await withConnection(to: server.port, limits: limits) {
        try await question(GraphAccount(connection: $0, version: $1))
      }
      let request = await server.requests.first { _ in true } ?? ""
      return (answer, String(request.prefix { !$0.isNewline }))
    }
  }

  @Test func `a number is read`() async throws {
    let body = """
      {"id":"900800700","display_phone_number":"+49 30 000001","verified_name":"Praxis",
      "status":"CONNECTED","quality_rating":"GREEN","platform_type":"CLOUD_API",
      "throughput":{"level":"STANDARD"},"is_on_biz_app":true,
      "whatsapp_business_manager_messaging_limit":"TIER_1K"}
      """
    let (number, asked) = try await ask(answering: http("200 OK", body)) {
      try await $0.number(PhoneNumberID(rawValue: "900800700"), accessToken: Self.token)
    }
    #expect(asked.hasPrefix("GET /v24.0/900800700?fields=display_phone_number%2Cverified_name"))
    #expect(number.id.rawValue == "900800700")
    #expect(number.displayPhoneNumber == "+49 30 000001")
    #expect(number.verifiedName == "Praxis")
    #expect(number.status == "CONNECTED")
    #expect(number.qualityRating == "GREEN")
    #expect(number.platformType == "CLOUD_API")
    #expect(number.throughputLevel == "STANDARD")
    #expect(number.isOnBusinessApp == true)
    #expect(number.messagingLimit == "TIER_1K")
  }

  @Test func `the pages of a list are read by cursor until they end`() async throws {
    let first =
      #"{"data":[{"id":"1"},{"x":1}],"paging":{"cursors":{"after":"c&1"},"next":"http://x/"}}"#
    let last = #"{"data":[{"id":"2"}],"paging":{"cursors":{"after":"c2"}}}"#
    try await MisbehavingServer.run(.silent) { server in
      try await withConnection(to: server.port) { connection, version in
        let account = GraphAccount(connection: connection, version: version)
        async let numbers = account.numbers(of: Self.waba, accessToken: Self.token)
        var asked: [String] = []
        for await request in server.requests {
          asked.append(String(request.prefix { !$0.isNewline }))
          server.say(http("200 OK", asked.count == 1 ? first : last))
          if asked.count == 2 { break }
        }
        let listed = try await numbers
        #expect(listed.map(\.id.rawValue) == ["1", "2"])
        #expect(asked[0].hasPrefix("GET /v24.0/700100200300/phone_numbers?fields=id"))
        #expect(asked[1].contains("&after=c%261 "))
      }
    }
  }

  @Test func `a list that never ends is cut`() async throws {
    let page = (1...100).map { #"{"id":"\#($0)"}"# }.joined(separator: ",")
    let body = #"{"data":[\#(page)],"paging":{"cursors":{"after":"c"},"next":"http://x/"}}"#
    let (numbers, _) = try await ask(answering: http("200 OK", body)) {
      try await $0.numbers(of: Self.waba, accessToken: Self.token)
    }
    #expect(numbers.count == MetaNumber.listedMax)
  }

  @Test func `templates are read page by page, and said to be all only when they are`()
    async throws
  {
    let whole = #"{"id":"1","name":"a","language":"en-US","status":"APPROVED"}"#
    let more = #""paging":{"cursors":{"after":"c1"},"next":"http://x/"}"#
    for (second, count, isWhole) in [
      (#"{"data":[\#(whole)]}"#, 2, true), (#"{"data":[\#(whole),{"id":"2"}]}"#, 2, false),
      (#"{"data":[],\#(more)}"#, 1, false),
    ] {
      try await MisbehavingServer.run(.silent) { server in
        try await withConnection(to: server.port) { connection, version in
          let account = GraphAccount(connection: connection, version: version)
          async let templates = account.templates(of: Self.waba, accessToken: Self.token)
          var asked: [String] = []
          for await request in server.requests {
            asked.append(String(request.prefix { !$0.isNewline }))
            server.say(
              http("200 OK", asked.count == 1 ? #"{"data":[\#(whole)],\#(more)}"# : second)
            )
            if asked.count == 2 { break }
          }
          let listed = try await templates
          #expect(listed.listed.count == count)
          #expect(listed.listed.first?.language == "en_US")
          #expect(listed.isWhole == isWhole)
          #expect(asked[0].hasPrefix("GET /v24.0/700100200300/message_templates?fields=id%2Cname"))
          #expect(asked[0].contains("&limit=50"))
          #expect(asked[1].contains("&after=c1 "))
        }
      }
    }
  }

  @Test func `subscriptions are read and made`() async throws {
    let body = """
      {"data":[{"whatsapp_business_api_data":{"id":"1","name":"Ours","link":"x"}},
      {"whatsapp_business_api_data":{"id":"2"},"override_callback_uri":"https://e.example/"},{}]}
      """
    let (apps, asked) = try await ask(answering: http("200 OK", body)) {
      try await $0.subscribedApps(of: Self.waba, accessToken: Self.token)
    }
    #expect(asked == "GET /v24.0/700100200300/subscribed_apps HTTP/1.1")
    #expect(
      apps == [
        MetaApp(id: "1", name: "Ours"),
        MetaApp(id: "2", overrideCallbackURL: "https://e.example/"),
      ]
    )
    let (_, posted) = try await ask(answering: http("200 OK", #"{"success":true}"#)) {
      try await $0.subscribe(to: Self.waba, accessToken: Self.token)
    }
    #expect(posted == "POST /v24.0/700100200300/subscribed_apps HTTP/1.1")
  }

  @Test func `an app's webhook fields are read with the app's own token, which is never told`()
    async throws
  {
    let body = """
      {"data":[{"object":"page","callback_url":"https://e.example/","active":true,"fields":["feed"]},
      {"object":"whatsapp_business_account","callback_url":"https://wa.example/webhooks/meta",
      "active":false,"fields":[{"name":"messages","version":"v24.0"},{"name":"calls"}]},{}]}
      """
    let (subscriptions, asked) = try await ask(answering: http("200 OK", body)) {
      try await $0.subscriptions(of: "77", secret: "0123456789abcdef0123456789abcdef")
    }
    #expect(asked == "GET /v24.0/77/subscriptions HTTP/1.1")
    #expect(
      subscriptions == [
        MetaSubscription(
          object: "page",
          callbackURL: "https://e.example/",
          isActive: true,
          fields: ["feed"]
        ),
        MetaSubscription(
          object: MetaSubscription.whatsApp,
          callbackURL: "https://wa.example/webhooks/meta",
          isActive: false,
          fields: ["messages", "calls"]
        ),
      ]
    )
    let refusal = http(
      "400 Bad Request",
      #"{"error":{"code":15,"message":"Not with 77|0123456789abcdef0123456789abcdef"}}"#
    )
    let error = try await ask(answering: refusal) { account in
      await #expect(throws: MetaAccountError.self) {
        try await account.subscriptions(of: "77", secret: "0123456789abcdef0123456789abcdef")
      }
    }.answer
    #expect(error?.graphCode == 15)
    #expect(!String(reflecting: error).contains("0123456789abcdef"))
  }

  @Test func `a token's standing is read`() async throws {
    let body = """
      {"data":{"app_id":"77","type":"SYSTEM_USER","is_valid":true,"expires_at":0,
      "scopes":["whatsapp_business_messaging","whatsapp_business_management"],
      "granular_scopes":[{"scope":"whatsapp_business_messaging","target_ids":["1","700100200300"]},
      {"scope":"whatsapp_business_management","target_ids":["1"]},{"scope":"public_profile"}]}}
      """
    let (standing, asked) = try await ask(answering: http("200 OK", body)) {
      try await $0.standing(of: Self.token)
    }
    #expect(asked == "GET /v24.0/debug_token?input_token=\(secret) HTTP/1.1")
    #expect(standing.isValid && standing.appID == "77" && standing.kind == "SYSTEM_USER")
    #expect(standing.expiresAt == nil)
    #expect(standing.scopes.contains("public_profile"))
    #expect(standing.scopesMissing(for: Self.waba) == ["whatsapp_business_management"])
    #expect(standing.scopesMissing(for: WABAID(rawValue: "1")) == [])
    #expect(TokenStanding(isValid: true).scopesMissing(for: Self.waba).count == 2)
  }

  @Test func `Meta's time is read from any answer`() async throws {
    let answer = http("404 Not Found", "<html>", "Date: Sat, 21 Nov 2026 10:50:00 GMT")
    let (time, asked) = try await ask(answering: answer) { try await $0.serverTime() }
    #expect(asked == "GET /v24.0/ HTTP/1.1")
    #expect(time?.rfc3339 == "2026-11-21T10:50:00Z")
  }

  @Test(
    arguments: [
      "", "Sat, 21 Nov 2026 10:50:00", "Saturday, 21-Nov-26 10:50:00 GMT",
      "Sat, 32 Nov 2026 10:50:00 GMT", "Sat, 21 nov 2026 10:50:00 GMT",
      "Sat, 21 Nov 2026 10:50:00 UTC", "Sat Nov 21 10:50:00 2026",
    ]
  )
  func `what is no HTTP date is none`(text: String) {
    #expect(Instant(httpDate: text) == nil)
  }

  @Test(
    arguments: [
      (
        http("401 Unauthorized", #"{"error":{"code":190,"message":"Malformed \#(secret)"}}"#),
        "refused"
      ),
      (http("200 OK", "[]"), "unreadable"), (http("200 OK", "<html>"), "unreadable"),
      (http("502 Bad Gateway", "<html>"), "unreadable"), ("SSH-2.0\r\n", "unreachable"),
    ]
  )
  func `trouble says what was attempted and never the token`(answer: String, code: String)
    async throws
  {
    let error = try await ask(answering: answer) { account in
      await #expect(throws: MetaAccountError.self) { try await account.standing(of: Self.token) }
    }.answer
    #expect(error?.code.rawValue == code)
    #expect(error?.description.hasPrefix("could not check the access token: ") == true)
    #expect(!String(reflecting: error).contains(secret))
  }

  @Test func `an id that is none is not asked for`() async throws {
    try await MisbehavingServer.run(.answers(http("200 OK", "{}"))) { server in
      let error = try await withConnection(to: server.port) { connection, version in
        await #expect(throws: MetaAccountError.self) {
          try await GraphAccount(connection: connection, version: version)
            .numbers(of: WABAID(rawValue: "1/x"), accessToken: Self.token)
        }
      }
      #expect(error?.code == .unsayable)
      #expect(server.connectionCount == 0)
    }
  }
}
