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
  if let sendAt = request.sendAt, sendAt > facts.now { return .wait(.until(sendAt)) }
  guard request.kind.needsOpenWindow else { return .send(.notNeeded) }
  let verdict = judgeWindow(request, facts, coexistence: number.coexistence)
  guard case .refused(let refusal) = verdict else { return verdict }
  return (request.ifClosed ?? number.ifClosed).verdict(on: request.kind, because: refusal, facts)
}

private func refusalByTime(_ request: SendRequest, now: Instant) -> Refusal? {
  if let expiresAt = request.expiresAt, expiresAt <= now {
    return .expired(at: expiresAt, now: now)
  }
  guard let sendAt = request.sendAt else { return nil }
  if sendAt < request.at { return .scheduledInPast(sendAt: sendAt, now: request.at) }
  if let expiresAt = request.expiresAt, expiresAt <= sendAt {
    return .expiresBeforeItsTime(expiresAt: expiresAt, sendAt: sendAt)
  }
  return nil
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
  /// What becomes of a message that the window keeps back.
  ///
  /// No template is sent by itself so far: `template` says what is missing.
  fileprivate func verdict(
    on kind: MessageKind,
    because refusal: Refusal,
    _ facts: SendFacts
  ) -> Verdict {
    switch self {
    case .refuse: .refused(refusal)
    case _ where !kind.mayWait: .refused(.kindNotAllowed(kind, because: refusal))
    case .park where facts.parked >= Waiting.parkedMax:
      .refused(.tooManyParked(max: Waiting.parkedMax, because: refusal))
    case .park: .wait(.forCustomer(because: refusal))
    case .template: .refused(.templateNeededButNoneChosen(because: refusal))
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
