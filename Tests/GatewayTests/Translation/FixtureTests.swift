import CloudAPI
import CustomerCare
import Storage
import Support
import Testing

/// What bodies that others recorded mean for the window.
struct RecordedCase: Sendable, CustomTestStringConvertible {
  let file: String
  let name: String
  /// What opens, or may; nil if nothing.
  let kind: OpeningKind?

  var testDescription: String { "\(file)/\(name)" }

  init(_ file: String, _ name: String, _ kind: OpeningKind?) {
    self.file = file
    self.name = name
    self.kind = kind
  }

  static let all: [RecordedCase] =
    messages + replies + [
      RecordedCase("call_connect", "business_initiated", nil),
      RecordedCase("call_connect", "user_initiated", .userCall),
      RecordedCase("call_status", "call_status", nil),
      RecordedCase("call_terminate", "call_terminate", .acceptedCall),
      RecordedCase("deleted_message", "revoke", nil),
      RecordedCase("edited_message", "image", nil),
      RecordedCase("system", "phone_number_change", nil),
      RecordedCase("system", "identity_change", nil),
      RecordedCase("outgoing_message", "text", nil),
      RecordedCase("outgoing_message", "delete", nil),
      RecordedCase("outgoing_message", "edit", nil),
      RecordedCase("message_status", "sent", nil),
      RecordedCase("message_status", "delivered", nil),
      RecordedCase("message_status", "read", nil),
      RecordedCase("message_status", "played", nil),
      RecordedCase("message_status", "failed", nil),
      RecordedCase("message_status", "with_tracker", nil),
      RecordedCase("message_status", "group", nil),
      RecordedCase("user_marketing_preferences", "resume", nil),
      RecordedCase("user_marketing_preferences", "signup", nil),
      RecordedCase("template_status_update", "approved", nil),
    ]

  private static let messages: [RecordedCase] = [
    RecordedCase("message", "text", .text),
    RecordedCase("message", "image", .image),
    RecordedCase("message", "media_with_url", .image),
    RecordedCase("message", "video", .video),
    RecordedCase("message", "document", .document),
    RecordedCase("message", "audio", .audio),
    RecordedCase("message", "voice", .audio),
    RecordedCase("message", "static_sticker", .sticker),
    RecordedCase("message", "animated_sticker", .sticker),
    RecordedCase("message", "reaction", .reaction),
    RecordedCase("message", "unreaction_empty", nil),
    RecordedCase("message", "unreaction_no_emoji", nil),
    RecordedCase("message", "current_location", .location),
    RecordedCase("message", "chosen_location", .location),
    RecordedCase("message", "contacts", .contacts),
    RecordedCase("message", "order", .order),
    RecordedCase("message", "unsupported", .unsupported),
    RecordedCase("message", "unsupported_with_type", .unsupported),
    RecordedCase("message", "reply", .text),
    RecordedCase("message", "forwarded", .text),
    RecordedCase("message", "forwarded_many_times", .text),
    RecordedCase("message", "referral", .text),
  ]

  private static let replies: [RecordedCase] = [
    RecordedCase("callback_button", "button", .buttonReply),
    RecordedCase("callback_button", "quick_reply", .templateButton),
    RecordedCase("callback_button", "quick_reply_without_context", .templateButton),
    RecordedCase("callback_selection", "callback", .listReply),
    RecordedCase("callback_selection", "description", .listReply),
    RecordedCase("flow_completion", "completion", .flowReply),
    RecordedCase("flow_completion", "without_flow_token", .flowReply),
    RecordedCase("call_permission_update", "accept", .callPermissionReply),
    RecordedCase("call_permission_update", "reject", .callPermissionReply),
  ]
}

@Suite struct FixtureTests {
  @Test(arguments: RecordedCase.all)
  func `a recorded body opens what its kind opens, at Meta's second, for who wrote it`(
    recorded: RecordedCase
  ) throws {
    let body = try Reading.fixture(recorded.file, recorded.name)
    let ledger = try Reading.facts(body).ledger
    #expect(ledger.map(\.openingKind) == (recorded.kind.map { [$0] } ?? []))
    guard let entry = ledger.first else { return }
    #expect(entry.at.milliseconds.isMultiple(of: 1000))
    #expect(entry.at < GatewayStage.start)
    #expect(entry.live)
    #expect((entry.certainty == .certain) == (entry.openingKind?.qualification == .opens))
    guard recorded.file != "call_terminate" else { return }
    // The card in `contacts` completes the phone number in the message.
    #expect(entry.alias == .bsuid("US.13491208655302741918"))
  }

  @Test(arguments: RecordedCase.all)
  func `no recorded body is set aside`(recorded: RecordedCase) throws {
    let body = try Reading.fixture(recorded.file, recorded.name)
    #expect(try Reading.entry(body.serialized()).flag == nil)
  }

  @Test func `a recorded message is one message, one opening, and names one customer`() throws {
    let facts = try Reading.facts(Reading.fixture("message", "text"))
    #expect(facts.messages.map(\.id) == ["wamid.xyzxyz"])
    #expect(facts.messages.map(\.origin) == [.customer])
    #expect(facts.ledger.map(\.eventID) == ["wamid.xyzxyz"])
    let user = Alias.bsuid("US.13491208655302741918")
    #expect(facts.identities.allSatisfy { $0.kind == .together && $0.one == user })
    #expect(
      Set(facts.identities.map(\.other)) == [
        .phone("972987654321"), .parentBSUID("US.ENT.11815799212886844830"),
      ]
    )
    #expect(facts.profiles.map(\.name) == ["Test Name"])
  }

  @Test(arguments: [
    ("sent", Delivery.sent), ("delivered", .delivered), ("read", .read), ("played", .played),
    ("failed", .failed), ("with_tracker", .sent), ("group", .read),
  ])
  func `a recorded status says how far a message came, and opens nothing`(
    name: String,
    delivery: Delivery
  ) throws {
    let facts = try Reading.facts(Reading.fixture("message_status", name))
    #expect(facts.statuses.count == 1)
    #expect(facts.statuses.first?.delivery == delivery)
    #expect(facts.ledger.isEmpty && facts.messages.isEmpty)
    #expect((facts.statuses.first?.errors.isEmpty == false) == (delivery == .failed))
  }

  @Test(arguments: [
    ("account_deleted", Restriction.disconnected, true),
    ("partner_removed", .disconnected, true), ("partner_added", .disconnected, false),
    ("account_offboarded", .offboarded, true), ("account_disabled", .disabled, false),
  ])
  func `a recorded notice about an account restricts it`(
    name: String,
    restriction: Restriction,
    isImposed: Bool
  ) throws {
    let facts = try Reading.facts(Reading.fixture("account_update", name))
    #expect(facts.restrictions.map(\.restriction) == [restriction])
    #expect(facts.restrictions.map(\.isImposed) == [isImposed])
  }

  @Test func `a recorded restriction ends when Meta says`() throws {
    let facts = try Reading.facts(Reading.fixture("account_update", "account_restriction"))
    #expect(facts.restrictions.map(\.until) == [Instant(seconds: 1_641_330_498)])
  }

  @Test func `recorded echoes are the phone's, and their edits and revocations are amendments`()
    throws
  {
    let text = try Reading.facts(Reading.fixture("outgoing_message", "text"))
    #expect(text.messages.map(\.origin) == [.phone])
    let edit = try Reading.facts(Reading.fixture("outgoing_message", "edit"))
    #expect(edit.messages.isEmpty)
    #expect(edit.amendments.map(\.target) == ["wamid.zzzzzz"])
    let revoke = try Reading.facts(Reading.fixture("outgoing_message", "delete"))
    #expect(revoke.amendments.map(\.change) == [.revoked])
  }
}
