import CloudAPI
import Gateway
import NIOCore
import NIOEmbedded
import NIOHTTP1
import SQLiteEngine
import Storage
import Synchronization
import Testing

@testable import Web

/// The order and the end of what comes over one connection.
@Suite struct WebhookDoorTests {
  private static let body = Array("{}".utf8)
  private static let alive = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"

  private static func webhook(_ index: Int, _ headers: String = "") -> String {
    LiveScene.post(Array("{\"n\":\(index)}".utf8), headers)
  }

  /// The first line of each answer.
  private static func statuses(_ answer: String) -> [String] {
    answer.split(separator: "HTTP/1.1 ").map { String($0.prefix(3)) }
  }

  @Test func `requests that are sent without waiting are answered in their order`() async throws {
    let scene = try await WebScene()
    let last = "Connection: close\r\n"
    let foreign = LiveScene.post(Self.body, signature: "sha256=00")
    let unknown = "GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n"
    let requests = [
      Self.webhook(1), Self.webhook(2), Self.alive, Self.webhook(3), foreign, unknown, Self.alive,
      Self.webhook(4), unknown, Self.webhook(5, last),
    ]
    try await LiveScene.visit(scene) { live in
      let answer = try await live.connect { connection in
        try await connection.send(requests.joined())
        return try await connection.untilClosed()
      }
      let wanted = ["200", "200", "200", "200", "401", "404", "200", "200", "404", "200"]
      #expect(Self.statuses(answer) == wanted)
    }
    let bodies = try await scene.engine.read { unit in
      try Journal.pending(limit: 10, in: unit).map { String(decoding: $0.body, as: UTF8.self) }
    }
    #expect(bodies == (1...5).map { "{\"n\":\($0)}" })
  }

  @Test(arguments: [11, 50, 337, 400])
  func `it does not matter how a request is cut`(size: Int) async throws {
    let scene = try await WebScene()
    let request = Array((Self.webhook(1) + Self.webhook(2, "Connection: close\r\n")).utf8)
    try await LiveScene.visit(scene) { live in
      let answer = try await live.connect { connection in
        for start in stride(from: 0, to: request.count, by: size) {
          let piece = request[start..<min(start + size, request.count)]
          try await connection.send(String(decoding: piece, as: UTF8.self))
        }
        return try await connection.untilClosed()
      }
      #expect(Self.statuses(answer) == ["200", "200"])
    }
    #expect(try await scene.rows()["journal"] == 2)
  }

  @Test func `a webhook that is cut behind another request is still read`() async throws {
    let scene = try await WebScene()
    let requests = Array((Self.alive + Self.webhook(1, "Connection: close\r\n")).utf8)
    let cut = requests.count - 3
    try await LiveScene.visit(scene) { live in
      let answer = try await live.connect { connection in
        try await connection.send(String(decoding: requests[..<cut], as: UTF8.self))
        try await connection.send(String(decoding: requests[cut...], as: UTF8.self))
        return try await connection.untilClosed()
      }
      #expect(Self.statuses(answer) == ["200", "200"])
    }
    #expect(try await scene.rows()["journal"] == 1)
  }

  @Test func `what is no request does not overtake the answer before it`() async throws {
    let scene = try await WebScene()
    try await LiveScene.visit(scene) { live in
      for before in ["", Self.alive] {
        let answer = try await live.connect { connection in
          try await connection.send(before + Self.webhook(1) + "NONSENSE\r\n\r\n")
          return try await connection.untilClosed()
        }
        let wanted = before.isEmpty ? ["200", "400"] : ["200", "200", "400"]
        #expect(Self.statuses(answer) == wanted)
      }
    }
    #expect(try await scene.rows()["journal"] == 2)
  }

  @Test func `a target may name the host`() async throws {
    let scene = try await WebScene()
    try await LiveScene.visit(scene) { live in
      for target in ["http://care.example.org/webhooks/meta", "https://x:8080/webhooks/meta?a=b"] {
        let answer = try await live.deliver(Self.body, to: target)
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
      }
      let elsewhere = try await live.deliver(Self.body, to: "http://x/webhooks/metal")
      #expect(!elsewhere.hasPrefix("HTTP/1.1 200 "))
    }
    #expect(try await scene.rows()["journal"] == 2)
  }

  @Test func `who asks for another protocol is answered, and connects again`() async throws {
    let scene = try await WebScene()
    let upgrade = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n"
    try await LiveScene.visit(scene) { live in
      for request in [Self.webhook(1, upgrade), Self.webhook(2, upgrade) + Self.webhook(3)] {
        let answer = try await live.connect { connection in
          try await connection.send(request)
          return try await connection.untilClosed()
        }
        #expect(Self.statuses(answer) == ["200"])
        #expect(answer.lowercased().contains("connection: close"))
      }
    }
    #expect(try await scene.rows()["journal"] == 2)
  }

  @Test func `a body in chunks is a body`() async throws {
    let scene = try await WebScene()
    let signature = Signature.header(for: Self.body, secret: WebScene.secret)
    try await LiveScene.visit(scene) { live in
      let answer = try await live.connect { connection in
        try await connection.send(
          "POST /webhooks/meta HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: \(signature)\r\n"
            + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
        )
        return try await connection.untilClosed()
      }
      #expect(Self.statuses(answer) == ["200"])
    }
    #expect(try await scene.rows()["journal"] == 1)
  }

  @Test func `who closes their side after sending is still answered`() async throws {
    let scene = try await WebScene()
    try await LiveScene.visit(scene) { live in
      let answer = try await live.connect { connection in
        try await connection.send(Self.webhook(1))
        try await connection.channel.close(mode: .output)
        return try await connection.untilClosed()
      }
      #expect(Self.statuses(answer) == ["200"])
    }
    #expect(try await scene.rows()["journal"] == 1)
  }

  @Test func `who leaves in the middle of a body leaves nothing behind`() async throws {
    var limits = IntakeLimits()
    limits.inFlightBytesMax = 10
    let scene = try await WebScene(intake: limits)
    try await LiveScene.visit(scene) { live in
      for _ in 0..<5 {
        try await live.connect { connection in
          try await connection.send(
            "POST /webhooks/meta HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=00\r\n"
              + "Content-Length: 100\r\n\r\n123456"
          )
          try await connection.channel.close(mode: .output)
          _ = try await connection.untilClosed()
        }
      }
      let first = try await live.deliver(Self.body)
      #expect(first.hasPrefix("HTTP/1.1 200 "))
    }
  }

  @Test func `every answer has a length and a date`() async throws {
    let scene = try await WebScene()
    try await LiveScene.visit(scene) { live in
      let answer = try await live.deliver(Self.body).lowercased()
      #expect(answer.contains("content-length: 0\r\n"))
      #expect(answer.contains("date: sat, 21 nov 2026 "))
      #expect(answer.contains("connection: close\r\n"))
    }
  }

  @Test func `a server that shuts down, or a caller who says no more, waits for the answer`()
    async throws
  {
    let scene = try await WebScene()
    let body = ByteBuffer(bytes: Self.body)
    let signature = Signature.header(for: Self.body, secret: WebScene.secret)
    for signature in [signature, "sha256=00"] {
      let endings = Endings()
      let channel = NIOAsyncTestingChannel()
      try await channel.testingEventLoop.executeInContext {
        try channel.pipeline.syncOperations.addHandlers(Self.door(scene), endings)
      }
      let head = Self.head(signature)
      try await channel.writeInbound(HTTPServerRequestPart.head(head))
      // What follows happens in one turn of the loop: nothing is answered in between.
      try await channel.testingEventLoop.executeInContext {
        let pipeline = channel.pipeline
        pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        pipeline.syncOperations.fireChannelRead(NIOAny(HTTPServerRequestPart.body(body)))
        pipeline.syncOperations.fireChannelRead(NIOAny(HTTPServerRequestPart.end(nil)))
        pipeline.syncOperations.fireChannelRead(NIOAny(HTTPServerRequestPart.head(head)))
        pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(endings.count == 0)
      }
      for _ in 1...2 { _ = try await channel.waitForOutboundWrite(as: HTTPServerResponsePart.self) }
      // The next webhook has begun meanwhile: they wait for its answer too.
      try await channel.testingEventLoop.executeInContext { #expect(endings.count == 0) }
      try await channel.writeInbound(HTTPServerRequestPart.end(nil))
      for _ in 1...2 { _ = try await channel.waitForOutboundWrite(as: HTTPServerResponsePart.self) }
      try await channel.testingEventLoop.executeInContext { #expect(endings.count == 2) }
    }
    #expect(try await scene.rows()["journal"] == 1)
  }

  @Test func `a server that shuts down takes no webhook it will not answer`() async throws {
    let scene = try await WebScene()
    let channel = NIOAsyncTestingChannel()
    try await channel.testingEventLoop.executeInContext {
      let pipeline = channel.pipeline
      try pipeline.syncOperations.addHandlers(Self.door(scene), Endings())
      let alive = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/healthz")
      let signature = Signature.header(for: Self.body, secret: WebScene.secret)
      let parts: [HTTPServerRequestPart] = [
        .head(alive), .end(nil), .head(Self.head(signature)),
        .body(ByteBuffer(bytes: Self.body)), .end(nil),
      ]
      for (place, part) in parts.enumerated() {
        if place == 2 { pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        pipeline.syncOperations.fireChannelRead(NIOAny(part))
      }
      pipeline.syncOperations.writeAndFlush(
        NIOAny(HTTPServerResponsePart.end(nil)),
        promise: nil
      )
    }
    _ = try await channel.waitForOutboundWrite(as: HTTPServerResponsePart.self)
    _ = try await channel.finish()
    #expect(try await scene.rows()["journal"] == 0)
  }

  private static func door(_ scene: WebScene) -> WebhookDoor {
    WebhookDoor(intake: scene.parts.intake, journal: JournalWatch(), time: scene.time)
  }

  private static func head(_ signature: String) -> HTTPRequestHead {
    HTTPRequestHead(
      version: .http1_1,
      method: .POST,
      uri: MetaWebhook.path,
      headers: ["X-Hub-Signature-256": signature]
    )
  }

  /// Counts what would end the connection.
  private final class Endings: ChannelInboundHandler, Sendable {
    typealias InboundIn = HTTPServerRequestPart
    private let seen = Mutex(0)

    var count: Int { seen.withLock { $0 } }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      seen.withLock { $0 += 1 }
    }
  }
}
