import CloudAPI
import CustomerCare
import HTTPTypes
import HummingbirdTesting
import Storage
import Support
import Testing

@testable import Web

@Suite struct MediaAPITests {
  private static let path = "/v1/media/900800700/4400"
  /// Three chunks, the last not full.
  private static let bytes = (0..<(2 * MediaBytes.chunkBytes + 777)).map {
    UInt8(truncatingIfNeeded: $0 / 3)
  }

  /// A customer has sent a file, and it was fetched, if Meta had it.
  private static func scene(
    _ bytes: [UInt8]? = bytes,
    _ more: JSON = [:],
    type: String = "document"
  ) async throws -> WebScene {
    let scene = try await WebScene()
    let meta = PaperMedia()
    if let bytes { meta.put("4400", PaperMedia.File(bytes)) }
    var media: JSON = [
      "id": "4400", "mime_type": "application/pdf", "url": "https://lookaside.fbsbx.com/secret",
    ]
    for member in more.members { media.set(member.key, to: member.value) }
    try await scene.customerSends(type, media)
    await scene.fetch(from: meta)
    return scene
  }

  @Test func `a kept file is handed out whole, to be saved and not shown`() async throws {
    let scene = try await Self.scene(Self.bytes, ["filename": "Bill.pdf"])
    try await scene.visit { client in
      let answer = try await client.call(.get, Self.path, token: WebScene.reader)
      #expect(answer.status == .ok)
      #expect(answer.bytes == Self.bytes)
      let headers: [HTTPField.Name: String] = [
        .contentType: "application/pdf", .contentLength: "\(Self.bytes.count)",
        .contentDisposition: "attachment; filename=\"Bill.pdf\"",
        .xContentTypeOptions: "nosniff",
        .contentSecurityPolicy: "sandbox; default-src 'none'", .cacheControl: "private",
        .acceptRanges: "bytes",
      ]
      for (name, value) in headers { #expect(answer.headers[name] == value, "\(name)") }
      let head = try await client.call(.head, Self.path)
      #expect(head.status == .ok)
      #expect(head.bytes.isEmpty)
      #expect(head.headers[.contentLength] == "\(Self.bytes.count)")
    }
  }

  @Test func `who has the file already is not sent it again`() async throws {
    let scene = try await Self.scene()
    try await scene.visit { client in
      let tag = try #require(try await client.call(.get, Self.path).headers[.eTag])
      for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
        let again = try await client.call(.get, Self.path, headers: [.ifNoneMatch: known])
        #expect(again.status == .notModified, "\(known)")
        #expect(again.bytes.isEmpty)
        #expect(again.headers[.eTag] == tag)
      }
      let other = try await client.call(.get, Self.path, headers: [.ifNoneMatch: "\"other\""])
      #expect(other.status == .ok)
    }
  }

  private static let size = bytes.count

  @Test(arguments: [
    ("bytes=0-0", 0..<1), ("bytes=5-9", 5..<10), ("BYTES=0-", 0..<size),
    ("bytes=-777", (size - 777)..<size),
    ("bytes=262100-262200", 262_100..<262_201), ("bytes=262144-524287", 262_144..<524_288),
    ("bytes=1-999999999", 1..<size), ("bytes=-999999999", 0..<size),
    ("bytes=\(size - 1)-", (size - 1)..<size),
  ])
  func `a part is what stands there`(header: String, range: Range<Int>) async throws {
    let scene = try await Self.scene()
    try await scene.visit { client in
      let answer = try await client.call(.get, Self.path, headers: [.range: header])
      #expect(answer.status == .partialContent)
      #expect(answer.bytes == Array(Self.bytes[range]))
      #expect(
        answer.headers[.contentRange]
          == "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(Self.size)"
      )
      #expect(answer.headers[.contentLength] == "\(range.count)")
    }
  }

  @Test(arguments: [
    ("bytes=\(size)-", 416), ("bytes=-0", 416), ("bytes=9-5", 200), ("bytes=a-b", 200),
    ("bytes=", 200), ("bytes=-", 200), ("bytes=0-1,4-5", 200), ("lines=0-1", 200),
    ("bytes=99999999999999999999-", 200), ("bytes=+1-2", 200),
  ])
  func `a part that is not there is refused, and what is no part is the whole`(
    header: String,
    status: Int
  ) async throws {
    let scene = try await Self.scene()
    try await scene.visit { client in
      let answer = try await client.call(.get, Self.path, headers: [.range: header])
      #expect(answer.status.code == status)
      if status == 416 {
        #expect(answer.headers[.contentRange] == "bytes */\(Self.size)")
        #expect(answer.code == "range_not_satisfiable")
      } else {
        #expect(answer.bytes.count == Self.size)
      }
    }
  }

  @Test func `a part of another version of the file is the whole`() async throws {
    let scene = try await Self.scene()
    try await scene.visit { client in
      let tag = try #require(try await client.call(.get, Self.path).headers[.eTag])
      for (version, count) in [(tag, 10), ("\"other\"", Self.size)] {
        let answer = try await client.call(
          .get,
          Self.path,
          headers: [.range: "bytes=0-9", .ifRange: version]
        )
        #expect(answer.bytes.count == count)
      }
    }
  }

  @Test func `a file on its way says so, and one that is lost says why`() async throws {
    let scene = try await Self.scene(nil)
    try await scene.visit { client in
      let pending = try await client.call(.get, Self.path)
      #expect(pending.status == .conflict)
      #expect(pending.code == "media_pending")
      #expect(pending.headers[.retryAfter] != nil)
      for _ in 1...3 {
        scene.time.advance(by: .seconds(600))
        await scene.fetch(from: PaperMedia())
      }
      let lost = try await client.call(.get, Self.path)
      #expect(lost.status == .gone)
      #expect(lost.code == "media_lost")
      #expect(lost.json["reason"]?.text == "gone")
      #expect(lost.headers[.contentType] == "application/problem+json")
    }
  }

  @Test(arguments: ["/v1/media/900800700/4401", "/v1/media/900800701/4400"])
  func `what no message of the number names is not there`(path: String) async throws {
    let scene = try await Self.scene()
    try await scene.visit { client in
      let answer = try await client.call(.get, path)
      #expect(answer.status == .notFound)
      let sender = try await client.call(.get, Self.path, token: WebScene.sender)
      #expect(sender.status == .forbidden)
    }
  }

  @Test func `a message shows where its file is, and never Meta's address`() async throws {
    for (bytes, state) in [(Self.bytes as [UInt8]?, "kept"), (nil, "pending")] {
      let scene = try await Self.scene(bytes, ["caption": "Look"])
      try await scene.visit { client in
        let list = "/v1/conversations/900800700/\(WebScene.customer)/messages"
        let answer = try await client.call(.get, list)
        let media = try #require(answer.json["data"]?.items.first?["document"])
        #expect(media["state"]?.text == state)
        #expect(media["caption"]?.text == "Look")
        #expect(media["url"]?.text == scene.configuration.publicURL + Self.path)
        #expect(media["reason"] == nil)
        #expect(!answer.text.contains("lookaside"))
      }
    }
  }
}

@Suite struct FileNameTests {
  @Test(arguments: [
    ("Bill.pdf", #"attachment; filename="Bill.pdf""#),
    (nil, #"attachment; filename="document-4400.pdf""#),
    ("", #"attachment; filename="document-4400.pdf""#),
    ("..", #"attachment; filename="document-4400.pdf""#),
    ("../../etc/passwd", #"attachment; filename="passwd""#),
    (#"C:\Windows\evil.exe"#, #"attachment; filename="evil.exe""#),
    (".bashrc", #"attachment; filename="bashrc""#),
    ("a\r\nSet-Cookie: x=1", #"attachment; filename="aSet-Cookie: x=1""#),
    (#"a"b;c%41"#, #"attachment; filename="a_b_c_41"; filename*=UTF-8''a%22b%3Bc%2541"#),
    ("Größe.pdf", #"attachment; filename="Gr__e.pdf"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf"#),
    ("gnp\u{202E}fdp.exe", #"attachment; filename="gnpfdp.exe""#),
    ("  . x . ", #"attachment; filename="x""#),
  ])
  func `a file's name cannot leave the header or the folder`(given: String?, wanted: String) {
    let fact = MediaFact(
      id: "4400",
      message: "wamid.1",
      kind: .document,
      mimeType: "application/pdf",
      filename: given
    )
    #expect(FileName(of: fact).disposition == wanted)
  }

  @Test func `a long name is cut between letters`() {
    let name = String(repeating: "ä", count: 200)
    let fact = MediaFact(id: "1", message: "m", kind: .document, filename: name)
    #expect(FileName(of: fact).text.utf8.count == FileName.bytesMax)
  }

  @Test(arguments: [
    ("image/jpeg", "image/jpeg"), ("audio/ogg; codecs=opus", "audio/ogg"),
    ("IMAGE/PNG", "image/png"), ("text/html", MediaType.bytes), ("image/svg+xml", MediaType.bytes),
    ("text/plain\r\nX: y", MediaType.bytes), ("", MediaType.bytes), (nil, MediaType.bytes),
    ("application/javascript", MediaType.bytes), ("application/xhtml+xml", MediaType.bytes),
  ])
  func `a file is of a type on the list, or bytes`(told: String?, served: String) {
    #expect(MediaType.served(told) == served)
  }
}
