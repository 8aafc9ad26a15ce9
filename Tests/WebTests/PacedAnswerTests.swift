import CloudAPI
import CustomerCare
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import SQLiteEngine
import Storage
import Support
import Testing

@testable import Web

/// What programs are told when Meta's limits on speed leave no slot that is near.
@Suite struct PacedAnswerTests {
  @Test(arguments: PaceLimit.allCases)
  func `no slot within ten seconds is Meta's own error, or 429, and leaves nothing behind`(
    limit: PaceLimit
  ) async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    try await scene.useUp(limit, until: scene.time.now + .milliseconds(20_001))
    let requests = try await scene.rows()["request"]
    try await scene.visit { client in
      for headers: HTTPFields in [[:], [.idempotencyKey: "k"]] {
        let told = try await client.call(
          .post,
          "/v24.0/900800700/messages",
          json: WebScene.text(),
          headers: headers
        )
        #expect(told.status == .badRequest)
        #expect(told.code == (limit == .pair ? "131056" : "130429"))
        #expect(told.headers[.retryAfter] == "21")
        #expect(told.headers[.careWindowVerdict] == "not-sent")
        #expect(told.headers[.careWindowWindow]?.hasPrefix("open; closes=") == true)
      }
      let message: JSON = [
        "from": "900800700", "to": .string(WebScene.customer), "type": "text",
        "text": ["body": "Hello"],
      ]
      let api = try await client.call(.post, "/v1/messages", json: message)
      #expect(api.status == .tooManyRequests)
      #expect(api.json["code"]?.text == (limit == .pair ? "pair_limit" : "throughput_limit"))
      #expect(api.json["meta_code"]?.integer == (limit == .pair ? 131_056 : 130_429))
      #expect(api.headers[.retryAfter] == "21")
      #expect(try await scene.rows()["request"] == requests)
      scene.time.advance(by: .milliseconds(20_001))
      let sent = try await client.call(
        .post,
        "/v24.0/900800700/messages",
        json: WebScene.text(),
        headers: [.idempotencyKey: "k"]
      )
      #expect(sent.status == .ok)
    }
  }
}

extension WebScene {
  /// Leaves nothing of a limit until then.
  fileprivate func useUp(_ limit: PaceLimit, until: Instant) async throws {
    let slack = limit == .pair ? PaceRule.pair().slack : PaceRule.throughput(80).slack
    try await engine.write(.rest) { unit in
      try unit.run(
        """
        INSERT INTO pace (phone_number_id, customer_id, paid_microseconds)
        SELECT CAST($number AS TEXT), \(limit == .pair ? "customer_id" : "''"), CAST($paid AS BIGINT)
        FROM conversation LIMIT 1
        """,
        ["number": .id(Self.number), "paid": .integer(until.microseconds + slack)]
      )
    }
  }
}
