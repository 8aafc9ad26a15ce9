import CloudAPI

extension MessageContent {
  /// At least one of every kind that can be written.
  static let samples: [MessageContent] = [
    .text(TextContent(body: "Is my order ready? 👍 \"now\"\n")), .text(TextContent(body: "")),
    .image(
      MediaContent(
        id: "1",
        mimeType: "image/jpeg",
        sha256: "q=",
        caption: "broken",
        url: "https://x"
      )
    ),
    .video(MediaContent(id: "2", mimeType: "video/mp4")),
    .audio(MediaContent(id: "3", mimeType: "audio/ogg; codecs=opus", isVoice: true)),
    .document(MediaContent(id: "4", mimeType: "application/pdf", filename: "inv 7.pdf")),
    .sticker(MediaContent(id: "5", mimeType: "image/webp", isAnimated: false)),
    .location(LocationContent(latitude: -23.55052, longitude: -46.633308, name: "Praça X")),
    .contacts([
      SharedContact(
        formattedName: "Ana B",
        firstName: "Ana",
        phones: [.init(phone: "+55 11", waID: "5511988880002", type: "CELL")],
        origin: "contact_request"
      )
    ]),
    .reaction(ReactionContent(messageID: "wamid.O", emoji: "👍")),
    .reaction(ReactionContent(messageID: "wamid.O", emoji: nil)),
    .interactive(.button(id: "confirm:77", title: "Confirm")),
    .interactive(.list(id: "slot-3", title: "10:30", description: "Dr. Silva")),
    .interactive(
      .form(FormReply(name: "flow", body: "Sent", responseJSON: #"{"flow_token":"ft-9"}"#))
    ),
    .interactive(
      .callPermission(
        CallPermissionReply(
          response: "accept",
          isPermanent: false,
          expiresAt: 1_795_860_000,
          source: "user_action"
        )
      )
    ),
    .interactive(.product(["id": "p"])),
    .button(ButtonTap(payload: "STOP_PROMO", text: "Stop promos")),
    .order(
      OrderContent(
        catalogID: "88",
        text: "gift",
        items: [.init(productRetailerID: "SKU", quantity: 2, price: "7.99", currency: "EUR")]
      )
    ),
    .system(
      SystemNotice(
        kind: .changedUserID,
        body: "Rita changed",
        userID: "BR.2",
        previousUserID: "BR.1"
      )
    ),
    .system(SystemNotice(kind: .changedNumber, waID: "5511977770009")),
    .system(SystemNotice(kind: .changedIdentity, customer: "5511", identityHash: "Zx9=")),
    .unsupported(UnsupportedContent(type: "poll_creation")),
    .unsupported(UnsupportedContent(type: nil)),
    .edit(
      EditContent(
        originalMessageID: "wamid.I",
        content: .text(TextContent(body: "12?")),
        contextID: "M0"
      )
    ),
    .revoke(RevokeContent(originalMessageID: "wamid.I")), .requestWelcome, .mediaPlaceholder,
  ]
}
