/// The ledger of one window, sorted out for the question whether it is open.
struct WindowLedger {
  /// An opening that counts.
  private struct Opening {
    let entry: LedgerEntry
    /// Why it may not have opened; nil if it certainly did.
    let doubt: UncertaintyReason?
    /// Whether it is certain only because a message of ours went through.
    var isProven = false

    var at: Instant { entry.at }
    var end: Instant { entry.at + CareWindow.length }

    /// Until when a refusal may be Meta's glitch.
    ///
    /// Meta documents a rare failure: a message arrives, and an answer is refused all the same. Near
    /// the end of the window a refusal is rather a matter of clocks.
    var glitchEnd: Instant { end - .seconds(600) }

    /// Whether an attempt fell into the 24 hours; the opening's own second counts.
    func covers(_ attempt: LedgerEntry) -> Bool {
      attempt.at.seconds >= at.seconds && attempt.at < end
    }
  }

  /// What Meta's refusals say against an opening.
  private enum Standing {
    case undisputed
    /// One refusal, which may be Meta's glitch.
    case doubted(LedgerEntry)
    case refuted(LedgerEntry)
  }

  private let number: NumberFacts
  private var openings: [Opening] = []
  /// Attempts that Meta refused with 131047, by time.
  private var refusals: [LedgerEntry] = []
  /// Attempts that went through, by time.
  private var proofs: [LedgerEntry] = []

  /// Sorts the entries that are the person's and bear on the number's window.
  init(_ entries: [LedgerEntry], of person: Person?, number: NumberFacts) {
    self.number = number
    for entry in Self.merged(entries) {
      var isPresent = true
      if let person {
        guard entry.groupID == nil, let holding = person.holding(of: entry.alias, at: entry.at)
        else { continue }
        isPresent = holding.isPresent
      }
      switch entry.kind {
      case .refutation: refusals.append(entry)
      case .proof: proofs.append(entry)
      case .opening(let kind):
        guard entry.live, kind.qualification != .doesNotOpen, number.isOnboarded(at: entry.at)
        else { continue }
        openings.append(Opening(entry: entry, doubt: entry.doubt(isPresent: isPresent)))
      }
    }
    refusals.sort { ($0.at, $0.eventID) < ($1.at, $1.eventID) }
    proofs.sort { ($0.at, $0.eventID) < ($1.at, $1.eventID) }
    openings.sort { ($0.at, $0.entry.eventID) < ($1.at, $1.entry.eventID) }
    settleByProof()
  }

  /// The window's state: a certain opening beats an uncertain one, and any doubt beats none.
  func state(at now: Instant) -> CareWindow.State {
    let certain = openings.last { $0.doubt == nil }
    if let certain, now < certain.end, case .undisputed = standing(of: certain) {
      return .open(until: certain.end, because: certain.entry)
    }
    let doubts = [certain.flatMap(disputed), uncertain, connectionDay].compactMap { $0 }
      .filter { now < $0.until }
    if let doubt = doubts.first(where: \.doubt.programsMayTry)
      ?? doubts.max(by: { $0.until < $1.until })
    {
      return .uncertain(because: doubt.doubt, until: doubt.until)
    }
    let latest = openings.last { $0.doubt != nil }
    guard
      let closing = [certain, latest].compactMap({ $0.map(closing) })
        .max(by: { $0.since < $1.since })
    else { return .neverOpened }
    return .closed(since: min(closing.since, now), because: closing.because)
  }

  /// Since when a window in this state is open without a break.
  func openSince(_ state: CareWindow.State) -> Instant? {
    guard case .open(_, let entry) = state,
      let opening = openings.last(where: { $0.entry.eventID == entry.eventID })
    else { return nil }
    let refused = refusals.last { $0.isAgainst(entry) }?.at
    guard refused != nil || opening.isProven else { return entry.at }
    return proofs.first { opening.covers($0) && $0.at > refused ?? .distantPast }?.at ?? entry.at
  }
}

extension WindowLedger {
  private typealias Doubted = (doubt: CareWindow.Doubt, until: Instant)

  private static func merged(_ entries: [LedgerEntry]) -> [LedgerEntry] {
    guard entries.count > 1 else { return entries }
    return Array(
      Dictionary(entries.map { ($0.eventID, $0) }, uniquingKeysWith: { $0.merging($1) }).values
    )
  }

  /// Lets a message that went through turn what was uncertain into certain.
  ///
  /// It proves that some opening was alive when it was dispatched. If no certain one was, it was one
  /// of the uncertain ones; which one nobody knows, so only the earliest is taken for certain: the
  /// window lasts at least as long.
  private mutating func settleByProof() {
    for proof in proofs
    where !openings.contains(where: { $0.doubt == nil && $0.covers(proof) }) {
      let index = openings.firstIndex { opening in
        opening.covers(proof)
          && !refusals.contains { $0.isAgainst(opening.entry) && $0.at <= proof.at }
      }
      guard let index else { continue }
      openings[index] = Opening(entry: openings[index].entry, doubt: nil, isProven: true)
    }
  }

  /// What the refusals say that came after the opening, and after the last message that went through.
  ///
  /// The first refusal of a certain opening may be Meta's glitch and only casts doubt. A second one,
  /// of an attempt that gave Meta time to recover, refutes.
  /// Source: known issue on …/whatsapp/messages/send-messages, 2026-05-21.
  private func standing(of opening: Opening) -> Standing {
    let lastProof = opening.doubt == nil ? proofs.last(where: opening.covers) : nil
    let against = refusals.filter { refusal in
      refusal.isAgainst(opening.entry) && lastProof.map { refusal.at > $0.at } ?? true
    }
    guard let first = against.first else { return .undisputed }
    guard opening.entry.certainty == .certain, opening.doubt == nil, first.at < opening.glitchEnd
    else { return .refuted(first) }
    let retryNotBefore = first.at + CareWindow.Doubt.retryDelay
    return against.first { $0.at >= retryNotBefore }.map(Standing.refuted) ?? .doubted(first)
  }

  /// The doubt that one 131047 casts on a certain opening.
  private func disputed(_ opening: Opening) -> Doubted? {
    guard case .doubted(let refusal) = standing(of: opening) else { return nil }
    let doubt = CareWindow.Doubt(
      reason: .reported131047,
      opening: opening.entry,
      report: refusal
    )
    return (doubt, opening.end)
  }

  /// The latest event of which Meta does not say whether it opens, unless it was refuted.
  private var uncertain: Doubted? {
    guard let opening = openings.last(where: { $0.doubt != nil }), let reason = opening.doubt,
      case .undisputed = standing(of: opening)
    else { return nil }
    return (CareWindow.Doubt(reason: reason, opening: opening.entry), opening.end)
  }

  /// What may have happened before the number was added here, unless an attempt since was refused.
  private var connectionDay: Doubted? {
    guard let end = number.connectionDayEnd, !refusals.contains(where: { $0.at > number.addedAt })
    else { return nil }
    return (CareWindow.Doubt(reason: .connectionDay, programsMayTry: number.inUse), end)
  }

  private func closing(_ opening: Opening) -> (since: Instant, because: LedgerEntry) {
    if case .refuted(let refusal) = standing(of: opening), refusal.at < opening.end {
      return (refusal.at, refusal)
    }
    return (opening.end, opening.entry)
  }
}

extension LedgerEntry {
  /// Whether this refusal speaks against an opening: if it began in a later second than the opening,
  /// because Meta's timestamps are whole seconds.
  fileprivate func isAgainst(_ opening: LedgerEntry) -> Bool { at.seconds > opening.at.seconds }

  fileprivate func doubt(isPresent: Bool) -> UncertaintyReason? {
    if case .uncertain(let reason) = certainty { return reason }
    return isPresent ? nil : .inherited
  }
}
