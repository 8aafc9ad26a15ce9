import CloudAPI
import CustomerCare
import HTTPTypes
import Hummingbird
import Support
import Testing

@testable import Web

@Suite(.serialized) struct MediaPassageTests {
  static let media = "/v24.0/900800700/media"

  @Test func `a medium is uploaded, read, fetched and deleted through us alone`() async throws {
    try await PassageStage.play { stage in
      let file = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      let id = try await stage.upload(file)
      let upload = try #require(stage.upstream.heard.first)
      #expect(upload.line == "POST /v24.0/900800700/media")
      #expect(upload.headers[.authorization] == "Bearer meta-token")
      let type = try #require(upload.headers[.contentType])
      #expect(type.hasPrefix("multipart/form-data; boundary=carewindow-"))
      let told = try await stage.client.call(.get, "/v24.0/\(id)")
      #expect(told.json["mime_type"]?.text == "image/png")
      let link = try #require(told.json["url"]?.text)
      #expect(link.hasPrefix("\(WebScene.publicURL)/v24.0/_media/"))
      #expect(!told.text.contains("127.0.0.1"))
      let fetched = try await stage.client.call(.get, PassageStage.path(link))
      #expect(fetched.status == .ok)
      #expect(fetched.bytes == file)
      #expect(fetched.headers[.contentType] == "image/png")
      #expect(fetched.headers[.contentLength] == "100000")
      #expect(fetched.headers[.contentDisposition] == "attachment")
      #expect(fetched.headers[.xContentTypeOptions] == "nosniff")
      #expect(fetched.headers[.setCookie] == nil)
      #expect(fetched.headers[.reprDigest]?.hasPrefix("sha-256=:") == true)
      #expect(
        stage.upstream.heard.last?.headers[.authorization] == "Bearer meta-token",
        "with the number's token"
      )
      let gone = try await stage.client.call(.delete, "/v24.0/\(id)?phone_number_id=900800700")
      #expect(gone.json["success"]?.flag == true)
      #expect(
        stage.upstream.heard.last?.line == "DELETE /v24.0/\(id)?phone_number_id=900800700"
      )
      // What the link led to is gone at Meta.
      let dead = try await stage.client.call(.get, PassageStage.path(link))
      #expect(dead.status == .notFound)
    }
  }

  @Test func `a form leaves in our own words`() async throws {
    try await PassageStage.play { stage in
      let file = Array("--XX is not the end\r\n--X nor this\r\n\r\n".utf8)
      let form = PassageStage.form(file, name: "a\\\"b;c.png")
      let answer = try await stage.send(.post, Self.media, form)
      #expect(answer.status == .ok, "\(answer.text)")
      let heard = try #require(stage.upstream.heard.first)
      let type = try #require(heard.headers[.contentType])
      let boundary = type.dropFirst("multipart/form-data; boundary=".count)
      let body = String(decoding: heard.body, as: UTF8.self)
      #expect(
        body == """
          --\(boundary)\r
          Content-Disposition: form-data; name="file"; filename="ab"\r
          Content-Type: image/png\r
          \r
          --XX is not the end\r
          --X nor this\r
          \r
          \r
          --\(boundary)\r
          Content-Disposition: form-data; name="messaging_product"\r
          \r
          whatsapp\r
          --\(boundary)\r
          Content-Disposition: form-data; name="type"\r
          \r
          image/png\r
          --\(boundary)--\r

          """
      )
    }
  }

  @Test(arguments: [
    ([("messaging_product", "whatsapp"), ("access_token", "EAAG")], "access_token"),
    ([("messaging_product", "whatsapp"), ("messaging_product", "whatsapp")], "twice"),
    ([("messaging_product", "telegram")], "messaging_product"),
    ([("type", "image/png")], "messaging_product"),
    ([("messaging_product", "whatsapp"), ("method", "delete")], "method"),
    ([("messaging_product", "whatsapp"), ("ttl_minutes", "6\r\nx")], "ttl_minutes"),
  ])
  func `a form with other fields does not reach Meta whole`(
    fields: [(String, String)],
    named: String
  ) async throws {
    try await PassageStage.play { stage in
      let form = PassageStage.form(Array("x".utf8), fields: fields)
      let answer = try await stage.send(.post, Self.media, form)
      #expect(answer.status == .badRequest, "\(answer.text)")
      #expect(answer.details.contains(named), "\(answer.details)")
      #expect(stage.upstream.heard.isEmpty)
    }
  }

  @Test(arguments: [
    ("application/json", "{}"), ("multipart/form-data", "--XX--\r\n"),
    ("multipart/form-data; boundary=XX", ""), ("multipart/form-data; boundary=XX", "--XX--\r\n"),
    ("multipart/form-data; boundary=XX", "--YY\r\n\r\n\r\n--YY--"),
    ("multipart/form-data; boundary=XX; boundary=YY", "--XX--\r\n"),
    (
      "multipart/form-data; boundary=XX",
      "--XX\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nbroken off"
    ),
    (
      "multipart/form-data; boundary=XX",
      "--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--"
    ),
    ("multipart/form-data; boundary=XX", "--XX\r\n\r\nx\r\n--XX--"),
  ])
  func `what is no form does not reach Meta whole`(type: String, body: String) async throws {
    try await PassageStage.play { stage in
      let answer = try await stage.send(.post, Self.media, Array(body.utf8), type: type)
      #expect([400, 408].contains(answer.status.code), "\(answer.status)")
      #expect(stage.upstream.heard.isEmpty)
    }
  }

  @Test func `a medium nobody has seen is one that does not exist`() async throws {
    try await PassageStage.play { stage in
      for uri in ["/v24.0/4400000000000001", "/v24.0/4400000000000001?phone_number_id=900800700"] {
        let answer = try await stage.client.call(.get, uri)
        #expect(answer.json["error"]?["error_subcode"]?.integer == 33)
      }
      #expect(!stage.upstream.heard.contains { $0.target.contains("44000") })
      let id = try await stage.upload()
      let other = try await stage.client.call(.get, "/v24.0/\(id)?phone_number_id=900800701")
      #expect(other.json["error"]?["error_subcode"]?.integer == 33)
    }
  }

  @Test func `a medium that a customer sent is read by its number, and by no other`() async throws {
    try await PassageStage.play { stage in
      let image: JSON = ["id": "4400000000000009", "mime_type": "image/jpeg", "sha256": "x"]
      try await stage.scene.customerSends("image", image)
      _ = try await stage.client.call(.get, "/v24.0/4400000000000009")
      #expect(stage.upstream.heard.map(\.line) == ["GET /v24.0/4400000000000009"])
    }
  }

  @Test func `a link works for five minutes, for its token only`() async throws {
    try await PassageStage.play { stage in
      let id = try await stage.upload()
      let told = try await stage.client.call(.get, "/v24.0/\(id)")
      let path = PassageStage.path(try #require(told.json["url"]?.text))
      stage.upstream.forget()
      let other = try await stage.client.call(.get, path, token: WebScene.reader)
      #expect(other.status == .notFound)
      let sender = try await stage.client.call(.get, path, token: WebScene.sender)
      #expect(sender.status == .forbidden)
      let nobody = try await stage.client.call(.get, path, token: nil)
      #expect(nobody.status == .unauthorized)
      let forged = try await stage.client.call(.get, Self.changed(path))
      #expect(forged.status == .notFound)
      let queried = try await stage.client.call(.get, path + "?x=1")
      #expect(queried.status == .badRequest)
      #expect(stage.upstream.heard.isEmpty)
      stage.scene.time.advance(by: .seconds(299))
      #expect(try await stage.client.call(.get, path).status == .ok)
      stage.scene.time.advance(by: .seconds(1))
      #expect(try await stage.client.call(.get, path).status == .notFound)
      #expect(stage.upstream.heard.count == 1)
    }
  }

  @Test func `an upload's name is no link, and a link no upload's name`() async throws {
    try await PassageStage.play { stage in
      let begun = try await stage.client.call(.post, "/v24.0/app/uploads?file_length=3")
      let name = try #require(begun.json["id"]?.text)
      #expect(name.hasPrefix("upload:") && !name.contains("sig"))
      let link = try await stage.client.call(
        .get,
        "/v24.0/_media/\(name.dropFirst("upload:".count))"
      )
      #expect(link.status == .notFound)
    }
  }

  @Test func `a sample is uploaded in pieces under a name of ours`() async throws {
    try await PassageStage.play { stage in
      let begun = try await stage.client.call(
        .post,
        "/v24.0/app/uploads?file_length=6&file_type=image/png&file_name=a.png"
      )
      let name = try #require(begun.json["id"]?.text)
      stage.upstream.forget()
      var headers: HTTPFields = [:]
      headers[.fileOffset] = "0"
      let first = try await stage.send(
        .post,
        "/v24.0/\(name)",
        Array("abc".utf8),
        type: "application/octet-stream",
        headers: headers
      )
      #expect(first.status == .ok, "\(first.text)")
      let state = try await stage.client.call(.get, "/v24.0/\(name)")
      #expect(state.json["file_offset"]?.integer == 3)
      let again = try #require(state.json["id"]?.text)
      #expect(again.hasPrefix("upload:"))
      headers[.fileOffset] = "3"
      let second = try await stage.send(
        .post,
        "/v24.0/\(again)",
        Array("def".utf8),
        type: "text/plain",
        headers: headers
      )
      #expect(second.json["h"]?.text?.hasPrefix("4::") == true)
      let heard = stage.upstream.heard
      #expect(heard.map(\.headers[.fileOffset]) == ["0", nil, "3"])
      #expect(heard.allSatisfy { $0.target.hasPrefix("/v24.0/upload:U.SBX") })
      #expect(heard.allSatisfy { $0.query == ["sig"] })
      #expect(heard[2].headers[.contentType] == "application/octet-stream")
      #expect(heard[2].headers[.contentLength] == "3")
      let thief = try await stage.client.call(.get, "/v24.0/\(name)", token: WebScene.reader)
      #expect(thief.status == .forbidden)
    }
  }

  /// The same path with another character in the middle of the link.
  private static func changed(_ path: String) -> String {
    var characters = Array(path)
    let place = characters.count - 40
    characters[place] = characters[place] == "A" ? "B" : "A"
    return String(characters)
  }
}
