/// What could be taken for an opening: everything that is reported about a conversation, by what it means for the window.
///
/// The raw values are stable: they are stored, and shown as `opened_by.kind`.
package enum OpeningKind: String, CaseIterable, Sendable {
  // The customer wrote.
  case text, image, video, audio, document, sticker, location, contacts, order
  case buttonReply = "button_reply"
  case listReply = "list_reply"
  case productReply = "product_reply"
  /// A completed flow or a sent address form (Meta: `nfm_reply`).
  case flowReply = "flow_reply"
  /// The quick-reply button of a template.
  case templateButton = "template_button"
  /// The customer opened an empty chat; Meta removed the webhook on 2026-03-27.
  case welcome

  // The customer called, or took our call.
  case userCall = "user_call"
  case acceptedCall = "accepted_call"

  // The customer did something, and Meta is silent about what it means.
  case reaction
  case callPermissionReply = "call_permission_reply"
  case unsupported
  /// The placeholder 131060; the message itself may follow under the same id.
  case unavailable
  /// A customer's message that reached us only as a bystander (Conversation Routing's `standby`).
  case standby
  /// A kind of message that Meta introduced after this was written.
  case unknown

  // Nothing that opens.
  case reactionRemoved = "reaction_removed"
  /// Permission to call that Meta granted by itself after a call of the customer.
  case callPermissionGranted = "call_permission_granted"
  case edit, revoke
  case system
  case ownSend = "own_send"
  case deliveryStatus = "delivery_status"
  case echo
  case history
  case callRinging = "call_ringing"
  case callRejected = "call_rejected"
  case callUnanswered = "call_unanswered"
  case preference
  case linkClick = "link_click"
  case block
  case groupChange = "group_change"
  case contactSync = "contact_sync"
  case identityChange = "identity_change"
}

/// Whether an event opens the care window.
package enum Qualification: Hashable, Sendable {
  /// It opens the window for 24 hours from Meta's timestamp.
  case opens
  /// Meta's documents are silent; the reason says about what.
  case uncertain(UncertaintyReason)
  /// It neither opens nor prolongs the window.
  case doesNotOpen
}

/// Why it is not certain that a window is open.
package enum UncertaintyReason: String, CaseIterable, Sendable {
  case reaction
  case callPermissionReply = "call_permission_reply"
  case unsupported
  case unavailable
  case standby
  case unknownKind = "unknown_kind"
  /// The number was in use before it was connected here, and what happened then is not known.
  case connectionDay = "connection_day"
  /// The customer wrote under an alias that was given up since.
  case inherited
  /// Meta refused a message with 131047 although a certain opening says the window is open.
  case reported131047 = "reported_131047"
}

extension OpeningKind {
  /// Whether an event of this kind opens the window: Meta's rule as a table.
  package var qualification: Qualification {
    switch self {
    case .text, .image, .video, .audio, .document, .sticker, .location, .contacts, .order,
      .buttonReply, .listReply, .productReply, .flowReply, .templateButton, .welcome, .userCall,
      .acceptedCall:
      .opens
    case .reaction: .uncertain(.reaction)
    case .callPermissionReply: .uncertain(.callPermissionReply)
    case .unsupported: .uncertain(.unsupported)
    case .unavailable: .uncertain(.unavailable)
    case .standby: .uncertain(.standby)
    case .unknown: .uncertain(.unknownKind)
    case .reactionRemoved, .callPermissionGranted, .edit, .revoke, .system, .ownSend,
      .deliveryStatus, .echo, .history, .callRinging, .callRejected, .callUnanswered, .preference,
      .linkClick, .block, .groupChange, .contactSync, .identityChange:
      .doesNotOpen
    }
  }
}
