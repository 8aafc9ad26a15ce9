@testable import Carriers
import Dispatch
import Gateway
import Synchronization
import Testing

/// A resolver that says what a test wants, and counts how often it was asked.
private final class PaperNames: Sendable {
  let asked = Mutex(0)
  private let answers: Mutex<[[IPAddress]]>

  /// The last answer stays.
  init(_ answers: [[UInt8]]...) {
    self.answers = Mutex(answers.map { $0.map(IPAddress.init) })
  }

  func resolve(_ host: String) -> [IPAddress] {
    asked.withLock { $0 += 1 }
    return answers.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? [] }
  }
}

@Suite(.timeLimit(.minutes(1))) struct CallbackConnectionTests {
  private static let here: [UInt8] = [127, 0, 0, 1]
  private static let ok = "HTTP/1.1 204 No Content\r\n\r\n"

  private func call(
    _ url: String,
    names: PaperNames = PaperNames([here]),
    listed: [String] = ["127.0.0.0/8"],
    _ limits: CallbackCallLimits = CallbackCallLimits(),
    times: Int = 1
  ) async throws -> [CallbackOutcome] {
    let connection = CallbackConnection(
      networks: CallbackNetworks(listed: try listed.map { try #require(IPNetwork($0)) }),
      limits: limits,
      lookup: HostLookup(threads: 1, resolve: { names.resolve($0) }),
      release: "1.0.0"
    )
    var outcomes: [CallbackOutcome] = []
    for _ in 1...times {
      outcomes.append(
        await connection.post(
          CallbackParcel(
            url: url,
            headers: [("webhook-id", "evt_1"), ("webhook-signature", "v1,abc")],
            body: Array(#"{"type":"x"}"#.utf8)
          )
        )
      )
    }
    await connection.close()
    return outcomes
  }

  @Test func `a delivery arrives as it is, at the address that was checked, under the host's name`()
    async throws
  {
    try await MisbehavingServer.run(.answers(Self.ok)) { server in
      let outcomes = try await call("http://crm.example.com:\(server.port)/hook?a=1")
      #expect(outcomes == [.delivered(status: 204)])
      var requests = server.requests.makeAsyncIterator()
      let request = try #require(await requests.next()).lowercased()
      #expect(request.hasPrefix("post /hook?a=1 http/1.1\r\n"))
      #expect(request.contains("host: crm.example.com:\(server.port)\r\n"))
      #expect(request.contains("content-type: application/json\r\n"))
      #expect(request.contains("webhook-id: evt_1\r\n"))
      #expect(request.contains("webhook-signature: v1,abc\r\n"))
      #expect(request.hasSuffix(#"{"type":"x"}"#))
    }
  }

  @Test(arguments: [200, 201, 299])
  func `every status from 200 to 299 is a delivery`(status: Int) async throws {
    let answer = "HTTP/1.1 \(status) Fine\r\nContent-Length: 0\r\n\r\n"
    try await MisbehavingServer.run(.answers(answer)) { server in
      let outcomes = try await call("http://crm.example.com:\(server.port)/")
      #expect(outcomes == [.delivered(status: status)])
    }
  }

  @Test(arguments: [301, 307, 400, 404, 429, 500, 503])
  func `every other status is none, and no redirect is followed`(status: Int) async throws {
    try await MisbehavingServer.run(.silent) { elsewhere in
      let answer =
        "HTTP/1.1 \(status) No\r\nLocation: http://crm.example.com:\(elsewhere.port)/\r\n"
        + "Content-Length: 0\r\n\r\n"
      try await MisbehavingServer.run(.answers(answer)) { server in
        let outcomes = try await call("http://crm.example.com:\(server.port)/")
        #expect(outcomes == [.answered(status: status)])
      }
      #expect(elsewhere.connectionCount == 0)
    }
  }

  private static let lies: [(String, MisbehavingServer.Behaviour)] = [
    (
      "promises more than it says",
      .answersAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")
    ),
    ("promises more and waits", .answers("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")),
    (
      "says far more than is read",
      .answers(
        "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + String(repeating: "x", count: 100_000)
      )
    ),
    (
      "never ends",
      .answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    ),
  ]

  @Test(arguments: lies.indices)
  func `whoever lies about the length was called all the same`(lie: Int) async throws {
    var limits = CallbackCallLimits()
    limits.whole = .milliseconds(500)
    try await MisbehavingServer.run(Self.lies[lie].1) { server in
      let outcomes = try await call("http://crm.example.com:\(server.port)/", limits)
      #expect(outcomes == [.delivered(status: 200)], "\(Self.lies[lie].0)")
    }
  }

  @Test func `whoever hangs is left when the time is over`() async throws {
    var limits = CallbackCallLimits()
    limits.whole = .milliseconds(200)
    for behaviour in [MisbehavingServer.Behaviour.silent, .deaf] {
      try await MisbehavingServer.run(behaviour) { server in
        let outcomes = try await call("http://crm.example.com:\(server.port)/", limits)
        #expect(outcomes == [.failed(.timeout)])
      }
    }
  }

  @Test func `who hangs takes no connection from another callback on the same host`() async throws {
    try await MisbehavingServer.run(.silent) { server in
      let connection = CallbackConnection(
        networks: CallbackNetworks(listed: [try #require(IPNetwork("127.0.0.0/8"))]),
        limits: CallbackCallLimits(),
        lookup: HostLookup(threads: 1, resolve: { _ in [IPAddress(Self.here)] }),
        release: "1.0.0"
      )
      let most = CallbackLimits().perCallbackMax * 2
      let outcomes = await withTaskGroup(of: CallbackOutcome.self) { group in
        for index in 0..<most {
          let url = "http://crm.example.com:\(server.port)/\(index % 2)"
          group.addTask { await connection.post(CallbackParcel(url: url, headers: [], body: [])) }
        }
        // All of them are there at once, before anybody is answered.
        var requests = server.requests.makeAsyncIterator()
        for _ in 0..<most { _ = await requests.next() }
        server.say(Self.ok)
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes == Array(repeating: .delivered(status: 204), count: most))
      await connection.close()
    }
  }

  @Test func `whoever closes or is not there has not been called`() async throws {
    for behaviour in [MisbehavingServer.Behaviour.closesAtOnce, .closesAfterReading] {
      try await MisbehavingServer.run(behaviour) { server in
        let outcomes = try await call("http://crm.example.com:\(server.port)/")
        #expect(outcomes == [.failed(.connection)])
      }
    }
  }

  @Test func `a name that moved to a private address is not called`() async throws {
    try await MisbehavingServer.run(.answers(Self.ok)) { server in
      let url = "http://crm.example.com:\(server.port)/"
      let names = PaperNames([Self.here], [[127, 0, 0, 2]])
      let outcomes = try await call(url, names: names, listed: ["127.0.0.1"], times: 2)
      #expect(outcomes == [.delivered(status: 204), .failed(.forbiddenAddress)])
      #expect(server.connectionCount == 1)
      #expect(names.asked.withLock { $0 } == 2)
    }
  }

  @Test func `of several addresses one that is allowed is called`() async throws {
    try await MisbehavingServer.run(.answers(Self.ok)) { server in
      let names = PaperNames([[169, 254, 169, 254], Self.here])
      let outcomes = try await call("http://crm.example.com:\(server.port)/", names: names)
      #expect(outcomes == [.delivered(status: 204)])
    }
  }

  @Test(arguments: [
    "http://127.0.0.1", "http://localhost", "http://[::1]", "http://[::ffff:127.0.0.1]",
    "http://2130706433", "http://0x7f.1", "https://10.1.2.3", "http://169.254.169.254",
    "http://[fe80::1]",
  ])
  func `an address of this machine or network is not called unless it is listed`(
    host: String
  ) async throws {
    try await MisbehavingServer.run(.answers(Self.ok)) { server in
      let outcomes = try await call("\(host):\(server.port)/", listed: [])
      #expect(outcomes == [.failed(.forbiddenAddress)])
      #expect(server.connectionCount == 0)
    }
  }

  @Test func `plain http goes to listed networks only`() async throws {
    let outcomes = try await call("http://crm.example.com/", names: PaperNames([[8, 8, 8, 8]]))
    #expect(outcomes == [.failed(.plainHTTP)])
  }

  @Test func `a host without an address is said to be unknown`() async throws {
    #expect(
      try await call("https://crm.example.com/", names: PaperNames()) == [.failed(.unknownHost)]
    )
  }

  @Test func `a name server that hangs is left when the time is over`() async throws {
    var limits = CallbackCallLimits()
    limits.lookup = .milliseconds(100)
    let door = DispatchSemaphore(value: 0)
    let connection = CallbackConnection(
      networks: CallbackNetworks(),
      limits: limits,
      lookup: HostLookup(threads: 1) { _ in
        door.wait()
        return []
      },
      release: "1.0.0"
    )
    let parcel = CallbackParcel(url: "https://crm.example.com/", headers: [], body: [])
    #expect(await connection.post(parcel) == .failed(.unknownHost))
    door.signal()
    await connection.close()
  }
}
