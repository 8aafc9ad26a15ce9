import CloudAPI
import CustomerCare
import Testing

/// The first day of a number that was in use before.
@Suite struct ConnectionDayTests {
  @Test func `a number in use may answer whom it cannot know, on its first day`() async throws {
    try await World.run { world in
      // Written before the gateway was there: only Meta knows.
      try await world.fault(["kind": "lose", "next": 1])
      try await world.writes(World.customer, ["text": "Before"])
      try await world.open(["--in-use"])
      let window = try await world.window(is: "uncertain")
      #expect(window["uncertain_because"]?.text == "connection_day")
      let sent = try await world.sendText("We moved, and still answer.")
      #expect(sent.status == 200, "\(sent.text)")
      #expect(sent["CareWindow-Window"] == "uncertain")
      #expect(try await world.phone().count == 1)

      try await world.advance(86_400)
      try await Patience.until("the first day is over") {
        try await world.window()["state"]?.text == "uncertain" ? nil : ()
      }
      let late = try await world.sendText("The day after")
      #expect(late.errorCode == 131047)
      #expect(try await world.phone().count == 1)
    }
  }

  @Test func `one refusal by Meta ends the doubt of the first day`() async throws {
    try await World.run { world in
      try await world.open(["--in-use"])
      try await world.window(is: "uncertain")
      try await world.advance(5)
      let tried = try await world.sendText("Are you there?")
      #expect(tried.status == 200)
      let before = try await world.messagesSeen
      // Meta's refusal comes as a status: nobody wrote to this number.
      try await world.advance(5)
      try await Patience.until("the refusal is in the ledger") {
        try await world.window()["state"]?.text == "uncertain" ? nil : ()
      }
      #expect(try await world.window()["allowed"]?.items == ["template"])
      let second = try await world.sendText("Hello?")
      #expect(second.errorCode == 131047, "\(second.text)")
      #expect(try await world.messagesSeen == before)
    }
  }

  @Test func `without in-use nobody is written to before they wrote`() async throws {
    try await World.run { world in
      try await world.fault(["kind": "lose", "next": 1])
      try await world.writes()
      try await world.open()
      #expect(try await world.window()["state"]?.text == "never_opened")
      let refused = try await world.sendText("Hello?")
      #expect(refused.errorCode == 131047)
      #expect(refused["CareWindow-Window"] == "never-opened")
      #expect(try await world.phone().isEmpty)
    }
  }

  @Test func `a Coexistence number keeps to what came after it was onboarded`() async throws {
    try await World.run { world in
      let onboarded = Instant(milliseconds: (try await world.now / 1000) * 1000)
      try await world.sandbox(number: [
        "phone_number_id": .string(World.number), "waba_id": .string(World.waba),
        "display_phone_number": "+4930000001", "token": .string(World.accessToken),
        "coexistence": true, "onboarded_at": .integer(onboarded.milliseconds / 1000),
      ])
      try await world.advance(60)
      try await world.open(["--coexistence", "--onboarded-at", onboarded.rfc3339])
      let window = try await world.window(is: "uncertain")
      #expect(window["uncertain_because"]?.text == "connection_day")
      // A program may not try what is uncertain on a number that was not in use at Cloud API.
      let refused = try await world.sendText("Hello?")
      #expect(refused.errorCode == 131047)
      let details = refused.json["error"]?["error_data"]?["details"]?.text ?? ""
      #expect(details.contains("phone"), "a reply from the phone is allowed: \(details)")

      // What a person types in the app opens nothing.
      try await world.app(writes: ["to": .string(World.customer), "text": "From the phone"])
      try await Patience.until("the echo is in the conversation") {
        let messages = try await world.gateway.list(
          "/v1/conversations/\(World.number)/\(World.customer)/messages"
        )
        return messages.contains { $0["origin"]?.text == "phone" } ? () : nil
      }
      #expect(try await world.window()["state"]?.text == "uncertain")

      try await world.writes()
      try await world.window(is: "open")
      #expect(try await world.sendText("Now we may.").status == 200)
    }
  }
}
