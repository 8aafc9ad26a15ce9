import Carriers
import CustomerCare
import Gateway
import Testing

@testable import struct Carriers.MediaHosts

@Suite struct MediaTests {
  /// Asks a server on this machine.
  private static func with<Answer>(
    _ port: Int,
    _ ask: (MetaMedia) async throws -> Answer
  ) async throws -> Answer {
    try await withConnection(to: port) { connection, version in
      try await ask(MetaMedia(connection: connection, version: version))
    }
  }

  @Test(arguments: [
    ("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&ext=2&hash=x", true),
    ("http://127.0.0.1:8090/v24.0/_media/4400-1", true),
    ("http://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", false),
    ("https://lookaside.fbsbx.com", false),
    ("https://lookaside.fbsbx.com.example.org/?mid=1", false),
    ("https://lookaside.fbsbx.com:8443/?mid=1", false),
    ("https://lookaside.fbsbx.com@example.org/?mid=1", false),
    ("https://lookaside.fbsbx.com\\@example.org/?mid=1", false),
    ("https://LOOKASIDE.fbsbx.com/?mid=1", false),
    ("https://graph.facebook.com/v24.0/4400", false),
    ("http://127.0.0.1:80900/", false),
    ("http://127.0.0.1:8091/", false),
    ("https://lookaside.fbsbx.com/a b", false),
    ("https://lookaside.fbsbx.com/a\r\nx: y", false),
    ("https://lookaside.fbsbx.com/#x", false),
    ("", false),
  ])
  func `the token goes to media hosts of the list only`(url: String, isAllowed: Bool) throws {
    #expect(MediaHosts(beside: try GraphBase("http://127.0.0.1:8090")).allow(url) == isAllowed)
  }

  @Test func `a sandbox's own host is no media host beside Meta's`() throws {
    #expect(!MediaHosts(beside: .meta).allow("http://127.0.0.1:8090/v24.0/_media/4400-1"))
    #expect(!MediaHosts(beside: .meta).allow("https://graph.facebook.com/v24.0/4400"))
  }

  @Test(arguments: [
    (
      http(
        "200 OK",
        #"{"url":"https://x/","mime_type":"image/jpeg","sha256":"ab","file_size":"7"}"#
      ),
      "at https://x/ image/jpeg ab 7"
    ),
    (http("200 OK", #"{"url":"https://x/","file_size":7}"#), "at https://x/ - - 7"),
    (http("200 OK", "{}"), "unavailable"),
    (http("500 Oops", #"{"error":{"code":131000,"message":"x"}}"#), "unavailable"),
    (http("429 Slow down", #"{"error":{"code":130429,"message":"x"}}"#), "unavailable"),
    (http("400 Bad", #"{"error":{"code":100,"message":"(#100) Unknown object"}}"#), "refused 100"),
    (http("302 Found", "", "location: https://x/"), "unavailable"),
  ])
  func `where a medium lies is read from Meta's answer`(answer: String, told: String) async throws {
    try await MisbehavingServer.run(.answers(answer)) { server in
      try await Self.with(server.port) { media in
        let address = await media.resolve("4400", of: "900800700", with: AccessToken(secret))
        switch address {
        case .success(let found):
          let parts = [found.mimeType, found.sha256, found.bytes.map { "\($0)" }]
          #expect("at \(found.url) " + parts.map { $0 ?? "-" }.joined(separator: " ") == told)
        case .failure(.refused(let refusal)): #expect("refused \(refusal.code)" == told)
        case .failure(.unavailable): #expect("unavailable" == told)
        case .failure(let failure): Issue.record("\(failure)")
        }
        let request = try #require(await server.requests.first { _ in true })
        #expect(request.hasPrefix("GET /v24.0/4400?phone_number_id=900800700 HTTP/1.1\r\n"))
      }
    }
  }

  @Test func `a medium's bytes come in pieces, with the token and a user agent`() async throws {
    let body = String(repeating: "abcdefgh", count: 20_000)
    let answer = http("200 OK", body, "content-type: image/jpeg")
    try await MisbehavingServer.run(.answers(answer)) { server in
      try await Self.with(server.port) { media in
        let download = try await media.download(
          MediaAddress(url: "http://127.0.0.1:\(server.port)/_media/1"),
          with: AccessToken(secret)
        ).get()
        #expect(download.mimeType == "image/jpeg")
        #expect(download.bytes == 160_000)
        var bytes: [UInt8] = []
        for try await chunk in download.chunks { bytes += chunk }
        #expect(bytes == Array(body.utf8))
        let request = try #require(await server.requests.first { _ in true })
        #expect(request.hasPrefix("GET /_media/1 HTTP/1.1\r\n"))
        #expect(request.contains("authorization: Bearer \(secret)\r\n"))
        #expect(request.contains("user-agent: carewindow/1.2.3\r\n"))
      }
    }
  }

  @Test(arguments: [
    (http("404 Not found", "{}"), MediaFailure.gone),
    (http("410 Gone", "{}"), .gone),
    (http("302 Found", "", "location: http://127.0.0.1:1/"), .unavailable(reason: "HTTP 302")),
    (http("503 Busy", "{}"), .unavailable(reason: "HTTP 503")),
    (
      http("403 Forbidden", "{}"),
      .refused(MetaRefusal(code: 403, title: "The media host answered HTTP 403"))
    ),
    ("HTTP/1.1 200 OK\r\ncontent-length: 105906177\r\n\r\n", .tooLarge),
  ])
  func `what is no medium is told apart`(answer: String, failure: MediaFailure) async throws {
    try await MisbehavingServer.run(.answers(answer)) { server in
      try await Self.with(server.port) { media in
        let download = await media.download(
          MediaAddress(url: "http://127.0.0.1:\(server.port)/_media/1"),
          with: AccessToken(secret)
        )
        #expect(throws: failure) { try download.get() }
        #expect(server.connectionCount == 1)
      }
    }
  }

  @Test func `a medium that breaks off does not look whole`() async throws {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf of it"
    try await MisbehavingServer.run(.answersAndCloses(half)) { server in
      try await Self.with(server.port) { media in
        let download = try await media.download(
          MediaAddress(url: "http://127.0.0.1:\(server.port)/_media/1"),
          with: AccessToken(secret)
        ).get()
        await #expect(throws: MediaFailure.self) {
          for try await _ in download.chunks {}
        }
      }
    }
  }

  @Test func `nobody else's host is asked`() async throws {
    try await MisbehavingServer.run(.answers(http("200 OK", "stolen"))) { thief in
      try await MisbehavingServer.run(.silent) { server in
        try await Self.with(server.port) { media in
          let download = await media.download(
            MediaAddress(url: "http://127.0.0.1:\(thief.port)/_media/1"),
            with: AccessToken(secret)
          )
          #expect(throws: MediaFailure.foreignAddress) { try download.get() }
          #expect(thief.connectionCount == 0)
        }
      }
    }
  }
}
