import AsyncHTTPClient
import CloudAPI
import Hummingbird
import HummingbirdTesting
import Logging
import Synchronization
import Testing

@testable import Sandbox

/// A webhook that keeps what it gets, and answers the first posts with 503.
final class Receiver: HTTPResponder, Sendable {
  typealias Context = SandboxContext

  struct Post: Sendable {
    let body: [UInt8]
    let signature: String?
    let at: Int64
  }

  private let refusals: Mutex<Int>
  private let kept = Mutex<[Post]>([])
  private let clock: SandboxClock

  init(refusals: Int = 0, clock: SandboxClock) {
    self.refusals = Mutex(refusals)
    self.clock = clock
  }

  var posts: [Post] { kept.withLock { $0 } }

  func respond(to request: Request, context: SandboxContext) async throws -> Response {
    let body = Array(buffer: try await request.body.collect(upTo: 4 << 20))
    let signature = request.head.headerFields.first {
      $0.name.canonicalName == Signature.headerName.lowercased()
    }
    let now = clock.now
    kept.withLock {
      $0.append(Post(body: body, signature: signature?.value, at: now))
    }
    let isRefused = refusals.withLock { left in
      left -= 1
      return left >= 0
    }
    return Response(status: isRefused ? .serviceUnavailable : .ok)
  }
}

@Suite struct DeliveryTests {
  /// Runs a sandbox that posts to a receiver.
  private func deliver(
    refusals: Int = 0,
    _ act: @Sendable @escaping (SandboxService, Receiver) async throws -> Void
  ) async throws {
    var logger = Logger(label: "sandbox")
    logger.logLevel = .critical
    let quiet = logger
    let clock = SandboxClock(.standing, time: StillTime())
    let receiver = Receiver(refusals: refusals, clock: clock)
    let webhook = Application(
      responder: receiver,
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
      logger: quiet
    )
    try await webhook.test(.live) { client in
      let port = try #require(client.port)
      let sandbox = try SandboxService(
        SandboxConfiguration(
          port: 0,
          deliverTo: "http://127.0.0.1:\(port)/webhooks/meta",
          appSecret: Stage.secret
        ),
        clock: clock,
        logger: quiet
      )
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await sandbox.run() }
        _ = try #require(await sandbox.port())
        try await act(sandbox, receiver)
        group.cancelAll()
      }
    }
  }

  @Test func `a webhook is signed over its bytes and says what happened`() async throws {
    try await deliver { sandbox, receiver in
      try sandbox.world.customerWrites(Stage.customer, ["text": "Hello \u{2728}"])
      await sandbox.world.advance(milliseconds: 0)
      let post = try #require(receiver.posts.first)
      #expect(receiver.posts.count == 1)
      #expect(
        Signature.isValid(header: post.signature, body: post.body, secrets: [Stage.secret])
      )
      #expect(!Signature.isValid(header: post.signature, body: post.body, secrets: ["other"]))
      let value = try JSON.parse(post.body)["entry"]?.items.first?["changes"]?.items.first?["value"]
      #expect(value?["messages"]?.items.first?["text"]?["body"]?.text == "Hello \u{2728}")
    }
  }

  @Test func `moving the clock delivers what falls due, each at its own instant`() async throws {
    try await deliver { sandbox, receiver in
      try sandbox.world.customerCalls(Stage.customer, ["answered": true, "seconds": 60])
      try sandbox.world.customerWrites("491700000043", ["delay_ms": 30_000])
      await sandbox.world.advance(milliseconds: 86_400_000)
      #expect(receiver.posts.map { $0.at - Stage.start } == [0, 30_000, 60_000])
      #expect(sandbox.world.clock.now == Stage.start + 86_400_000)
    }
  }

  @Test func `a body that was refused comes again, byte for byte`() async throws {
    try await deliver(refusals: 3) { sandbox, receiver in
      try sandbox.world.customerWrites(Stage.customer)
      await sandbox.world.advance(milliseconds: 60_000)
      #expect(receiver.posts.count == 4)
      #expect(Set(receiver.posts.map(\.body)).count == 1)
      let state = sandbox.world.with { meta, now in meta.state(now: now) }
      #expect(state["webhooks"]?["delivered"]?.integer == 1)
      #expect(state["webhooks"]?["waiting"]?.integer == 0)
    }
  }
}

@Suite struct SandboxClockTests {
  @Test func `a standing clock stands, moves forward only and tells those who listen`() async {
    let clock = SandboxClock(.standing, time: StillTime())
    let moves = clock.moves()
    clock.move(to: Stage.start - 1)
    #expect(clock.now == Stage.start)
    clock.move(to: Stage.start + 5)
    #expect(clock.now == Stage.start + 5)
    #expect(await moves.first { _ in true } == Stage.start + 5)
  }

  @Test func `a flowing clock can be moved beside the real one`() {
    let clock = SandboxClock(.flowing, time: StillTime(), start: 1000)
    #expect(clock.now == 1000)
    clock.move(to: 2000)
    #expect(clock.now == 2000)
  }
}
