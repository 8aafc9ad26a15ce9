/// The simulated Meta's own customer service windows.
///
/// Written from Meta's words alone, without a look at CareWindow's rule: a wrong rule of ours must
/// meet a stranger. A window is between one business number and one person or one group; it lasts 24
/// hours from the last time the customer wrote or called, counted in whole seconds as webhooks are.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
/// (2026-05-21) and …/calling/pricing (2026-03-30), read 2026-11-21.
struct MetaWindows: Sendable {
  /// Which window.
  struct Key: Hashable, Sendable {
    /// The business number.
    let phoneNumberID: String
    /// The person's business-scoped user id, or the group's id.
    let party: String
  }

  /// What a customer did.
  enum Act: Sendable, Equatable {
    /// Wrote something of this type.
    case wrote(type: String)
    /// Called, answered or not.
    case called
    /// Picked up a call of the business.
    case tookCall
    /// Pressed allow or decline on a call permission request.
    case answeredCallPermission
  }

  /// How long a window lasts: 24 hours, in milliseconds.
  static let length: Int64 = 86_400_000

  /// Types that arrive as messages but of which Meta does not say that they open a window.
  static let silentTypes: Set<String> = ["reaction", "unsupported", "edit", "revoke"]

  private var lastAct: [Key: Int64] = [:]

  /// Remembers what a customer did, if it counts.
  ///
  /// `lenient` says whether acts of which Meta is silent count too.
  mutating func note(_ act: Act, key: Key, at instant: Int64, lenient: Bool) {
    let counts =
      switch act {
      case .wrote("system"): false
      case .wrote(let type): lenient || !Self.silentTypes.contains(type)
      case .called, .tookCall: true
      case .answeredCallPermission: lenient
      }
    guard counts else { return }
    let second = instant / 1000 * 1000
    lastAct[key] = Swift.max(lastAct[key] ?? second, second)
  }

  /// When the window ends, in milliseconds since 1970, or nil if it was never open.
  func end(_ key: Key) -> Int64? { lastAct[key].map { $0 + Self.length } }

  /// Whether the business may write freely; not any more at the end itself.
  func isOpen(_ key: Key, now: Int64) -> Bool { end(key).map { now < $0 } ?? false }

  /// Closes every window of a person, as a change of number does.
  mutating func forget(party: String) {
    lastAct = lastAct.filter { $0.key.party != party }
  }
}
