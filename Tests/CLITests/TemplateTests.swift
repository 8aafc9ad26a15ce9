import CloudAPI
import Foundation
import Testing

/// Templates as an operator meets them: read from Meta, told by webhooks, listed.
@Suite struct TemplateVerbTests {
  private static let continueChat: JSON = [
    "name": "continue_chat", "language": "de", "category": "UTILITY",
    "parameter_format": "NAMED",
    "components": [["type": "BODY", "text": "Hallo {{first_name}}, bitte unten tippen."]],
  ]

  /// Each template as `name status checked`.
  private func listed(_ world: World) async throws -> [String] {
    let list = try await world.verb("template", "list", "--json")
    #expect(list.status == 0, "\(list.errors)")
    return list.json.items.map { template in
      let isChecked = template["checked_at"] != nil
      return "\(template["name"]?.text ?? "") \(template["status"]?.text ?? "") \(isChecked)"
    }
  }

  @Test func `templates are read from Meta, kept up to date by webhooks, and gone when Meta's are`()
    async throws
  {
    try await World.run { world in
      let early = try await world.verb("template", "sync")
      #expect(early.status == 1 && early.output.isEmpty)
      try await world.open()
      let synced = try await world.verb("template", "sync")
      #expect(synced.output == "\(World.waba): 2 templates, 2 approved, 0 gone.\n")
      #expect(
        try await listed(world) == ["hello_world APPROVED true", "order_update APPROVED true"]
      )
      try await world.advance(5)
      let hello: JSON = ["name": "hello_world", "language": "en_US", "status": "PAUSED"]
      try await world.sandbox(template: hello)
      try await world.sandbox(template: Self.continueChat)
      try await Patience.until("the webhooks are applied") {
        try await listed(world).count == 3 ? () : nil
      }
      #expect(
        try await listed(world) == [
          "continue_chat APPROVED false", "hello_world PAUSED true", "order_update APPROVED true",
        ]
      )
      try await world.advance(5)
      let again = try await world.verb("template", "sync", "--json")
      #expect(again.json.items.first?["templates"]?.integer == 3)
      #expect(try await listed(world).first == "continue_chat APPROVED true")
      // Meta recategorises one; what that does to the choice, the choice's own tests say.
      try await world.sandbox(
        template: [
          "name": "continue_chat", "language": "de", "category": "MARKETING", "quality": "RED",
        ]
      )
      try await Patience.until("the category is applied") {
        let list = try await world.verb("template", "list")
        return list.output.contains("continue_chat  de        MARKETING  APPROVED  RED") ? () : nil
      }
      let other = try await world.verb("template", "sync", "--waba-id", "1")
      #expect(other.status == 1 && other.errors.contains("number list"), "\(other.errors)")
      let table = try await world.verb("template", "list")
      #expect(table.output.contains("hello_world    en_US     UTILITY    PAUSED"))
    }
  }

  @Test func `an account whose token Meta refuses is named, and nothing is taken for deleted`()
    async throws
  {
    try await World.run { world in
      try await world.addNumber()
      _ = try await world.verb("template", "sync")
      let set = try await world.verb(
        ["number", "set", World.number, "--access-token-stdin"],
        input: "expired-token\n"
      )
      #expect(set.status == 0, "\(set.errors)")
      let refused = try await world.verb("template", "sync")
      #expect(refused.status == 1)
      #expect(refused.errors.contains("\(World.waba): could not read the templates"))
      #expect(!refused.errors.contains("expired-token"))
      #expect(try await listed(world).count == 2)
    }
  }
}
