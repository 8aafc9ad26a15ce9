/// Whether an event opens the care window.
package enum Qualification: Hashable, Sendable {
  /// It opens the window for 24 hours from Meta's timestamp.
  case opens
  /// It may; the reason says about what Meta is silent.
  case uncertain(UncertaintyReason)
  /// It neither opens nor prolongs the window.
  case doesNotOpen
}

/// Why it is not certain that a window is open; the raw values are stable.
package enum UncertaintyReason: String, CaseIterable, Sendable {
  /// The customer only reacted with an emoji.
  case reaction
  /// The customer only answered whether we may call.
  case callPermissionReply = "call_permission_reply"
  /// The customer sent something that Meta does not hand over.
  case unsupported
  /// The customer sent something that Meta cannot hand over now.
  case unavailable
  /// The customer wrote to an application beside us.
  case standby
  /// The customer sent something of a kind that is new to us.
  case unknownKind = "unknown_kind"
  /// The number was in use before it was added here, less than 24 hours ago.
  case connectionDay = "connection_day"
  /// The customer wrote under an alias that was given up since.
  case inherited
  /// Meta refused a message with 131047 although the window is certainly open.
  case reported131047 = "reported_131047"
}
