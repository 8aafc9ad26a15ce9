/// Meta's answer to an accepted message.
///
/// Accepted for processing, nothing more: it proves neither an open window nor that the number is on
/// WhatsApp. `waID` may differ from what was dialled (Brazil, Mexico, Argentina).
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages, read 2026-11-21.
package struct SendResponse: Sendable, Hashable {
  /// The message id (wamid); nil for receipts.
  package var messageID: String?
  /// `accepted`, `held_for_quality_assessment` or `paused`; nil if Meta does not say.
  package var messageStatus: String?
  /// The group it went to.
  package var groupID: String?
  /// The recipient as it was written.
  package var input: String?
  /// The recipient's phone number in digits, or the group.
  package var waID: String?
  /// The recipient's BSUID.
  package var userID: String?
  /// `{"success":true}`: the answer to receipts.
  package var isSuccess: Bool

  /// Creates an answer to a message.
  package init(
    messageID: String,
    messageStatus: String? = nil,
    groupID: String? = nil,
    input: String?,
    waID: String? = nil,
    userID: String? = nil
  ) {
    self.messageID = messageID
    self.messageStatus = messageStatus
    self.groupID = groupID
    self.input = input
    self.waID = waID
    self.userID = userID
    isSuccess = false
  }

  /// The answer to a receipt.
  package static let success = SendResponse(success: ())

  private init(success: ()) { isSuccess = true }

  /// Reads an answer; nil if it is neither of the two shapes.
  package init?(_ json: JSON) {
    let message = json["messages"]?.items.first
    messageID = message?["id"]?.text
    messageStatus = message?["message_status"]?.text
    groupID = message?["group_id"]?.text
    let contact = json["contacts"]?.items.first
    input = contact?["input"]?.text
    waID = contact?["wa_id"]?.text
    userID = contact?["user_id"]?.text
    isSuccess = json["success"]?.flag ?? false
    guard messageID != nil || isSuccess else { return nil }
  }

  /// The body as Meta writes it.
  package var json: JSON {
    guard let messageID else { return ["success": .bool(isSuccess)] }
    return [
      "messaging_product": "whatsapp",
      "contacts": [
        .present([
          "input": input.map(JSON.string),
          "wa_id": waID.map(JSON.string),
          "user_id": userID.map(JSON.string),
        ])
      ],
      "messages": [
        .present([
          "id": .string(messageID),
          "group_id": groupID.map(JSON.string),
          "message_status": messageStatus.map(JSON.string),
        ])
      ],
    ]
  }
}
