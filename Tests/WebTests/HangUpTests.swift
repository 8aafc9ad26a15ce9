import CloudAPI
import Foundation
import Gateway
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Testing

@testable import Web

/// Callers that do not wait for their answer.
@Suite struct HangUpTests {
  /// Waits until it is cancelled, and tells when it began and when it was.
  private struct Patience: HTTPResponder {
    let began = AsyncStream<Void>.makeStream()
    let cancelled = AsyncStream<Void>.makeStream()

    func respond(to request: Request, context: DoorContext) async throws -> Response {
      await HangUp.cancelling(on: context.channel) {
        began.continuation.yield()
        for await _ in AsyncStream<Void>.makeStream().stream {}
        cancelled.continuation.yield()
      }
      return Response(status: .ok)
    }
  }

  /// The example behind a listener like the real one.
  private static func listen(
    _ patience: Patience,
    _ test: @escaping @Sendable (LiveScene) async throws -> Void
  ) async throws {
    let scene = try await WebScene()
    let (ports, told) = AsyncStream<Int>.makeStream()
    let service = listener(
      patience,
      at: scene.configuration.listen,
      mainServer(scene.configuration, scene.parts, JournalWatch()),
      scene.configuration,
      logger: WebScene.quiet
    ) { told.yield($0) }
    let group = ServiceGroup(services: [service], logger: WebScene.quiet)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      for await port in ports {
        try await test(LiveScene(scene: scene, port: port))
        break
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  @Test func `who hangs up is noticed while the answer is being made`() async throws {
    let patience = Patience()
    try await Self.listen(patience) { live in
      try await live.connect { connection in
        try await connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        for await _ in patience.began.stream { break }
      }
      // The connection is closed. This ends only when the work was cancelled.
      for await _ in patience.cancelled.stream { break }
    }
  }

  @Test func `who stays gets the answer, and the next one on the same connection`() async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    let body = WebScene.text().description
    let request =
      "POST /v24.0/900800700/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer cw_everything\r\n"
      + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
    try await LiveScene.visit(scene) { live in
      let answer = try await live.connect { connection in
        try await connection.send(request + "\r\n" + body)
        try await connection.send(request + "Connection: close\r\n\r\n" + body)
        return try await connection.untilClosed()
      }
      #expect(answer.components(separatedBy: "CareWindow-Verdict: sent").count == 3)
    }
    #expect(scene.carrier.parcels.count == 2)
  }
}
