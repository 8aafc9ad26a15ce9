import CloudAPI
import Foundation
import Gateway
import NIOCore
import Testing

@testable import Web

/// Clients that send slowly, or never end.
///
/// Limits are short, and every test ends when the server ends the connection.
@Suite struct SlowClientTests {
  private static func limits() -> IntakeLimits {
    var limits = IntakeLimits()
    limits.bodyTime = .milliseconds(200)
    limits.bodyBytesMax = 100_000
    return limits
  }

  private static let doors = [
    "POST /webhooks/meta HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=00\r\n",
    "POST /v24.0/900800700/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer cw_everything\r\nContent-Type: application/json\r\n",
    "POST /v1/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer cw_everything\r\nContent-Type: application/json\r\n",
  ]

  @Test(arguments: doors)
  func `a body that stops half way is given up`(door: String) async throws {
    let scene = try await WebScene(intake: Self.limits())
    try await LiveScene.visit(scene) { live in
      let answer = try await live.connect { connection in
        try await connection.send(door + "Content-Length: 1000\r\n\r\n{\"half\":")
        return try await connection.untilClosed()
      }
      #expect(answer.hasPrefix("HTTP/1.1 408 "))
      #expect(answer.lowercased().contains("connection: close"))
    }
    #expect(try await scene.rows()["journal"] == 0)
  }

  @Test(arguments: doors)
  func `a body that trickles in is given up all the same`(door: String) async throws {
    let scene = try await WebScene(intake: Self.limits())
    try await LiveScene.visit(scene) { live in
      let answer = try await live.connect { connection in
        try await connection.send(door + "Transfer-Encoding: chunked\r\n\r\n")
        return try await withThrowingTaskGroup(of: String?.self) { group in
          group.addTask {
            // As slowly as the server lets it: each write waits for the one before.
            await connection.sendForEver("1\r\n \r\n")
            return nil
          }
          group.addTask { try await connection.untilClosed() }
          var answer = ""
          while let said = try await group.next() {
            if let said {
              answer = said
              group.cancelAll()
            }
          }
          return answer
        }
      }
      #expect(answer.hasPrefix("HTTP/1.1 408 ") || answer.hasPrefix("HTTP/1.1 413 "))
    }
    #expect(try await scene.rows()["journal"] == 0)
  }

  @Test func `a body that never ends is cut at the limit`() async throws {
    var limits = Self.limits()
    limits.bodyTime = .seconds(60)
    let scene = try await WebScene(intake: limits)
    try await LiveScene.visit(scene) { live in
      let answer = try await live.connect { connection in
        try await connection.send(Self.doors[0] + "Transfer-Encoding: chunked\r\n\r\n")
        return try await withThrowingTaskGroup(of: String?.self) { group in
          let block = "1000\r\n" + String(repeating: "x", count: 0x1000) + "\r\n"
          group.addTask {
            await connection.sendForEver(block)
            return nil
          }
          group.addTask { try await connection.untilClosed() }
          var answer = ""
          while let said = try await group.next() {
            if let said {
              answer = said
              group.cancelAll()
            }
          }
          return answer
        }
      }
      #expect(answer.hasPrefix("HTTP/1.1 413 "))
    }
  }

  @Test(arguments: [
    "POST /v24.0/900800700/messages", "POST /v1/messages", "GET /v1/windows", "POST /nowhere",
  ])
  func `a stranger is not listened to for long`(line: String) async throws {
    var limits = Self.limits()
    limits.bodyTime = .seconds(60)
    let scene = try await WebScene(intake: limits)
    try await LiveScene.visit(scene) { live in
      let answer = try await live.connect { connection in
        try await connection.send(line + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
        return try await connection.untilClosed()
      }
      #expect(answer.hasPrefix("HTTP/1.1 40"))
      #expect(answer.lowercased().contains("connection: close"))
    }
  }

  @Test func `a body announced over the limit is refused before it is sent`() async throws {
    var limits = Self.limits()
    limits.bodyTime = .seconds(60)
    let scene = try await WebScene(intake: limits)
    try await LiveScene.visit(scene) { live in
      let answer = try await live.connect { connection in
        try await connection.send(Self.doors[0] + "Content-Length: 100001\r\n\r\n")
        return try await connection.untilClosed()
      }
      #expect(answer.hasPrefix("HTTP/1.1 413 "))
    }
  }

  @Test func `a head that never ends is closed when the connection has been idle`() async throws {
    var web = WebLimits()
    web.idleTime = .milliseconds(200)
    let scene = try await WebScene(web: web, intake: Self.limits())
    try await LiveScene.visit(scene) { live in
      let answer = try await live.connect { connection in
        try await connection.send("POST /webhooks/meta HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        return try await connection.untilClosed()
      }
      #expect(answer.isEmpty)
    }
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost: x\r\nX-Large: \(String(repeating: "x", count: 64 * 1024))\r\n\r\n",
    "NONSENSE\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
  ])
  func `a head that is none ends the connection with 400`(head: String) async throws {
    let scene = try await WebScene(intake: Self.limits())
    try await LiveScene.visit(scene) { live in
      let answer = try await live.connect { connection in
        try await connection.send(head)
        return try await connection.untilClosed()
      }
      #expect(answer.hasPrefix("HTTP/1.1 400 "))
    }
  }

  @Test func `a webhook in pieces is whole, and the connection stays`() async throws {
    let scene = try await WebScene(intake: IntakeLimits())
    let body = "{\"object\":\"whatsapp_business_account\"}"
    let signature = Signature.header(for: Array(body.utf8), secret: WebScene.secret)
    let head =
      "POST /webhooks/meta HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: \(signature)\r\nContent-Length: \(body.utf8.count)\r\n"
    try await LiveScene.visit(scene) { live in
      let answer = try await live.connect { connection in
        for character in head + "\r\n" + body { try await connection.send(String(character)) }
        try await connection.send(head + "Connection: close\r\n\r\n" + body)
        return try await connection.untilClosed()
      }
      #expect(answer.components(separatedBy: "HTTP/1.1 200 OK").count == 3)
    }
    #expect(try await scene.rows()["journal"] == 2)
  }
}
