import CloudAPI
import Testing

/// Clients that do not behave, byte by byte.
@Suite struct ConnectionTests {
  private static let bodyBytesMax = 4 << 20

  private func head(_ lines: String...) -> String {
    "POST /webhooks/meta HTTP/1.1\r\nHost: 127.0.0.1\r\n" + lines.joined(separator: "\r\n")
      + "\r\n\r\n"
  }

  private func signature(_ body: [UInt8], secret: String = World.secret) -> String {
    "\(Signature.headerName): \(Signature.header(for: body, secret: secret))"
  }

  private func entries(_ world: World) async throws -> Int64 {
    try await world.doctor()["journal"]?["entries"]?.integer ?? -1
  }

  @Test func `slow and endless bodies are ended while others are served`() async throws {
    try await World.run { world in
      try await world.open()
      // Says that there is more, and falls silent.
      let silent = try RawConnection(port: world.gatewayPort)
      await silent.send(head("Content-Length: 1000", signature([])) + "{\"object\":")
      // Says one byte now and then, so that it is never idle.
      let trickling = try RawConnection(port: world.gatewayPort)
      await trickling.send(head("Content-Length: 100000", signature([])))
      async let trickle = trickle(trickling)
      // Never falls silent.
      let endless = try RawConnection(port: world.gatewayPort)
      await endless.send(head("Transfer-Encoding: chunked", signature([])))
      let chunk = "10000\r\n" + String(repeating: " ", count: 0x10000) + "\r\n"
      var chunks = 0
      while await endless.send(chunk), chunks < 200 { chunks += 1 }
      #expect(await endless.receiveAnswer().status == 413)

      for index in 0..<20 {
        let body = MetaBody.messages(
          [("wamid.beside.\(index)", World.customer, "Beside")],
          at: try await world.now / 1000
        )
        #expect(try await world.webhook(body).status == 200)
      }
      #expect(await silent.receiveAnswer().status == 408)
      #expect(await trickling.receiveAnswer().status == 408)
      await trickle
      #expect(try await entries(world) == 20)
    }
  }

  private func trickle(_ connection: RawConnection) async {
    for _ in 0..<600 {
      guard await connection.send(" ") else { return }
      try? await Patience.instant(after: .milliseconds(100))
    }
  }

  @Test func `what is too large is not taken, however it is announced`() async throws {
    try await World.run { world in
      try await world.open()
      let announced = try RawConnection(port: world.gatewayPort)
      await announced.send(head("Content-Length: \(Self.bodyBytesMax + 1)", signature([])))
      #expect(await announced.receiveAnswer().status == 413)

      let whole = [UInt8](repeating: 0x20, count: Self.bodyBytesMax)
      #expect(try await world.webhook(whole).status == 200, "signed nonsense of the largest size")
      #expect(try await world.webhook(whole + [0x20]).status == 413)
      #expect(try await entries(world) == 1)
    }
  }

  @Test(arguments: [
    "no signature", "another secret", "another body", "sha1", "cut short", "not hex", "twice",
    "empty",
  ])
  func `without the right signature nothing is stored or said`(wrong: String) async throws {
    try await World.run { world in
      try await world.open()
      let body = MetaBody.messages(
        [("wamid.forged", World.customer, "Forged")],
        at: try await world.now / 1000
      )
      let right = signature(body)
      let lines: [String] =
        switch wrong {
        case "no signature": []
        case "another secret": [signature(body, secret: "guessed")]
        case "another body": [signature(body + [0x20])]
        case "sha1": [right.replacing("sha256", with: "sha1")]
        case "cut short": [String(right.dropLast(2))]
        case "not hex": [String(right.dropLast(1)) + "g"]
        case "twice": [right, right]
        default: ["\(Signature.headerName): "]
        }
      let connection = try RawConnection(port: world.gatewayPort)
      await connection.send(
        "POST /webhooks/meta HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.count)\r\n"
          + lines.map { $0 + "\r\n" }.joined() + "\r\n"
      )
      await connection.send(body)
      let answer = await connection.receiveAnswer()
      #expect(answer.status == 401)
      #expect(answer.body.isEmpty)
      #expect(try await entries(world) == 0)
      #expect(try await world.window()["state"]?.text == "never_opened")
    }
  }

  @Test func `whatever is signed is stored, and never stops what comes after it`() async throws {
    try await World.run { world in
      try await world.open()
      let seconds = try await world.now / 1000
      let nested = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
      let ids = (0..<200_000).map { #"{"id":"\#($0)"}"# }.joined(separator: ",")
      let hostile: [String] = [
        "", "{", "null", "[]", "\u{0}", nested, #"{"entry":null}"#, #"{"entry":[null,1,"x",{}]}"#,
        #"{"object":"whatsapp_business_account","entry":[{"id":7,"changes":[null,{"field":1}]}]}"#,
        MetaBody.change("messages", ["messages": .null]).description,
        MetaBody.change("messages", ["messages": [.null, "word", 3, []]]).description,
        MetaBody.change(
          "messages",
          ["messages": [["id": "wamid.words", "from": "me", "timestamp": "soon", "type": "text"]]]
        ).description,
        MetaBody.change("messages", ["messages": [["from": "491700000043", "text": "x"]]])
          .description,
        #"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","#
          + #""value":{"metadata":{"phone_number_id":"900800700"},"messages":[\#(ids)]}}]}]}"#,
        String(
          decoding: MetaBody.messages(
            [("wamid.\u{0}", "491700000043", "PLACE")],
            at: seconds
          ),
          as: UTF8.self
        ).replacing("PLACE", with: #"NUL \u0000 and a lone \ud800 surrogate"#),
      ]
      for body in hostile {
        let answer = try await world.webhook(Array(body.utf8))
        #expect(answer.status == 200, "\(body.prefix(80))")
      }
      let good = MetaBody.messages([("wamid.good", World.customer, "Good")], at: seconds)
      #expect(try await world.webhook(good).status == 200)
      try await world.window(is: "open")
      try await Patience.until("everything is applied or set aside") {
        try await world.doctor()["journal"]?["unapplied"]?.integer == 0 ? () : nil
      }
      let journal = try await world.doctor()["journal"]
      #expect(journal?["entries"]?.integer == Int64(hostile.count + 1))
      #expect(journal?["flagged"]?.integer ?? 0 >= 5)
      #expect(try await world.sendText("Still here").status == 200)
    }
  }

  @Test func `Meta's check of the subscription is answered only for the right token`() async throws
  {
    try await World.run { world in
      try await world.serve()
      let path = "/webhooks/meta?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
      let right = try await world.gateway.get(path + World.verifyToken)
      #expect(right.status == 200)
      #expect(right.text == "1158201444")
      for wrong in [
        "", "wrong", World.verifyToken + "x", World.verifyToken + "&hub.verify_token=x",
      ] {
        let answer = try await world.gateway.get(path + wrong)
        #expect(answer.status == 403, "\(wrong)")
        #expect(!answer.text.contains("1158201444"))
      }
    }
  }
}
