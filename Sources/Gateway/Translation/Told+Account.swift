import CloudAPI
import CustomerCare
import Storage

extension Told {
  /// Field `user_preferences`: a customer stopped or resumed marketing.
  mutating func preferences(_ value: PreferencesValue) {
    let cards = Cards(value.contacts)
    for preference in value.preferences {
      let names = names(
        phone: preference.waID,
        userID: preference.userID,
        parentUserID: preference.parentUserID,
        cards: cards
      )
      let at = instant(preference.timestamp)
      together(names, at: at)
      guard let alias = names.first else { continue }
      facts.append(
        .preference(
          PreferenceFact(
            alias: alias,
            category: preference.category ?? "marketing_messages",
            value: preference.choice.word,
            at: at
          )
        )
      )
    }
    profiles(value.contacts, at: instant(value.preferences.compactMap(\.timestamp).max()))
  }

  /// Field `user_id_update`: Meta gave a customer another user id.
  mutating func userIDUpdates(_ updates: [UserIDUpdate]) {
    for update in updates {
      let at = instant(update.timestamp)
      if let old = update.previousUserID, let new = update.currentUserID, old != new {
        facts.append(.identity(.changed(from: .bsuid(old), to: .bsuid(new), at: at)))
      }
      if let old = update.previousParentUserID, let new = update.currentParentUserID, old != new {
        facts.append(.identity(.changed(from: .parentBSUID(old), to: .parentBSUID(new), at: at)))
      }
      together(
        Alias.names(
          phone: update.waID,
          userID: update.currentUserID,
          parentUserID: update.currentParentUserID
        ),
        at: at
      )
    }
  }

  /// Field `account_update`: what Meta took from an account, or gave back.
  ///
  /// Source: cloud-api.md 2.6 and coexistence.md 9, read 2026-11-21.
  mutating func account(_ update: AccountUpdate, at instant: Instant) {
    waba = update.wabaID
    func impose(
      _ restriction: CustomerCare.Restriction,
      _ isImposed: Bool = true,
      until: Int64? = nil
    ) {
      facts.append(
        .restriction(
          RestrictionFact(
            restriction: restriction,
            isImposed: isImposed,
            at: instant,
            until: until.map { Instant(seconds: $0) }
          )
        )
      )
    }
    switch update.event {
    case "ACCOUNT_DELETED", "PARTNER_REMOVED": impose(.disconnected)
    case "PARTNER_ADDED": impose(.disconnected, false)
    case "ACCOUNT_OFFBOARDED": impose(.offboarded)
    case "ACCOUNT_RECONNECTED":
      impose(.offboarded, false)
      impose(.disconnected, false)
    case "DISABLED_UPDATE":
      switch update.banState {
      case "DISABLE": impose(.disabled)
      case "REINSTATE": impose(.disabled, false)
      default: break
      }
    case "ACCOUNT_RESTRICTION":
      for limit in update.restrictions {
        switch limit.type {
        case "RESTRICTED_BIZ_INITIATED_MESSAGING": impose(.noTemplates, until: limit.expiresAt)
        case "RESTRICTED_CUSTOMER_INITIATED_MESSAGING": impose(.noReplies, until: limit.expiresAt)
        default: break
        }
      }
    default: break
    }
  }
}

extension UserPreference.Choice {
  /// Meta's word for it.
  fileprivate var word: String {
    switch self {
    case .stop: "stop"
    case .resume: "resume"
    case .signup: "signup"
    case .other(let word): word
    }
  }
}
