import Testing

@testable import CustomerCare

@Suite struct `What opens the window` {
  /// Meta's rule, row by row: what a customer does, what we see of it, whether it opens.
  static let customerEvents: [(row: String, kind: OpeningKind, Qualification)] = [
    ("text", .text, .opens),
    ("image", .image, .opens),
    ("video", .video, .opens),
    ("audio or voice note", .audio, .opens),
    ("document", .document, .opens),
    ("sticker", .sticker, .opens),
    ("location", .location, .opens),
    ("contacts", .contacts, .opens),
    ("tap on a reply button", .buttonReply, .opens),
    ("tap on a list row", .listReply, .opens),
    ("choice of a product", .productReply, .opens),
    ("tap on a template's quick-reply button", .templateButton, .opens),
    ("flow completed or address form sent", .flowReply, .opens),
    ("cart sent", .order, .opens),
    ("own contact shared when asked for it", .contacts, .opens),
    ("message from an ad", .text, .opens),
    ("ice breaker or slash command", .text, .opens),
    ("call, answered", .userCall, .opens),
    ("call, missed", .userCall, .opens),
    ("picks up our call", .acceptedCall, .opens),
    ("answers a call permission request", .callPermissionReply, .uncertain(.callPermissionReply)),
    ("permission granted by itself", .callPermissionGranted, .doesNotOpen),
    ("voicemail", .audio, .opens),
    ("opens an empty chat", .welcome, .opens),
    ("reaction", .reaction, .uncertain(.reaction)),
    ("reaction removed", .reactionRemoved, .doesNotOpen),
    ("unsupported, 131051", .unsupported, .uncertain(.unsupported)),
    ("unavailable, 131060", .unavailable, .uncertain(.unavailable)),
    ("edits a message", .edit, .doesNotOpen),
    ("deletes a message", .revoke, .doesNotOpen),
    ("writes while another application answers", .standby, .uncertain(.standby)),
    ("sends a kind Meta has just invented", .unknown, .uncertain(.unknownKind)),
  ]

  static let otherEvents: [(row: String, kind: OpeningKind)] = [
    ("our own send, template included", .ownSend),
    ("sent, delivered, read, played, failed", .deliveryStatus),
    ("message from the WhatsApp Business app", .echo),
    ("imported history", .history),
    ("our call rings", .callRinging),
    ("our call is rejected", .callRejected),
    ("our call is not answered", .callUnanswered),
    ("marketing link clicked", .linkClick),
    ("marketing stopped or resumed", .preference),
    ("number, user id or identity changed", .system),
    ("user blocked or unblocked", .block),
    ("somebody joins a group", .groupChange),
    ("contacts synchronised", .contactSync),
  ]

  @Test(arguments: customerEvents)
  func `a customer's event opens as Meta says`(
    row: String,
    kind: OpeningKind,
    qualification: Qualification
  ) throws {
    #expect(kind.qualification == qualification, "\(row)")

    let entry = LedgerEntry.opening(
      kind,
      eventID: "wamid.1",
      alias: Scene.anna,
      at: Scene.start,
      receivedAt: Scene.start
    )
    let state = CareWindow.state(
      entry.map { [$0] } ?? [],
      at: Scene.start + .hours(1)
    )
    switch qualification {
    case .opens:
      #expect(state == .open(until: Scene.start + .hours(24), because: try #require(entry)))
    case .uncertain(let reason):
      #expect(state.doubt == reason)
      #expect(state.end == Scene.start + .hours(24))
    case .doesNotOpen:
      #expect(entry == nil)
      #expect(state == .neverOpened)
    }
  }

  @Test(arguments: otherEvents)
  func `nothing else opens it`(row: String, kind: OpeningKind) {
    #expect(kind.qualification == .doesNotOpen, "\(row)")
    #expect(
      LedgerEntry.opening(
        kind,
        eventID: "wamid.1",
        alias: Scene.anna,
        at: Scene.start,
        receivedAt: Scene.start
      )
        == nil
    )
    // Nor if somebody writes it into the ledger all the same.
    let smuggled = LedgerEntry(
      eventID: "wamid.1",
      kind: .opening(kind),
      alias: Scene.anna,
      at: Scene.start,
      receivedAt: Scene.start
    )
    #expect(CareWindow.state([smuggled], at: Scene.start) == .neverOpened)
  }

  @Test func `both tables together name every kind`() {
    let named = Set(Self.customerEvents.map(\.kind) + Self.otherEvents.map(\.kind))
    #expect(named == Set(OpeningKind.allCases))
  }

  @Test func `a message in a group opens the group's window and not the member's`() throws {
    let group: GroupID = "Z3JvdXA6aW52"
    let entry = try #require(
      LedgerEntry.opening(
        .text,
        eventID: "wamid.G",
        alias: Scene.anna,
        groupID: group,
        at: Scene.start,
        receivedAt: Scene.start
      )
    )
    #expect(entry.subject == .group(group))
    #expect(CareWindow.state([entry], at: Scene.start + .hours(1)).isOpen)

    let anna = try #require(Person.resolve([], aliases: [Scene.anna], in: "p").first)
    #expect(CareWindow.state([entry], of: anna, at: Scene.start + .hours(1)) == .neverOpened)
  }
}
