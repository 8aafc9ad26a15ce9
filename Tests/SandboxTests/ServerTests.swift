import AsyncHTTPClient
import CloudAPI
import Hummingbird
import HummingbirdTesting
import Logging
import Testing

@testable import Sandbox

/// Real time that stands still: nobody waits for it in these tests.
struct StillTime: SandboxTime {
  func now() -> Int64 { Stage.start }

  func sleep(milliseconds: Int64) async throws {
    // Ends only when cancelled.
    for await _ in AsyncStream<Never>.makeStream().stream {}
    throw CancellationError()
  }
}

@Suite struct ServerTests {
  private func sandbox(deliverTo: String? = nil, isPublic: Bool = false) throws -> SandboxService {
    var logger = Logger(label: "sandbox")
    logger.logLevel = .critical
    return try SandboxService(
      SandboxConfiguration(
        port: 0,
        deliverTo: deliverTo,
        appSecret: Stage.secret,
        isPublic: isPublic
      ),
      clock: SandboxClock(.standing, time: StillTime()),
      logger: logger
    )
  }

  private static let bearer: HTTPFields = [
    .authorization: "Bearer sandbox-token", .contentType: "application/json",
  ]

  private func json(_ response: TestResponse) throws -> JSON {
    try JSON.parse(Array(buffer: response.body))
  }

  @Test func `a message goes in over HTTP and is on the phone`() async throws {
    try await sandbox().application().test(.live) { client in
      let sent = try await client.execute(
        uri: "/v24.0/900800700/messages",
        method: .post,
        headers: Self.bearer,
        body: ByteBuffer(bytes: Stage.template().serialized())
      )
      #expect(sent.status == .ok)
      let id = try json(sent).messageID
      let outbox = try await client.execute(
        uri: "/_sandbox/outbox?wa_id=491700000042",
        method: .get
      )
      #expect(try json(outbox)["data"]?.items.map { $0["id"]?.text } == [id])
    }
  }

  @Test(arguments: [
    ("example.org", nil as String?, false), ("127.0.0.1:8090", "http://example.org", false),
    ("127.0.0.1:8090", "http://127.0.0.1:8090", true), ("localhost", nil, true),
    ("[::1]:8090", nil, true), ("127.evil.example.org", nil, false),
    ("localhost.example.org:8090", nil, false),
  ])
  func `only who calls the sandbox by its own name is answered`(
    host: String,
    origin: String?,
    isAnswered: Bool
  ) {
    var headers = HTTPFields()
    headers[.origin] = origin
    let request = Request(
      head: HTTPRequest(
        method: .get,
        scheme: "http",
        authority: host,
        path: "/",
        headerFields: headers
      ),
      body: RequestBody(buffer: ByteBuffer())
    )
    #expect((HostCheck(isPublic: false).host(of: request) != nil) == isAnswered)
  }

  @Test func `a page elsewhere cannot move the clock`() async throws {
    try await sandbox().application().test(.live) { client in
      let response = try await client.execute(
        uri: "/_sandbox/clock/advance",
        method: .post,
        headers: [.origin: "http://example.org"],
        body: ByteBuffer(string: "{\"seconds\":1}")
      )
      #expect(response.status == .forbidden)
    }
  }

  @Test func `a sandbox that is not public refuses to listen elsewhere`() {
    #expect(throws: SandboxError.notLoopback("0.0.0.0")) {
      try SandboxService(
        SandboxConfiguration(host: "0.0.0.0", appSecret: "s"),
        clock: SandboxClock(.standing, time: StillTime()),
        logger: Logger(label: "sandbox")
      )
    }
  }

  @Test(arguments: [
    ("/_sandbox/nothing", "{}", 404), ("/_sandbox/faults", "{\"kind\":\"x\"}", 400),
    ("/_sandbox/clock/advance", "{\"seconds\":-1}", 400), ("/_sandbox/settings", "[]", 400),
    ("/_sandbox/settings", "{\"batch\":1001}", 400), ("/_sandbox/customers/abc/calls", "{}", 400),
    ("/_sandbox/reset", "", 200), ("/_sandbox/settings", "{\"batch\":1000}", 200),
  ])
  func `the desk says what is wrong`(uri: String, body: String, status: Int) async throws {
    try await sandbox().application().test(.live) { client in
      let response = try await client.execute(
        uri: uri,
        method: .post,
        body: ByteBuffer(string: body)
      )
      #expect(response.status.code == status)
    }
  }

  @Test(arguments: ["application/x-www-form-urlencoded", "text/plain", "application/json"])
  func `the desk reads JSON whatever the client calls it`(type: String) async throws {
    try await sandbox().application().test(.live) { client in
      let uri = "/_sandbox/clock/advance"
      for (body, status) in [("{\"seconds\":5}", 200), ("seconds=5", 400), ("5", 400)] {
        let response = try await client.execute(
          uri: uri,
          method: .post,
          headers: [.contentType: type],
          body: ByteBuffer(string: body)
        )
        #expect(response.status.code == status)
        let answer = try json(response)
        #expect(status == 200 || answer["error"]?["details"]?.text?.contains("JSON") == true)
        #expect(status != 200 || answer["now_ms"]?.integer == Stage.start + 5000)
      }
    }
  }

  @Test func `a connection that a fault ends has no answer`() async throws {
    try await sandbox().application().test(.ahc(.http)) { client in
      _ = try await client.execute(
        uri: "/_sandbox/faults",
        method: .post,
        body: ByteBuffer(string: "{\"kind\":\"drop\"}")
      )
      await #expect(throws: (any Error).self) {
        try await client.execute(
          uri: "/v24.0/900800700/messages",
          method: .post,
          headers: Self.bearer,
          body: ByteBuffer(bytes: Stage.template().serialized())
        )
      }
    }
  }
}
