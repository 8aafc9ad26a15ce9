import CloudAPI
import CustomerCare
import Support
import Testing

/// Who is who: from names that stand in one signed event, and from Meta's notices of change.
@Suite struct IdentityTests {
  private static let user = Alias.bsuid("DE.5550000000000042")

  private func contactsMessage(origin: JSON?) -> JSON {
    var card: JSON = [
      "name": ["formatted_name": "Anna"],
      "phones": [["phone": "+49 170 0000042", "wa_id": .string(GatewayStage.customer)]],
    ]
    card.set("origin", to: origin)
    return Bodies.change([
      "contacts": [["profile": ["name": "Anna"], "user_id": .string(Self.user.value)]],
      "messages": [
        [
          "from_user_id": .string(Self.user.value), "id": "wamid.1", "timestamp": "1795255100",
          "type": "contacts", "contacts": [card],
        ]
      ],
    ])
  }

  @Test func `the card a customer sends when asked for the number joins number and user id`() throws
  {
    let facts = try Reading.facts(contactsMessage(origin: "contact_request"))
    let joined = IdentityFact.together(
      Self.user,
      .phone(GatewayStage.customer),
      at: Instant(seconds: 1_795_255_100)
    )
    #expect(facts.identities == [joined])
  }

  @Test(arguments: ["other", nil] as [String?])
  func `any other card may be somebody else's and joins nobody`(origin: String?) throws {
    let facts = try Reading.facts(contactsMessage(origin: origin.map { .string($0) }))
    #expect(facts.identities.isEmpty)
    #expect(facts.ledger.map(\.alias) == [Self.user])
  }

  @Test func `cards are matched with messages by name, not by position`() throws {
    let facts = try Reading.facts(
      Bodies.change([
        "contacts": [
          ["profile": ["name": "Ben"], "wa_id": "4917000000002", "user_id": "DE.2"],
          ["profile": ["name": "Anna"], "wa_id": "4917000000001", "user_id": "DE.1"],
        ],
        "messages": [
          Bodies.text("wamid.anna", from: "4917000000001"),
          Bodies.text("wamid.ben", from: "4917000000002"),
        ],
      ])
    )
    #expect(facts.messages.map(\.alias) == [.bsuid("DE.1"), .bsuid("DE.2")])
    #expect(
      Set(facts.identities.map(\.key)) == [
        "together|bsuid:DE.1|phone:4917000000001", "together|bsuid:DE.2|phone:4917000000002",
      ]
    )
  }

  @Test(
    arguments: [
      // What the message names, and the parent id that the first card with one of these names lends.
      (["from": "4917000000001"], "DE.ENT.1"), (["from_user_id": "DE.2"], "DE.ENT.2"),
      (["from": "4917000000001", "from_user_id": "DE.2"], "DE.ENT.1"),
      (["from": "4917000000009", "from_user_id": "DE.2"], "DE.ENT.2"),
      (["from": "4917000000009"], nil),
    ] as [([String: String], String?)]
  )
  func `of several cards the first that shares a name counts`(
    named: [String: String],
    parent: String?
  ) throws {
    var message: JSON = [
      "id": "wamid.1", "timestamp": "1795255100", "type": "text", "text": ["body": "Hello"],
    ]
    for (key, name) in named { message.set(key, to: .string(name)) }
    let facts = try Reading.facts(
      Bodies.change([
        "contacts": [
          ["wa_id": "4917000000001", "parent_user_id": "DE.ENT.1"],
          ["user_id": "DE.2", "parent_user_id": "DE.ENT.2"],
          ["wa_id": "4917000000001", "parent_user_id": "DE.ENT.3"],
        ],
        "messages": [message],
      ])
    )
    #expect(
      Set(facts.identities.map(\.other))
        == Set(parent.map { [.parentBSUID($0)] } ?? []).union(
          named.count == 2 ? [.phone(named["from"] ?? "")] : []
        )
    )
  }

  @Test func `the card of another customer does not lend its name`() throws {
    let facts = try Reading.facts(
      Bodies.change([
        "contacts": [["wa_id": "4917000000002", "user_id": "DE.2"]],
        "messages": [Bodies.text("wamid.anna", from: "4917000000001")],
      ])
    )
    #expect(facts.messages.map(\.alias) == [.phone("4917000000001")])
    #expect(facts.identities.isEmpty)
  }

  @Test func `a message that names nobody is the only card's, and nobody's of two`() throws {
    let nameless: JSON = [
      "id": "wamid.1", "timestamp": "1795255100", "type": "text", "text": ["body": "Hello"],
    ]
    let one: JSON = ["user_id": "DE.1"]
    let alone = try Reading.facts(Bodies.change(["contacts": [one], "messages": [nameless]]))
    #expect(alone.ledger.map(\.alias) == [.bsuid("DE.1")])
    let two = try Reading.facts(
      Bodies.change(["contacts": [one, ["user_id": "DE.2"]], "messages": [nameless]])
    )
    #expect(two.ledger.isEmpty)
  }

  @Test func `a changed number is a change of every name the notice holds`() throws {
    let facts = try Reading.facts(
      Bodies.change([
        "messages": [
          [
            "from": "4917000000001", "from_user_id": "DE.1", "id": "wamid.1",
            "timestamp": "1795255100",
            "type": "system",
            "system": [
              "type": "user_changed_number", "body": "User changed", "wa_id": "4917000000002",
              "user_id": "DE.2", "previous_user_id": "DE.1",
            ],
          ]
        ]
      ])
    )
    let at = Instant(seconds: 1_795_255_100)
    #expect(
      Set(facts.identities) == [
        .changed(from: .bsuid("DE.1"), to: .bsuid("DE.2"), at: at),
        .changed(from: .phone("4917000000001"), to: .phone("4917000000002"), at: at),
        .together(.bsuid("DE.2"), .phone("4917000000002"), at: at),
      ]
    )
    #expect(facts.ledger.isEmpty && facts.messages.isEmpty)
  }

  @Test func `the recorded change of a number says it with phone numbers alone`() throws {
    let facts = try Reading.facts(Reading.fixture("system", "phone_number_change"))
    let at = Instant(seconds: 1_753_851_315)
    #expect(
      facts.identities == [
        .changed(from: .phone("972987654321"), to: .phone("972912345678"), at: at)
      ]
    )
  }

  @Test func `a new user id is a change, and joins what the update names`() throws {
    let facts = try Reading.facts(
      Bodies.change(
        [
          "user_id_update": [
            [
              "wa_id": .string(GatewayStage.customer), "timestamp": "1795255100",
              "user_id": ["previous": "DE.1", "current": "DE.2"],
            ]
          ]
        ],
        field: "user_id_update"
      )
    )
    let at = Instant(seconds: 1_795_255_100)
    #expect(
      Set(facts.identities) == [
        .changed(from: .bsuid("DE.1"), to: .bsuid("DE.2"), at: at),
        .together(.bsuid("DE.2"), .phone(GatewayStage.customer), at: at),
      ]
    )
  }
}
