/// Decides whether a request may be handed to Meta now.
///
/// The one gate, for everybody: people, programs, the assistant and time. Called when a request is
/// reserved and again right before it is dispatched, each time on facts read in that transaction.
package func decide(_ request: SendRequest, given facts: SendFacts) -> Verdict {
  guard let number = facts.number else { return .refused(.unknownNumber(request.from)) }
  if let restriction = Restriction.allCases.first(where: {
    facts.restrictions.contains($0) && $0.bars(request.kind)
  }) {
    return .refused(restriction.refusal(of: request.from))
  }
  if let refusal = refusalByTime(request, now: facts.now) { return .refused(refusal) }
  guard request.kind.needsOpenWindow else { return .send(.notNeeded) }
  switch judgeWindow(request, facts, coexistence: number.coexistence) {
  case .send(let evidence): return .send(evidence)
  case .refused(let refusal):
    let policy = request.ifClosed ?? number.ifClosed
    return .refused(policy.refusal(of: request.kind, because: refusal))
  }
}

private func refusalByTime(_ request: SendRequest, now: Instant) -> Refusal? {
  if let expiresAt = request.expiresAt, expiresAt <= now {
    return .expired(at: expiresAt, now: now)
  }
  guard let sendAt = request.sendAt else { return nil }
  if sendAt < request.at { return .scheduledInPast(sendAt: sendAt, now: request.at) }
  return sendAt > now ? .schedulingNotAvailable(sendAt: sendAt) : nil
}

private func judgeWindow(
  _ request: SendRequest,
  _ facts: SendFacts,
  coexistence: Bool
) -> Verdict {
  switch facts.window.state(at: facts.now) {
  case .neverOpened:
    .refused(.neverOpened(coexistence: coexistence))
  case .closed(let since, let because):
    .refused(.windowClosed(since: since, because: because, coexistence: coexistence))
  case .open(let until, _) where facts.now + facts.margin >= until,
    .uncertain(_, let until) where facts.now + facts.margin >= until:
    .refused(
      .insideSafetyMargin(closesAt: until, margin: facts.margin, coexistence: coexistence)
    )
  case .open(let until, let because):
    .send(.proven(by: because, until: until))
  case .uncertain(let doubt, let until):
    request.sender.mayTry(doubt, facts)
      ? .send(.tried(doubt, until: until))
      : .refused(.uncertain(doubt, until: until, coexistence: coexistence))
  }
}

extension ClosedWindowPolicy {
  /// The refusal of a message that the window keeps back.
  ///
  /// Only `refuse` is carried out so far; the other two say what is missing.
  fileprivate func refusal(of kind: MessageKind, because refusal: Refusal) -> Refusal {
    switch self {
    case .refuse: refusal
    case _ where !kind.mayWait: .kindNotAllowed(kind, because: refusal)
    case .park: .parkNotAvailable(because: refusal)
    case .template: .templateNeededButNoneChosen(because: refusal)
    }
  }
}

extension Sender {
  /// Whether this sender may try what is uncertain.
  ///
  /// A person may, because a person sees the doubt and the answer. After Meta's 131047 there is one
  /// more try, whoever's comes first, once Meta had time to recover; and a person's.
  fileprivate func mayTry(_ doubt: CareWindow.Doubt, _ facts: SendFacts) -> Bool {
    if let retryNotBefore = doubt.retryNotBefore {
      return facts.now >= retryNotBefore && (facts.isSecondTry || self == .employee)
    }
    return self == .employee || doubt.programsMayTry
  }
}

extension Restriction {
  fileprivate func refusal(of number: PhoneNumberID) -> Refusal {
    switch self {
    case .disconnected, .offboarded: .numberDisconnected(number, self)
    case .disabled, .noTemplates, .noReplies: .numberRestricted(number, self)
    }
  }
}
