import Testing

@testable import CustomerCare

@Suite struct `The care window` {
  let end = Scene.start + .hours(24)

  @Test func `is open in its first instant and in its last, and closed in the next`() {
    let message = Scene.opening()
    #expect(CareWindow.state([message], at: Scene.start).isOpen)
    #expect(
      CareWindow.state([message], at: end - .milliseconds(1)) == .open(until: end, because: message)
    )
    #expect(CareWindow.state([message], at: end) == .closed(since: end, because: message))
  }

  @Test func `is prolonged by the customer, and never shortened`() {
    let first = Scene.opening()
    let second = Scene.opening(.image, id: "wamid.2", at: Scene.start + .hours(5))
    for entries in [[first, second], [second, first]] {
      #expect(
        CareWindow.state(entries, at: Scene.start + .hours(6))
          == .open(until: end + .hours(5), because: second)
      )
    }
  }

  @Test func `was never opened without entries`() {
    #expect(CareWindow.state([], at: Scene.start) == .neverOpened)
  }

  @Test(arguments: [(Int64(23), true), (24, false), (70, false)])
  func `a late webhook opens for what is left, or not at all`(hoursLate: Int64, isOpen: Bool) {
    let now = Scene.start + .hours(hoursLate)
    let message = Scene.opening(receivedAt: now)
    #expect(
      CareWindow.state([message], at: now)
        == (isOpen ? .open(until: end, because: message) : .closed(since: end, because: message))
    )
  }

  @Test func `a timestamp from the future counts from the receipt, beyond the clocks' difference`()
  {
    let inTime = Scene.opening(at: Scene.start + .seconds(300), receivedAt: Scene.start)
    let beyond = Scene.opening(
      at: Scene.start + .seconds(300) + .milliseconds(1),
      receivedAt: Scene.start
    )
    #expect(inTime.at == Scene.start + .seconds(300))
    #expect(beyond.at == Scene.start)
    #expect(CareWindow.state([beyond], at: Scene.start).end == end)
    let hostile = Scene.opening(at: Instant(seconds: .max), receivedAt: Scene.start)
    #expect(CareWindow.state([hostile], at: Scene.start).end == end)
  }

  @Test func `lets free-form messages pass until the safety margin begins`() {
    let window = CareWindow.fold([Scene.opening()], at: Scene.start, number: Scene.number)
    let margin = Duration.seconds(60)
    let last = end - margin - .milliseconds(1)
    #expect(window.isOpen(at: last, margin: margin))
    #expect(window.allowed(at: last, margin: margin) == [.freeForm, .template])
    #expect(!window.isOpen(at: end - margin, margin: margin))
    #expect(window.allowed(at: end - margin, margin: margin) == [.template])
    #expect(window.isOpen(at: end - margin), "the state stays open")
  }

  @Test func `ages without being folded again`() {
    let message = Scene.opening()
    let open = CareWindow.fold([message], at: Scene.start, number: Scene.number)
    #expect(open.state(at: end - .milliseconds(1)) == .open(until: end, because: message))
    #expect(open.state(at: end) == .closed(since: end, because: message))
    let reaction = Scene.opening(.reaction)
    let doubtful = CareWindow.fold([reaction], at: Scene.start, number: Scene.number)
    #expect(doubtful.state(at: end) == .closed(since: end, because: reaction))
  }

  @Test func `a certain opening beats an uncertain one until it ends`() {
    let text = Scene.opening()
    let reaction = Scene.opening(.reaction, id: "wamid.2", at: Scene.start + .hours(3))
    let entries = [reaction, text]
    #expect(
      CareWindow.state(entries, at: Scene.start + .hours(4)) == .open(until: end, because: text)
    )
    #expect(CareWindow.state(entries, at: end).doubt == .reaction)
    #expect(
      CareWindow.state(entries, at: end + .hours(3))
        == .closed(since: end + .hours(3), because: reaction)
    )
  }

  @Test func `allows an uncertain window to a person only`() {
    let window = CareWindow.fold([Scene.opening(.reaction)], at: Scene.start, number: Scene.number)
    #expect(window.allowed(at: Scene.start, margin: .zero) == [.template])
    #expect(
      window.allowed(at: Scene.start, margin: .zero, byPerson: true) == [.freeForm, .template]
    )
    #expect(window.allowed(at: end, margin: .zero, byPerson: true) == [.template])
  }
}

@Suite struct `The day a number is connected` {
  let addedAt = Scene.start
  let end = Scene.start + .hours(24)

  @Test func `a number in use may have windows that nobody told us of, for a day`() {
    let number = Scene.number(addedAt: addedAt, inUse: true)
    let window = CareWindow.fold([], at: end - .milliseconds(1), number: number)
    #expect(window.state.doubt == .connectionDay)
    #expect(
      window.allowed(at: Scene.start, margin: .zero) == [.freeForm, .template],
      "programs may try as well"
    )
    #expect(CareWindow.state([], at: end, number: number) == .neverOpened)
  }

  @Test func `a new number has none`() {
    #expect(
      CareWindow.state([], at: addedAt, number: Scene.number(addedAt: addedAt)) == .neverOpened
    )
  }

  @Test func `a Coexistence number has none from before it was onboarded`() {
    for inUse in [true, false] {
      let number = Scene.number(
        addedAt: addedAt,
        inUse: inUse,
        coexistence: true,
        onboardedAt: addedAt
      )
      #expect(CareWindow.state([], at: addedAt, number: number) == .neverOpened)
    }
  }

  @Test(arguments: [nil, Scene.start - .hours(2)] as [Instant?])
  func `a Coexistence number may have some from between onboarding and adding`(
    onboardedAt: Instant?
  ) {
    let number = Scene.number(addedAt: addedAt, coexistence: true, onboardedAt: onboardedAt)
    let window = CareWindow.fold([], at: addedAt, number: number)
    #expect(window.state.doubt == .connectionDay)
    #expect(window.allowed(at: addedAt, margin: .zero) == [.template], "a person may try")
    #expect(window.allowed(at: addedAt, margin: .zero, byPerson: true).contains(.freeForm))
  }

  @Test func `a message of the customer settles it`() {
    let number = Scene.number(addedAt: addedAt, inUse: true)
    let message = Scene.opening(at: addedAt + .hours(2))
    #expect(
      CareWindow.state([message], at: addedAt + .hours(3), number: number)
        == .open(until: end + .hours(2), because: message)
    )
  }

  @Test func `a reaction does not take from programs what the day allows`() {
    let number = Scene.number(addedAt: addedAt, inUse: true)
    let reaction = Scene.opening(.reaction, at: addedAt + .hours(20))
    func window(_ now: Instant) -> CareWindow { .fold([reaction], at: now, number: number) }
    let last = end - .milliseconds(1)
    #expect(window(last).allowed(at: last, margin: .zero).contains(.freeForm))
    #expect(window(end).state.doubt == .reaction)
    #expect(window(end).allowed(at: end, margin: .zero) == [.template])
  }

  @Test func `so does Meta's refusal`() {
    let number = Scene.number(addedAt: addedAt, inUse: true)
    let refusal = Scene.refusal(at: addedAt + .hours(1))
    #expect(
      CareWindow.state([refusal], at: addedAt + .hours(2), number: number) == .neverOpened
    )
  }

  @Test func `what was journalled before the number was added counts like everything else`() {
    let number = Scene.number(addedAt: addedAt)
    let early = Scene.opening(at: addedAt - .hours(3))
    #expect(CareWindow.state([early], at: addedAt, number: number).isOpen)
  }
}
