import CloudAPI
import Gateway
import HTTPTypes
import HummingbirdTesting
import NIOCore
import SQLiteEngine
import Storage
import Testing

@testable import Web

@Suite struct MetaWebhookTests {
  @Test(arguments: [
    ("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-me", true),
    ("hub.mode=subscribe&hub.challenge=a%20b&hub.verify_token=verify%2Dme", true),
    ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=verify-m", false),
    ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=", false),
    ("hub.mode=subscribe&hub.challenge=1", false),
    ("hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=verify-me", false),
    ("hub.mode=subscribe&hub.verify_token=verify-me", false),
    ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=x&hub.verify_token=verify-me", false),
    ("", false),
  ])
  func `only the right verify token gets the challenge back`(query: String, isRight: Bool)
    async throws
  {
    let scene = try await WebScene()
    try await scene.visit { client in
      let answer = try await client.call(.get, "/webhooks/meta?\(query)", token: nil)
      #expect(answer.status == (isRight ? .ok : .forbidden))
      #expect(answer.text.isEmpty == !isRight)
    }
  }

  @Test func `the challenge comes back as it was sent, as plain text`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      let answer = try await client.call(
        .get,
        "/webhooks/meta?hub.mode=subscribe&hub.challenge=%3Cb%3E&hub.verify_token=verify-me",
        token: nil
      )
      #expect(answer.text == "<b>")
      #expect(answer.headers[.contentType] == "text/plain; charset=utf-8")
    }
  }

  @Test(arguments: ["{}", "[]", "no JSON at all", "", "{\"object\":\"\\u0000\",\"entry\":null}"])
  func `whatever is signed is journalled and answered with 200`(body: String) async throws {
    let scene = try await WebScene()
    try await LiveScene.visit(scene) { live in
      let answer = try await live.deliver(Array(body.utf8))
      #expect(answer.hasPrefix("HTTP/1.1 200 "))
      #expect(answer.hasSuffix("\r\n\r\n"), "a webhook is answered with a status alone")
    }
    let entries = try await scene.engine.read { unit in try Journal.pending(limit: 10, in: unit) }
    #expect(entries.map(\.body) == [Array(body.utf8)])
  }

  @Test func `a query behind the path changes nothing`() async throws {
    let scene = try await WebScene()
    try await LiveScene.visit(scene) { live in
      let answer = try await live.deliver(Array("{}".utf8), to: "/webhooks/meta?x=1")
      #expect(answer.hasPrefix("HTTP/1.1 200 "))
    }
    #expect(try await scene.rows()["journal"] == 1)
  }

  @Test(arguments: [
    "", "sha256=", "sha256=00", "sha1=0000000000000000000000000000000000000000",
    "sha256=0000000000000000000000000000000000000000000000000000000000000000",
  ])
  func `a wrong signature stores nothing and is told nothing`(signature: String) async throws {
    let scene = try await WebScene()
    try await LiveScene.visit(scene) { live in
      let answer = try await live.deliver(Array("{}".utf8), signature: signature)
      #expect(answer.hasPrefix("HTTP/1.1 401 "))
      #expect(answer.hasSuffix("\r\n\r\n"), "a stranger is told nothing")
    }
    #expect(try await scene.rows()["journal"] == 0)
  }

  @Test func `a missing signature is no signature`() async throws {
    let scene = try await WebScene()
    try await LiveScene.visit(scene) { live in
      let answer = try await live.connect { connection in
        try await connection.send(
          "POST /webhooks/meta HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + "Content-Length: 2\r\n\r\n{}"
        )
        return try await connection.untilClosed()
      }
      #expect(answer.hasPrefix("HTTP/1.1 401 "))
    }
    #expect(try await scene.rows()["journal"] == 0)
  }

  @Test func `the largest body passes and one byte more does not`() async throws {
    var limits = IntakeLimits()
    limits.bodyBytesMax = 100_000
    let scene = try await WebScene(intake: limits)
    try await LiveScene.visit(scene) { live in
      let largest = [UInt8](repeating: UInt8(ascii: " "), count: 100_000)
      let first = try await live.deliver(largest)
      #expect(first.hasPrefix("HTTP/1.1 200 "))
      let second = try await live.deliver(largest + [0x20])
      #expect(second.hasPrefix("HTTP/1.1 413 "))
    }
    #expect(try await scene.rows()["journal"] == 1)
  }

  @Test(arguments: [HTTPRequest.Method.put, .delete, .patch, .options])
  func `other methods are told which are allowed`(method: HTTPRequest.Method) async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      let answer = try await client.call(method, "/webhooks/meta")
      #expect(answer.status == .methodNotAllowed)
      #expect(answer.headers[.allow] == "GET, HEAD, POST")
    }
  }

  @Test func `a database that cannot store makes Meta try again`() async throws {
    let scene = try await WebScene()
    try await scene.engine.close()
    try await LiveScene.visit(scene) { live in
      let answer = try await live.deliver(Array("{}".utf8))
      #expect(answer.hasPrefix("HTTP/1.1 503 "))
    }
  }
}
