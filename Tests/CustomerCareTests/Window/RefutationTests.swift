import Testing

@testable import CustomerCare

/// Meta refuses a message with 131047, which says that the window is closed.
@Suite struct `Meta's refusal` {
  let end = Scene.start + .hours(24)

  @Test func `is compared in whole seconds`() {
    // Meta's timestamp names a second; the message may have come at its end.
    let reaction = Scene.opening(.reaction)
    let sameSecond = Scene.refusal(at: Scene.start + .milliseconds(999))
    let nextSecond = Scene.refusal(at: Scene.start + .seconds(1))
    let now = Scene.start + .minutes(1)
    #expect(CareWindow.state([reaction, sameSecond], at: now).doubt == .reaction)
    #expect(
      CareWindow.state([reaction, nextSecond], at: now)
        == .closed(since: Scene.start + .seconds(1), because: nextSecond)
    )
  }

  @Test func `of an uncertain window closes it at once`() {
    let refusal = Scene.refusal(at: Scene.start + .minutes(5))
    for kind in OpeningKind.allCases where kind.qualification != .opens {
      let state = CareWindow.state(
        [Scene.opening(kind), refusal],
        at: Scene.start + .minutes(6)
      )
      #expect(!state.isOpen && state.doubt == nil, "\(kind)")
    }
  }

  @Test func `of a certain window casts doubt first: Meta has a known glitch`() {
    let message = Scene.opening()
    let refusal = Scene.refusal(at: Scene.start + .hours(1))
    let state = CareWindow.state([message, refusal], at: Scene.start + .hours(2))
    let doubt = CareWindow.Doubt(reason: .reported131047, opening: message, report: refusal)
    #expect(state == .uncertain(because: doubt, until: end))
    #expect(doubt.retryNotBefore == Scene.start + .hours(1) + .seconds(30))
  }

  @Test(arguments: [(Int64(29_999), false), (30_000, true)])
  func `is believed when the second try fails, which began half a minute later`(
    delay: Int64,
    isClosed: Bool
  ) {
    let first = Scene.refusal(id: "wamid.r1", at: Scene.start + .hours(1))
    let second = Scene.refusal(id: "wamid.r2", at: first.at + .milliseconds(delay))
    let state = CareWindow.state([Scene.opening(), second, first], at: Scene.start + .hours(2))
    if isClosed {
      #expect(state == .closed(since: second.at, because: second))
    } else {
      #expect(state.doubt == .reported131047)
    }
  }

  @Test func `is believed at once in the last ten minutes`() {
    let message = Scene.opening()
    let glitch = Scene.refusal(at: end - .minutes(10) - .milliseconds(1))
    let truth = Scene.refusal(at: end - .minutes(10))
    let now = end - .minutes(1)
    #expect(CareWindow.state([message, glitch], at: now).doubt == .reported131047)
    #expect(
      CareWindow.state([message, truth], at: now) == .closed(since: truth.at, because: truth)
    )
  }

  @Test func `reported twice is still one refusal`() {
    let refusal = Scene.refusal(at: Scene.start + .hours(1))
    let state = CareWindow.state(
      [Scene.opening(), refusal, refusal],
      at: Scene.start + .hours(2)
    )
    #expect(state.doubt == .reported131047)
  }

  @Test func `is over when the customer writes again`() {
    let first = Scene.refusal(id: "wamid.r1", at: Scene.start + .hours(1))
    let second = Scene.refusal(id: "wamid.r2", at: Scene.start + .hours(2))
    let answer = Scene.opening(id: "wamid.2", at: Scene.start + .hours(3))
    #expect(
      CareWindow.state([Scene.opening(), first, second, answer], at: Scene.start + .hours(4))
        == .open(until: end + .hours(3), because: answer)
    )
  }

  @Test func `is over when a message goes through`() {
    let message = Scene.opening()
    let refusal = Scene.refusal(at: Scene.start + .hours(1))
    let proof = Scene.proof(at: Scene.start + .hours(2))
    let later = Scene.refusal(id: "wamid.r2", at: Scene.start + .hours(3))
    let now = Scene.start + .hours(4)
    #expect(
      CareWindow.state([message, refusal, proof], at: now) == .open(until: end, because: message)
    )
    #expect(CareWindow.state([message, refusal, proof, later], at: now).doubt == .reported131047)
  }

  @Test func `breaks the time for which a window is open; the message that goes through begins it`()
  {
    let (message, reaction) = (Scene.opening(), Scene.opening(.reaction))
    let refusal = Scene.refusal(at: Scene.start + .hours(1))
    let proof = Scene.proof(at: Scene.start + .hours(2))
    let again = Scene.proof(id: "wamid.again", at: Scene.start + .hours(3))
    for (entries, since) in [
      ([message], message.at), ([message, proof], message.at), ([message, refusal], nil),
      ([message, refusal, again, proof], proof.at), ([reaction], nil),
      ([reaction, again, proof], proof.at),
    ] {
      let window = CareWindow.fold(entries, at: Scene.start + .hours(4), number: Scene.number)
      #expect(window.openSince == since)
    }
  }

  @Test func `of a message that was reported sent before weighs more than the report`() {
    let at = Scene.start + .hours(1)
    let reaction = Scene.opening(.reaction)
    let (sent, failed) = (Scene.proof(id: "wamid.A", at: at), Scene.refusal(id: "wamid.A", at: at))
    for entries in [[reaction, sent, failed], [reaction, failed, sent]] {
      #expect(
        CareWindow.state(entries, at: Scene.start + .hours(2))
          == .closed(since: at, because: failed)
      )
    }
  }

  @Test func `after the end changes nothing`() {
    let message = Scene.opening()
    let refusal = Scene.refusal(at: end + .hours(1))
    #expect(
      CareWindow.state([message, refusal], at: end + .hours(2))
        == .closed(since: end, because: message)
    )
  }

  @Test func `without any opening closes nothing`() {
    #expect(CareWindow.state([Scene.refusal(at: Scene.start)], at: end) == .neverOpened)
  }
}

@Suite struct `A message that went through` {
  let end = Scene.start + .hours(24)

  @Test func `proves that the uncertain window is open`() {
    let reaction = Scene.opening(.reaction)
    let proof = Scene.proof(at: Scene.start + .hours(1))
    for entries in [[reaction, proof], [proof, reaction]] {
      #expect(
        CareWindow.state(entries, at: Scene.start + .hours(2))
          == .open(until: end, because: reaction)
      )
    }
  }

  @Test func `proves no more than the earliest uncertain opening`() {
    let first = Scene.opening(.reaction)
    let second = Scene.opening(.unsupported, id: "wamid.2", at: Scene.start + .hours(3))
    let proof = Scene.proof(at: Scene.start + .hours(4))
    let entries = [second, proof, first]
    #expect(
      CareWindow.state(entries, at: Scene.start + .hours(5)) == .open(until: end, because: first)
    )
    #expect(CareWindow.state(entries, at: end).doubt == .unsupported)
  }

  @Test func `proves nothing new where a certain opening explains it`() {
    let reaction = Scene.opening(.reaction, id: "wamid.2", at: Scene.start + .hours(3))
    let entries = [Scene.opening(), reaction, Scene.proof(at: Scene.start + .hours(4))]
    #expect(CareWindow.state(entries, at: end - .milliseconds(1)).isOpen)
    #expect(CareWindow.state(entries, at: end).doubt == .reaction)
  }

  @Test func `proves a doubted opening before an uncertain one`() {
    let reaction = Scene.opening(.reaction, id: "wamid.2", at: Scene.start + .hours(3))
    let refusal = Scene.refusal(at: Scene.start + .hours(1))
    let entries = [Scene.opening(), refusal, reaction, Scene.proof(at: Scene.start + .hours(4))]
    #expect(
      CareWindow.state(entries, at: end - .milliseconds(1))
        == .open(until: end, because: entries[0])
    )
    #expect(CareWindow.state(entries, at: end).doubt == .reaction)
  }

  @Test func `proves nothing about what came later, or was over, or was refuted before`() {
    let proof = Scene.proof(at: Scene.start)
    let later = Scene.opening(.reaction, at: Scene.start + .seconds(1))
    #expect(CareWindow.state([proof, later], at: Scene.start + .hours(1)).doubt == .reaction)
    let over = Scene.opening(.reaction, at: Scene.start - .hours(24))
    #expect(CareWindow.state([proof, over], at: Scene.start).isClosed)
    let before = Scene.opening(.reaction, at: Scene.start - .hours(2))
    let refusal = Scene.refusal(at: Scene.start - .hours(1))
    #expect(CareWindow.state([proof, before, refusal], at: Scene.start).isClosed)
  }

  @Test func `at the very end proves nothing any more`() {
    let refusals = [Int64(1), 2].map { hour in
      Scene.refusal(id: "wamid.r\(hour)", at: Scene.start + .hours(hour))
    }
    func closedSince(_ proof: Instant) -> Instant? {
      CareWindow.state([Scene.opening(), Scene.proof(at: proof)] + refusals, at: end).end
    }
    #expect(closedSince(end) == Scene.start + .hours(2))
    #expect(closedSince(end - .milliseconds(1)) == end)
  }

  @Test func `is no opening`() {
    #expect(CareWindow.state([Scene.proof(at: Scene.start)], at: Scene.start) == .neverOpened)
  }
}
