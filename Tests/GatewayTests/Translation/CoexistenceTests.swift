import CloudAPI
import CustomerCare
import Storage
import Support
import Testing

/// What the phone says on a Coexistence number: told, shown, and never an opening.
@Suite struct CoexistenceTests {
  private static let history = Bodies.change(
    [
      "history": [
        [
          "metadata": ["phase": 0, "chunk_order": 1, "progress": 55],
          "threads": [
            [
              "id": .string(GatewayStage.customer),
              "messages": [
                Bodies.text("wamid.theirs"),
                [
                  "from": "4930000001", "to": .string(GatewayStage.customer), "id": "wamid.ours",
                  "timestamp": "1795255100", "type": "text", "text": ["body": "Good morning"],
                ],
              ],
            ]
          ],
        ]
      ]
    ],
    field: "history"
  )

  @Test func `history is kept with its direction and opens nothing`() throws {
    let facts = try Reading.facts(Self.history)
    #expect(facts.ledger.isEmpty)
    let directions = facts.compactMap { fact -> String? in
      guard case .message(let message) = fact else { return nil }
      return "\(message.message.id) \(message.direction)"
    }
    #expect(directions == ["wamid.theirs inbound", "wamid.ours outbound"])
    #expect(facts.messages.allSatisfy { $0.alias == .phone(GatewayStage.customer) })
    #expect(facts.messages.allSatisfy { $0.origin == .history })
  }

  @Test func `the file of a history message has the shape of a live one and opens nothing`() throws
  {
    let facts = try Reading.facts(
      Bodies.change(
        ["messages": [Bodies.text("wamid.theirs")]],
        field: "history"
      )
    )
    #expect(facts.ledger.isEmpty)
    #expect(facts.messages.map(\.origin) == [.history])
  }

  @Test func `an echo belongs to the customer it went to`() throws {
    let facts = try Reading.facts(
      Bodies.change(
        [
          "message_echoes": [
            [
              "from": "4930000001", "to": .string(GatewayStage.customer), "id": "wamid.1",
              "timestamp": "1795255100", "type": "text", "text": ["body": "From the phone"],
            ]
          ]
        ],
        field: "smb_message_echoes"
      )
    )
    #expect(facts.ledger.isEmpty)
    #expect(facts.messages.map(\.alias) == [.phone(GatewayStage.customer)])
    #expect(facts.messages.map(\.content) == [.text("From the phone")])
  }

  @Test func `a message to another app may have opened the window`() throws {
    let facts = try Reading.facts(
      Bodies.change(["messages": [Bodies.text("wamid.1")]], field: "standby")
    )
    #expect(facts.ledger.map(\.certainty) == [.uncertain(.standby)])
  }

  @Test func `a placeholder may have opened the window, and the message that follows did`() throws {
    var placeholder = Bodies.text("wamid.1")
    placeholder.set("type", to: "unsupported")
    placeholder.set("text", to: nil)
    placeholder.set("errors", to: [["code": 131060, "title": "This message is unavailable."]])
    let before = try Reading.facts(Bodies.change(["messages": [placeholder]])).ledger
    #expect(before.map(\.certainty) == [.uncertain(.unavailable)])
    let after = try Reading.facts(Bodies.message()).ledger
    let merged = try #require(before.first).merging(try #require(after.first))
    #expect(merged.certainty == .certain)
  }
}
