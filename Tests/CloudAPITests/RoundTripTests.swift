import CloudAPI
import Testing

/// What WebhookEncoder writes, WebhookDelivery reads: value for value.
@Suite struct RoundTripTests {
  private static let encoder = WebhookEncoder(
    wabaID: "700100200300",
    phoneNumberID: "900800700",
    displayPhoneNumber: "4930000001"
  )

  private static let at: Int64 = 1_795_255_200

  private static func read(_ changes: [JSON], time: Int64? = nil) throws -> [ChangeValue] {
    let delivery = try WebhookDelivery.decode(encoder.body(changes, time: time))
    #expect(delivery.problems.isEmpty)
    #expect(delivery.changes.allSatisfy { $0.wabaID == "700100200300" && $0.time == time })
    return delivery.changes.map(\.value)
  }

  @Test(arguments: MessageContent.samples)
  func `every kind of message comes back`(content: MessageContent) throws {
    let message = InboundMessage(
      id: "wamid.I",
      from: "5511999990001",
      fromUserID: "BR.1",
      fromParentUserID: "BR.ENT.1",
      timestamp: Self.at,
      content: content,
      context: MessageContext(id: "wamid.O", from: "4930000001", catalogID: "c"),
      referral: Referral(sourceType: "ad", sourceID: "1", clickID: "AR", welcomeText: "Hi"),
      identity: IdentityNotice(isAcknowledged: false, createdAt: Self.at, hash: "Zx9="),
      errors: [ReportedError(code: 131_051, title: "t", message: "t", details: "d")],
      groupID: "Z3JvdXA6"
    )
    let echo = MessageEcho(
      id: "wamid.E",
      from: "4930000001",
      to: "5511999990001",
      toUserID: "BR.1",
      toParentUserID: "BR.ENT.1",
      timestamp: Self.at,
      content: content
    )
    let card = ContactCard(
      waID: "5511999990001",
      userID: "BR.1",
      parentUserID: "BR.ENT.1",
      name: "Rita",
      username: "rita.l",
      identityKeyHash: "h"
    )
    let messages = MessagesValue(contacts: [card], messages: [message])
    let echoes = EchoesValue(contacts: [card], echoes: [echo])
    let standby = StandbyValue(messages: messages, echoes: [echo])
    let read = try Self.read([
      Self.encoder.messages(messages), Self.encoder.echoes(echoes), Self.encoder.standby(standby),
    ])
    #expect(read == [.messages(messages), .echoes(echoes), .standby(standby)])
  }

  @Test func `statuses come back`() throws {
    let value = MessagesValue(
      statuses: [
        MessageStatus(
          id: "wamid.O",
          kind: .sent,
          timestamp: Self.at,
          recipientID: "5511999990001",
          recipientUserID: "BR.1",
          recipientParentUserID: "BR.ENT.1",
          callbackData: "job:8812",
          conversation: BillingConversation(
            id: "c0",
            expiresAt: Self.at + 60,
            originType: "referral_conversion"
          ),
          pricing: StatusPricing(
            isBillable: false,
            model: "PMP",
            type: "free_entry_point",
            category: "referral_conversion"
          )
        ),
        MessageStatus(
          id: "wamid.G",
          kind: .read,
          timestamp: Self.at,
          recipientID: "Z3Jv",
          recipientType: "group",
          participantID: "5511999990001",
          participantUserID: "BR.1"
        ),
        MessageStatus(
          id: "wamid.F",
          kind: .failed,
          timestamp: Self.at,
          errors: [ReportedError(code: 131_047, title: "Re-engagement message", href: "https://x")]
        ),
        MessageStatus(id: "wamid.X", kind: .other("warning"), timestamp: Self.at, type: "payment"),
      ],
      callStatuses: [CallStatus(id: "wacid.1", kind: .accepted, timestamp: Self.at)],
      errors: [ReportedError(code: 130_429, title: "Rate limit")]
    )
    #expect(try Self.read([Self.encoder.messages(value)]) == [.messages(value)])
  }

  @Test func `calls come back`() throws {
    let value = CallsValue(
      contacts: [ContactCard(waID: "491700000042", userID: "DE.5")],
      calls: [
        CallEvent(
          id: "wacid.1",
          kind: .connect,
          direction: .customerCalls,
          from: "491700000042",
          fromUserID: "DE.5",
          to: "4930000001",
          timestamp: Self.at,
          buttonPayload: "b",
          linkPayload: "l"
        ),
        CallEvent(
          id: "wacid.2",
          kind: .terminate,
          direction: .businessCalls,
          from: "4930000001",
          to: "491700000042",
          toUserID: "DE.5",
          timestamp: Self.at + 130,
          ending: .completed,
          startedAt: Self.at,
          endedAt: Self.at + 120,
          durationSeconds: 120,
          callbackData: "x"
        ),
        CallEvent(id: "wacid.3", kind: .other("media_update"), direction: nil, timestamp: Self.at),
      ],
      statuses: [
        CallStatus(
          id: "wacid.2",
          kind: .ringing,
          timestamp: Self.at,
          recipientID: "491700000042",
          recipientUserID: "DE.5",
          callbackData: "x"
        )
      ],
      errors: [ReportedError(code: 138_021)]
    )
    #expect(try Self.read([Self.encoder.calls(value)]) == [.calls(value)])
  }

  @Test func `all shapes of history come back`() throws {
    let message = HistoryMessage(
      id: "wamid.H1",
      from: "491700000042",
      fromUserID: "DE.5",
      isFromBusiness: false,
      timestamp: Self.at,
      content: .text(TextContent(body: "Ready?")),
      status: "READ"
    )
    let placeholder = HistoryMessage(
      id: "wamid.H2",
      from: "4930000001",
      to: "491700000042",
      isFromBusiness: true,
      timestamp: Self.at,
      content: .mediaPlaceholder,
      status: "DELIVERED"
    )
    let values = [
      HistoryValue(
        chunks: [
          HistoryChunk(
            phase: 1,
            order: 4,
            progress: 61,
            threads: [
              HistoryThread(
                waID: "491700000042",
                userID: "DE.5",
                username: "anna.k",
                messages: [message, placeholder]
              )
            ]
          )
        ]), HistoryValue(errors: [ReportedError(code: 2_593_109, message: "declined")]),
      HistoryValue(
        mediaMessages: [
          InboundMessage(
            id: "wamid.H3",
            from: "491700000042",
            timestamp: Self.at,
            content: .image(MediaContent(id: "1"))
          )
        ],
        mediaEchoes: [
          MessageEcho(
            id: "wamid.H2",
            from: "4930000001",
            timestamp: Self.at,
            content: .image(MediaContent(id: "2"))
          )
        ],
        contacts: [ContactCard(waID: "491700000042")]
      ),
    ]
    #expect(
      try Self.read(values.map(Self.encoder.history)) == values.map(ChangeValue.history)
    )
    #expect(values.map(\.isDeclined) == [false, true, false])
  }

  @Test func `contact book, preferences and changed ids come back`() throws {
    let sync = ContactSyncValue(entries: [
      ContactSyncEntry(
        action: .add,
        phoneNumber: "491700000042",
        userID: "DE.5",
        username: "anna.k",
        fullName: "Anna Kern",
        firstName: "Anna",
        timestamp: Self.at
      ),
      ContactSyncEntry(action: .remove, phoneNumber: nil, userID: "DE.7", timestamp: Self.at),
    ])
    let preferences = PreferencesValue(preferences: [
      UserPreference(waID: "491700000042", choice: .stop, timestamp: Self.at),
      UserPreference(
        waID: nil,
        userID: "DE.5",
        choice: .signup,
        detail: "d",
        signupID: "1",
        timestamp: Self.at
      ),
    ])
    let ids = [
      UserIDUpdate(
        previousUserID: "DE.1",
        currentUserID: "DE.2",
        previousParentUserID: "DE.ENT.1",
        currentParentUserID: "DE.ENT.2",
        waID: "491700000042",
        detail: "d",
        timestamp: Self.at
      )
    ]
    let read = try Self.read([
      Self.encoder.contactSync(sync), Self.encoder.preferences(preferences),
      Self.encoder.userIDUpdates(ids),
    ])
    #expect(read == [.contactSync(sync), .preferences(preferences), .userIDUpdate(ids)])
  }

  @Test func `template and account updates come back, with the time of the entry`() throws {
    let template = TemplateReference(id: "1689556908129832", name: "order", language: "en_US")
    let status = TemplateStatusUpdate(
      template: template,
      event: "PAUSED",
      category: "UTILITY",
      reason: "SCAM",
      disableDate: "soon",
      otherTitle: "FIRST_PAUSE",
      otherDescription: "d",
      rejectionReason: "r",
      recommendation: "do"
    )
    let quality = TemplateQualityUpdate(
      template: template,
      previousScore: "GREEN",
      newScore: "RED"
    )
    let category = TemplateCategoryUpdate(
      template: template,
      newCategory: "UTILITY",
      correctCategory: "MARKETING",
      changesAt: Self.at
    )
    let account = AccountUpdate(
      event: "ACCOUNT_RESTRICTION",
      wabaID: "7",
      ownerBusinessID: "6",
      phoneNumber: "4930000001",
      restrictions: [.init(type: "RESTRICTED_BIZ_INITIATED_MESSAGING", expiresAt: Self.at)],
      banState: "DISABLE",
      banDate: "April 17, 2025",
      violationType: "ADULT",
      disconnectionReason: "PRIMARY_INACTIVITY",
      disconnectedBy: "SYSTEM"
    )
    let number = PhoneNumberQualityUpdate(
      displayPhoneNumber: "4930000001",
      event: "THROUGHPUT_UPGRADE",
      limit: "TIER_UNLIMITED"
    )
    let read = try Self.read(
      [
        Self.encoder.templateStatus(status), Self.encoder.templateQuality(quality),
        Self.encoder.templateCategory(category), Self.encoder.account(account),
        Self.encoder.phoneNumberQuality(number),
      ],
      time: Self.at
    )
    #expect(
      read == [
        .templateStatus(status), .templateQuality(quality), .templateCategory(category),
        .account(account), .phoneNumberQuality(number),
      ]
    )
  }

  @Test func `several accounts fit into one body`() throws {
    var other = Self.encoder
    other.wabaID = "2"
    other.phoneNumberID = "9"
    let value = MessagesValue(messages: [
      InboundMessage(id: "wamid.1", timestamp: Self.at, content: .requestWelcome)
    ])
    let body = WebhookEncoder.body(entries: [
      Self.encoder.entry([Self.encoder.messages(value)]), other.entry([other.messages(value)]),
    ])
    let delivery = try WebhookDelivery.decode(body)
    #expect(delivery.changes.map(\.wabaID) == ["700100200300", "2"])
    #expect(delivery.changes.map(\.phoneNumberID) == ["900800700", "9"])
    #expect(delivery.changes.map(\.displayPhoneNumber) == ["4930000001", "4930000001"])
  }
}
