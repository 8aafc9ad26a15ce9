import CloudAPI
import CustomerCare

extension OpeningKind {
  /// What a live message of the customer's means for the window.
  init(_ message: InboundMessage) {
    self =
      switch message.content {
      case .text: .text
      case .image: .image
      case .video: .video
      case .audio: .audio
      case .document: .document
      case .sticker: .sticker
      case .location: .location
      case .contacts: .contacts
      case .order: .order
      case .button: .templateButton
      case .interactive(let reply): Self(reply)
      case .reaction(let reaction): reaction.emoji == nil ? .reactionRemoved : .reaction
      case .requestWelcome: .welcome
      case .system: .system
      case .edit: .edit
      case .revoke: .revoke
      // Coexistence: the message itself may follow under the same id (coexistence.md 6.6, read 2026-11-21).
      case .unsupported where message.errors.contains { $0.code == 131_060 }: .unavailable
      case .unsupported, .unreadable: .unsupported
      case .mediaPlaceholder: .history
      case .unknown: .unknown
      }
  }

  private init(_ reply: InteractiveReply) {
    self =
      switch reply {
      case .button: .buttonReply
      case .list: .listReply
      case .form: .flowReply
      case .product: .productReply
      case .callPermission(let permission):
        permission.source == "automatic" ? .callPermissionGranted : .callPermissionReply
      case .unknown: .unknown
      }
  }

  /// What an event of a call means for the window, and from which second; `nil` when its direction cannot be told.
  ///
  /// Source: cloud-api.md 7.2 and coexistence.md 11.1 (Meta's calling pricing page, 2026-03-30), read 2026-11-21.
  static func of(_ call: CallEvent) -> (kind: OpeningKind, seconds: Int64?)? {
    switch (call.direction, call.kind) {
    case (.customerCalls, .connect), (.customerCalls, .created): (.userCall, call.timestamp)
    case (.customerCalls, .terminate): (.userCall, call.startedAt ?? call.timestamp)
    // Picked up only if it began or lasted: COMPLETED alone may be an unanswered call.
    case (.businessCalls, .terminate) where call.startedAt != nil:
      (.acceptedCall, call.startedAt)
    case (.businessCalls, .terminate) where (call.durationSeconds ?? 0) > 0:
      (.acceptedCall, call.timestamp.map { $0 - (call.durationSeconds ?? 0) })
    case (.businessCalls, .terminate): (.callUnanswered, call.timestamp)
    case (.businessCalls, _): (.callRinging, call.timestamp)
    default: nil
    }
  }

  /// What the status of a call of ours means for the window.
  init(_ status: CallStatus) {
    self =
      switch status.kind {
      case .accepted: .acceptedCall
      case .rejected: .callRejected
      case .ringing, .other: .callRinging
      }
  }
}
