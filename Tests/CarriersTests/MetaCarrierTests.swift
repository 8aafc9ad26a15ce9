import Carriers
import CustomerCare
import Foundation
import Gateway
import Testing

@Suite struct MetaCarrierTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var behaviour: MisbehavingServer.Behaviour
    var scheme = "http"
    var limits = patient
    var outcomes: Set<String>

    init(
      _ description: String,
      _ behaviour: MisbehavingServer.Behaviour,
      scheme: String = "http",
      limits: CarrierLimits = patient,
      is outcomes: String...
    ) {
      testDescription = description
      self.behaviour = behaviour
      self.scheme = scheme
      self.limits = limits
      self.outcomes = Set(outcomes)
    }
  }

  static let accepted = #"{"messages":[{"id":"wamid.A"}]}"#
  static let half = "HTTP/1.1 200 OK\r\ncontent-length: 31\r\n\r\n{\"messages\":"

  static let rows = [
    Row("an answer with an id", .answers(http("200 OK", accepted)), is: "accepted"),
    Row(
      "a receipt's answer",
      .answers(http("200 OK", #"{"success":true}"#)),
      is: "acknowledged"
    ),
    Row("a refusal", .answers(http("400 Bad Request", error(131_047))), is: "refused"),
    Row("garbage with 200", .answers(http("200 OK", "<html>")), is: "unknown"),
    Row("half an answer, then silence", .answers(half), limits: hasty, is: "unknown"),
    Row("half an answer, then the end", .answersAndCloses(half), is: "unknown"),
    Row(
      "an answer too large",
      .answers(http("200 OK", accepted + String(repeating: " ", count: 1 << 20))),
      is: "unknown"
    ),
    Row(
      "an answer without end",
      .drips(http("200 OK", accepted + String(repeating: " ", count: 10_000))),
      limits: hasty,
      is: "unknown"
    ),
    Row(
      "a redirect",
      .answers(http("302 Found", "", "location: /v24.0/1/messages")),
      is: "unknown"
    ),
    Row("a page with 502", .answers(http("502 Bad Gateway", "<html>")), is: "unknown"),
    Row("no HTTP", .answers("SSH-2.0-OpenSSH_9.6\r\n"), is: "unknown"),
    Row("silence", .silent, limits: hasty, is: "unknown"),
    Row("the end after reading", .closesAfterReading, is: "unknown"),
    // Whether the head left before the end was seen is a race, and so both are true.
    Row("the end at once", .closesAtOnce, limits: hasty, is: "unknown", "not sent"),
    Row(
      "the end at once instead of TLS",
      .closesAtOnce,
      scheme: "https",
      limits: hasty,
      is: "not sent"
    ),
    Row("silence instead of TLS", .silent, scheme: "https", limits: hasty, is: "not sent"),
    Row(
      "garbage instead of TLS",
      .speaksFirst("HTTP/1.1 400\r\n\r\n"),
      scheme: "https",
      limits: hasty,
      is: "not sent"
    ),
  ]

  static func error(_ code: Int) -> String {
    #"{"error":{"message":"(#\#(code)) No","code":\#(code)}}"#
  }

  @Test(arguments: rows)
  func `every way a server behaves has its outcome`(row: Row) async throws {
    try await MisbehavingServer.run(row.behaviour) { server in
      let carried = try await carry(to: server.port, scheme: row.scheme, limits: row.limits)
      #expect(row.outcomes.contains(carried.outcome.name), "\(carried)")
      for text in ["\(carried)", String(reflecting: carried)] { #expect(!text.contains(secret)) }
    }
  }

  @Test func `nothing is sent where nobody listens`() async throws {
    let carried = try await carry(to: MisbehavingServer.deadPort(), limits: hasty)
    #expect(carried.outcome.name == "not sent")
    #expect(carried.answer == nil)
  }

  @Test func `a request that cannot be written to its end is unknown`() async throws {
    try await MisbehavingServer.run(.deaf) { server in
      // More than the buffers of both sockets hold.
      let large = parcel(body: String(repeating: " ", count: 16 << 20))
      let limits = CarrierLimits(
        connect: .milliseconds(500),
        write: .milliseconds(500),
        whole: .seconds(60)
      )
      let carried = try await carry(large, to: server.port, limits: limits)
      #expect(carried.outcome == .unknown(reason: "the request could not be written in time"))
    }
  }

  @Test func `the request is made of typed parts and nothing else`() async throws {
    try await MisbehavingServer.run(.answers(http("200 OK", Self.accepted))) { server in
      let carried = try await carry(
        parcel(road: .marketingMessages, version: "v25.1"),
        to: server.port
      )
      #expect(carried.outcome == .accepted(MessageID(rawValue: "wamid.A")))
      let request = try #require(await server.requests.first { _ in true })
      let parts = request.components(separatedBy: "\r\n\r\n")
      let lines = parts[0].components(separatedBy: "\r\n")
      #expect(lines[0] == "POST /v25.1/900800700/marketing_messages HTTP/1.1")
      let headers = Set(lines.dropFirst().map { $0.lowercased() })
      #expect(
        headers == [
          "user-agent: carewindow/1.2.3", "accept: application/json",
          "authorization: bearer \(secret.lowercased())", "content-type: application/json",
          "host: 127.0.0.1:\(server.port)", "content-length: 32",
        ]
      )
      #expect(parts[1] == #"{"messaging_product":"whatsapp"}"#)
    }
  }

  @Test func `an answer is handed on as it came`() async throws {
    let body = #"{ "error" : {"code":131047, "message":"(#131047) Closed",  "x":1.0} }"#
    try await MisbehavingServer.run(.answers(http("400 Bad Request", body))) { server in
      let carried = try await carry(to: server.port)
      #expect(carried.answer == MetaAnswer(status: 400, body: Array(body.utf8)))
    }
  }

  @Test func `a token that Meta quotes is taken out of the answer`() async throws {
    let body = #"{"error":{"code":190,"message":"Malformed access token \#(secret)"}}"#
    try await MisbehavingServer.run(.answers(http("401 Unauthorized", body))) { server in
      let carried = try await carry(to: server.port)
      let shown = String(decoding: try #require(carried.answer).body, as: UTF8.self)
      #expect(shown == #"{"error":{"code":190,"message":"Malformed access token <access token>"}}"#)
      guard case .refused(let refusal) = carried.outcome else {
        Issue.record("\(carried.outcome)")
        return
      }
      #expect(refusal.title == "Malformed access token <access token>")
    }
  }

  @Test func `a redirect is not followed`() async throws {
    try await MisbehavingServer.run(.answers(http("200 OK", Self.accepted))) { elsewhere in
      let answer = http(
        "307 Temporary Redirect",
        "",
        "location: http://127.0.0.1:\(elsewhere.port)/"
      )
      try await MisbehavingServer.run(.answers(answer)) { server in
        let carried = try await carry(to: server.port)
        #expect(carried.outcome.name == "unknown")
        #expect(carried.answer?.status == 307)
        #expect(elsewhere.connectionCount == 0)
      }
    }
  }

  @Test(
    arguments: [
      parcel(from: ""), parcel(from: "9/messages?x="), parcel(from: "٩٠٠"),
      parcel(from: String(repeating: "9", count: 33)), parcel(version: "24.0"),
      parcel(version: "v24.0/../v1.0"), parcel(version: ""), parcel(token: ""),
      parcel(token: secret + "\r\nx: y"), parcel(token: "Bearer " + secret),
    ]
  )
  func `what cannot be part of a request is not sent`(parcel: Parcel) async throws {
    try await MisbehavingServer.run(.answers(http("200 OK", Self.accepted))) { server in
      let carried = try await carry(parcel, to: server.port)
      #expect(carried.outcome.name == "not sent")
      #expect(!"\(carried)".contains(secret))
      #expect(server.connectionCount == 0)
    }
  }
}
