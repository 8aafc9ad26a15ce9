/// What happened in a conversation, by what it could mean for the window.
///
/// The raw values are stable: they are stored, and shown as `opened_by.kind`.
package enum OpeningKind: String, CaseIterable, Sendable {
  // The customer wrote.
  case text, image, video, audio, document, sticker, location, contacts, order
  case buttonReply = "button_reply"
  case listReply = "list_reply"
  case productReply = "product_reply"
  /// A completed flow, or a sent address form.
  case flowReply = "flow_reply"
  /// The quick-reply button of a template.
  case templateButton = "template_button"
  /// The customer opened an empty chat; Meta removed the webhook on 2026-03-27.
  case welcome

  // The customer called, answered or not, or took our call.
  case userCall = "user_call"
  case acceptedCall = "accepted_call"

  // The customer did something.
  case reaction
  /// The customer tapped *allow* or *decline* when asked whether we may call.
  case callPermissionReply = "call_permission_reply"
  /// A message of a kind that Meta does not hand over (131051).
  case unsupported
  /// A message that Meta cannot hand over now (131060); it may follow under the same id.
  case unavailable
  /// A message that went to another application; we only heard of it (Conversation Routing).
  case standby
  /// A message of a kind that Meta introduced after this was written.
  case unknown

  // The customer did nothing, or nothing that counts.
  case reactionRemoved = "reaction_removed"
  /// Permission to call that Meta gave by itself, after a call of the customer.
  case callPermissionGranted = "call_permission_granted"
  case edit, revoke
  /// A notice of Meta's: a changed number, user id or identity.
  case system
  case preference
  case linkClick = "link_click"
  case groupChange = "group_change"
  case contactSync = "contact_sync"

  // We did something, or Meta told how it went.
  case ownSend = "own_send"
  case deliveryStatus = "delivery_status"
  /// Somebody wrote in the WhatsApp Business app.
  case echo
  /// Anything the app's history tells, of either side.
  case history
  case callRinging = "call_ringing"
  case callRejected = "call_rejected"
  case callUnanswered = "call_unanswered"
  case block
}

extension OpeningKind {
  /// Whether an event of this kind opens the window.
  ///
  /// Meta's rule is one sentence: the user "messages you or calls you". It names calls, answered or
  /// not, ads and groups; that it holds for every kind of message a user can send is the same
  /// sentence applied. Where it is silent the answer here is uncertain, and where nobody claims it, no.
  /// Source: …/whatsapp/messages/send-messages, 2026-05-21; …/calling/pricing, 2026-03-30;
  /// …/pricing, 2026-09-10; …/groups/pricing, 2025-10-22.
  package var qualification: Qualification {
    switch self {
    case .text, .image, .video, .audio, .document, .sticker, .location, .contacts, .order,
      .buttonReply, .listReply, .productReply, .flowReply, .templateButton, .welcome,
      .userCall, .acceptedCall:
      .opens
    case .reaction: .uncertain(.reaction)
    case .callPermissionReply: .uncertain(.callPermissionReply)
    case .unsupported: .uncertain(.unsupported)
    case .unavailable: .uncertain(.unavailable)
    case .standby: .uncertain(.standby)
    case .unknown: .uncertain(.unknownKind)
    case .reactionRemoved, .callPermissionGranted, .edit, .revoke, .system, .preference,
      .linkClick, .groupChange, .contactSync,
      .ownSend, .deliveryStatus, .echo, .history, .callRinging, .callRejected, .callUnanswered,
      .block:
      .doesNotOpen
    }
  }
}
