import Testing

@testable import CustomerCare

/// A number that is in the WhatsApp Business app as well, onboarded at ten.
@Suite struct `A window with an app in the room` {
  let onboardedAt = Scene.start
  let number = Scene.number(
    addedAt: Scene.start,
    coexistence: true,
    onboardedAt: Scene.start
  )

  /// What the app sent: never an entry, whatever the app did.
  func appWrites(at instant: Instant) -> LedgerEntry? {
    LedgerEntry.opening(
      .echo,
      eventID: "wamid.E\(instant.seconds)",
      alias: Scene.anna,
      at: instant,
      receivedAt: instant
    )
  }

  func state(_ entries: [LedgerEntry?], at now: Instant) -> CareWindow.State {
    CareWindow.state(entries.compactMap { $0 }, at: now, number: number)
  }

  @Test func `case 1: the app writes first and nobody answers: closed`() {
    let wrote = onboardedAt + .hours(1)
    #expect(state([appWrites(at: wrote)], at: wrote + .minutes(1)) == .neverOpened)
  }

  @Test func `case 2: the customer answers three hours later: open for a day from the answer`() {
    let wrote = onboardedAt + .hours(1)
    let answer = Scene.opening(at: wrote + .hours(3))
    #expect(
      state([appWrites(at: wrote), answer], at: wrote + .hours(4))
        == .open(until: wrote + .hours(27), because: answer)
    )
  }

  @Test func `case 3: the phone's answer an hour ago does not help: four hours are left`() {
    let now = onboardedAt + .hours(21)
    let message = Scene.opening(at: now - .hours(20))
    #expect(
      state([message, appWrites(at: now - .hours(1))], at: now)
        == .open(until: now + .hours(4), because: message)
    )
  }

  @Test func `case 4: written thirty hours ago, answered from the phone twice: closed`() {
    let now = onboardedAt + .hours(31)
    let message = Scene.opening(at: now - .hours(30))
    let echoes = [appWrites(at: now - .hours(29)), appWrites(at: now - .hours(1))]
    #expect(
      state([message] + echoes, at: now) == .closed(since: now - .hours(6), because: message)
    )
  }

  @Test func `case 5: written ten minutes before onboarding: closed`() {
    let message = Scene.opening(at: onboardedAt - .minutes(10))
    #expect(state([message], at: onboardedAt + .minutes(1)) == .neverOpened)
  }

  @Test func `case 5: onboarding is the boundary`() {
    let now = onboardedAt + .hours(1)
    #expect(state([Scene.opening(at: onboardedAt)], at: now) == .neverOpened)
    #expect(state([Scene.opening(at: onboardedAt + .seconds(1))], at: now).isOpen)
  }

  @Test func `case 6: today's message in the history opens only if it came live as well`() {
    let wrote = onboardedAt + .hours(1)
    let imported = Scene.opening(at: wrote, receivedAt: wrote + .hours(2), live: false)
    #expect(state([imported], at: wrote + .hours(3)) == .neverOpened)

    let live = Scene.opening(at: wrote)
    #expect(state([imported, live], at: wrote + .hours(3)).isOpen)
    #expect(state([live, imported], at: wrote + .hours(3)).isOpen)
  }

  @Test(arguments: Refusal.Language.allCases)
  func `case 7: closed, the refusal says that a reply from the phone is free and allowed`(
    language: Refusal.Language
  ) {
    func sentence(_ number: NumberFacts) -> String? {
      let now = onboardedAt + .hours(40)
      let verdict = decide(
        SendRequest(
          id: "r",
          from: number.phoneNumberID,
          to: .customer(Scene.anna),
          kind: .freeForm(type: "text"),
          sender: .employee,
          at: now
        ),
        given: SendFacts(
          now: now,
          window: .fold(
            [Scene.opening(at: onboardedAt + .hours(1))],
            at: now,
            number: number
          ),
          number: number
        )
      )
      guard case .refused(let refusal) = verdict else { return nil }
      return refusal.sentence(in: language)
    }
    let hint = ["en": "from the WhatsApp Business app", "de": "aus der WhatsApp-Business-App"]
    #expect(sentence(number)?.contains(hint[language.rawValue] ?? "?") == true)
    #expect(sentence(Scene.number)?.contains("App") == false)
  }

  @Test func `case 8: closed, the app writes, the customer answers: open`() {
    let first = Scene.opening(at: onboardedAt + .hours(1))
    let wrote = onboardedAt + .hours(30)
    #expect(state([first, appWrites(at: wrote)], at: wrote).isClosed)
    let answer = Scene.opening(id: "wamid.2", at: wrote + .minutes(5))
    #expect(
      state([first, appWrites(at: wrote), answer], at: wrote + .minutes(5))
        == .open(until: wrote + .minutes(5) + .hours(24), because: answer)
    )
  }
}
