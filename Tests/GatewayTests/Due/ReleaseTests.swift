import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// What waits is handed over by whoever looks next.
@Suite(.timeLimit(.minutes(2))) struct ReleaseTests {
  @Test func `a request that cannot be read ends, and the others are sent`() async throws {
    try await GatewayStage.play { stage in
      let customers = [GatewayStage.customer, "491700000043"]
      for customer in customers { try stage.meta.writes(customer) }
      try await stage.hear()
      let now = stage.clock.now
      for customer in customers {
        let draft = Self.draft(to: customer, at: now)
        _ = try await stage.engine.write(.gate) { unit in
          try Reserve.reserve(
            draft,
            writing: Reengage.onPaper,
            now: now,
            margin: .seconds(60),
            in: unit
          )
        }
      }
      _ = try await stage.engine.write(.rest) { unit in
        try unit.run(
          "UPDATE request SET kind = 'nonsense' WHERE id = $id",
          ["id": .text("to-\(customers[0])")]
        )
      }
      await stage.attend()
      let sent = try await stage.finish(RequestID("to-\(customers[1])"))
      #expect(sent.state == .handedOver)
      let states = try await stage.engine.read { unit in
        try unit.rows("SELECT state FROM request ORDER BY id") { row in try row.text("state") }
      }
      #expect(states == ["failed", "handed_over"])
    }
  }

  private static func draft(to customer: String, at now: Instant) -> RequestDraft {
    RequestDraft(
      request: SendRequest(
        id: RequestID("to-\(customer)"),
        from: GatewayStage.number,
        to: .customer(.phone(customer)),
        kind: .freeForm(type: "text"),
        sender: .program(GatewayStage.token),
        at: now
      ),
      payload: GatewayStage.text(to: customer).serialized(),
      content: .text("Hello"),
      type: "text",
      road: "messages",
      isDurable: true,
      claimBy: now + .seconds(30)
    )
  }
}
