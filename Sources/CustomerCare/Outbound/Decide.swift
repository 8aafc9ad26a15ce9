/// Decides whether a request may be handed to Meta now.
///
/// The one gate, for everybody: people, programs, the assistant and time. Called when a request is
/// reserved and again right before it is dispatched, each time on facts read in that transaction.
package func decide(_ request: SendRequest, given facts: SendFacts) -> Verdict {
  guard let number = facts.number else { return .refused(.unknownNumber(request.from)) }
  if let restriction = facts.restriction(on: request.kind) {
    return .refused(restriction.refusal(of: request.from))
  }
  if let refusal = refusalByTime(request, now: facts.now) { return .refused(refusal) }
  if let sendAt = request.sendAt, sendAt > facts.now { return .wait(.until(sendAt)) }
  guard request.kind.needsOpenWindow else { return .send(.notNeeded) }
  let verdict = judgeWindow(request, facts, coexistence: number.coexistence)
  guard case .refused(let refusal) = verdict else { return verdict }
  return (request.ifClosed ?? number.ifClosed).verdict(on: request, because: refusal, facts)
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
  fileprivate func verdict(
    on request: SendRequest,
    because refusal: Refusal,
    _ facts: SendFacts
  ) -> Verdict {
    switch self {
    case .refuse: return .refused(refusal)
    case _ where !request.kind.mayWait:
      return .refused(.kindNotAllowed(request.kind, because: refusal))
    case .park, .template:
      guard facts.parked < Waiting.parkedMax else {
        return .refused(.tooManyParked(max: Waiting.parkedMax, because: refusal))
      }
    }
    guard self == .template else { return .wait(.forCustomer(because: refusal, nil)) }
    // It is tried once more as soon as Meta had time to recover; that needs no template.
    if case .uncertain(let doubt, _, _) = refusal, let again = doubt.retryNotBefore,
      again > facts.now
    {
      return .wait(.forCustomer(because: refusal, nil))
    }
    switch facts.reengagement {
    case .pending(let earlier): return .wait(.forCustomer(because: refusal, .pending(earlier)))
    case .found(.chosen(let choice)):
      if let restriction = facts.restriction(on: choice.reason.kind) {
        if facts.isPromised { return .wait(.forCustomer(because: refusal, nil)) }
        return .refused(restriction.refusal(of: request.from))
      }
      return .wait(.forCustomer(because: refusal, .template(choice.reason)))
    case .found(.none) where facts.isPromised: return .wait(.forCustomer(because: refusal, nil))
    case .found(.none(let shortfall)):
      return .refused(.templateNeededButNoneChosen(shortfall, because: refusal))
    case nil:
      let nothingKnown = FallbackShortfall(candidates: [], others: 0)
      return .refused(.templateNeededButNoneChosen(nothingKnown, because: refusal))
    }
  }
}

extension FallbackReason {
  /// The kind of the message that sends the template.
  package var kind: MessageKind { .template(name: name, language: language) }
}

extension SendFacts {
  /// The gravest restriction that bars a kind of message.
  fileprivate func restriction(on kind: MessageKind) -> Restriction? {
    Restriction.allCases.first { restrictions.contains($0) && $0.bars(kind) }
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
