import Testing

@testable import CustomerCare

@Suite struct `A customer` {
  let phone = Alias.phone("491700000042")
  let newPhone = Alias.phone("491700000077")
  let user = Alias.bsuid("DE.55501")
  let newUser = Alias.bsuid("DE.77702")
  let parent = Alias.parentBSUID("DE.ENT.9")
  let t = Scene.start

  /// The one person who holds an alias now.
  func holder(
    of alias: Alias,
    in persons: [Person],
    at instant: Instant = Scene.start + .hours(24 * 365)
  ) -> Person? {
    let holders = persons.filter { $0.holding(of: alias, at: instant) != nil }
    return holders.count == 1 ? holders[0] : nil
  }

  @Test(arguments: [
    Alias.phone("491700000042"), .bsuid("DE.55501"), .parentBSUID("DE.ENT.9"), .group("Z3Jvd"),
  ])
  func `is known by a single name, a phone number or not`(alias: Alias) {
    let persons = Person.resolve([], aliases: [alias], in: "p")
    #expect(persons.map(\.aliases) == [[alias]])
  }

  @Test func `has all the names that come in one event`() {
    let persons = Person.resolve(
      [.together(phone, user, at: t), .together(user, parent, at: t)],
      in: "p"
    )
    #expect(persons.map(\.aliases) == [[user, phone, parent]])
  }

  @Test func `is a stranger to customers of whom nothing joins`() {
    #expect(Person.resolve([], aliases: [phone, user, newUser], in: "p").count == 3)
  }

  @Test func `keeps the id when a user id is learned, and when the number changes`() {
    let known = Person.resolve([], aliases: [phone], in: "p")[0].id
    let learned = IdentityFact.together(phone, user, at: t)
    #expect(holder(of: user, in: Person.resolve([learned], in: "p"))?.id == known)
    let moved = [
      learned, .changed(from: phone, to: newPhone, at: t + .hours(5)),
      .changed(from: user, to: newUser, at: t + .hours(5)),
      .together(newPhone, newUser, at: t + .hours(5)),
    ]
    #expect(holder(of: newUser, in: Person.resolve(moved, in: "p"))?.id == known)
  }

  @Test(arguments: [
    // Written down once: every release must know its customers again.
    ("700100200300", Alias.phone("491700000042"), "c_3y2o1lzzgolgzj5rtb2g2yvxt"),
    ("p", .bsuid("DE.1"), "c_0qiq3pxf2wkdqki4oskzpedzc"),
    ("p", .phone("8550000"), "c_00wssak0wnwh2u39sfbdoag4r"),
  ])
  func `has the same id for ever`(scope: String, alias: Alias, id: String) {
    let persons = Person.resolve([], aliases: [alias], in: IdentityScope(rawValue: scope))
    #expect(persons.map(\.id.rawValue) == [id])
  }

  @Test func `is somebody else in another portfolio`() {
    let ids = ["p", "q"].map { Person.resolve([], aliases: [phone], in: IdentityScope($0))[0].id }
    #expect(ids[0] != ids[1])
    #expect(!ids[0].rawValue.contains("4917"), "an id is no phone number")
  }

  @Test func `who changes the number has the new names and had the old ones`() throws {
    let persons = Person.resolve(
      [
        .together(phone, user, at: t), .changed(from: phone, to: newPhone, at: t + .hours(1)),
        .together(newPhone, newUser, at: t + .hours(1)),
      ],
      in: "p"
    )
    let person = try #require(holder(of: newUser, in: persons))
    #expect(person.aliases == [user, newUser, newPhone])
    #expect(person.former == [phone])
    #expect(holder(of: phone, in: persons)?.id != person.id, "the old number is anybody's now")
    #expect(holder(of: phone, in: persons, at: t) == person)
  }

  @Test func `whose change is told in three ways and three seconds is still one`() throws {
    let facts: [IdentityFact] = [
      .together(phone, user, at: t), .together(newPhone, newUser, at: t + .hours(1)),
      .changed(from: phone, to: newPhone, at: t + .hours(1)),
      .changed(from: user, to: newUser, at: t + .hours(1) + .seconds(2)),
      .changed(from: user, to: newUser, at: t + .hours(1) + .seconds(3)),
      .changed(from: phone, to: newPhone, at: t + .hours(1) + .seconds(5)),
    ]
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<20 {
      let persons = Person.resolve(generator.delivered(facts), in: "p")
      let person = try #require(holder(of: newPhone, in: persons))
      #expect(person.aliases == [newUser, newPhone])
      #expect(Set(person.former) == [user, phone])
    }
  }

  @Test func `who hides the number and changes it loses the old number`() throws {
    let persons = Person.resolve(
      [.together(phone, user, at: t), .changed(from: user, to: newUser, at: t + .hours(1))],
      in: "p"
    )
    let person = try #require(holder(of: newUser, in: persons))
    #expect(person.aliases == [newUser])
    #expect(Set(person.former) == [user, phone])
    #expect(holder(of: phone, in: persons) != person)
  }

  @Test func `is another person if the number shows up with a new user id and no word of a change`()
  {
    let persons = Person.resolve(
      [.together(phone, user, at: t), .together(phone, newUser, at: t + .hours(1))],
      in: "p"
    )
    #expect(holder(of: phone, in: persons)?.aliases == [newUser, phone])
    #expect(holder(of: user, in: persons)?.aliases == [user])
    #expect(holder(of: user, in: persons)?.former == [phone])
  }

  @Test func `who comes back to the old number has it again`() {
    let persons = Person.resolve(
      [
        .changed(from: phone, to: newPhone, at: t),
        .changed(from: newPhone, to: phone, at: t + .hours(1)),
      ],
      in: "p"
    )
    #expect(holder(of: phone, in: persons)?.aliases == [phone])
    #expect(holder(of: phone, in: persons) == holder(of: phone, in: persons, at: t - .hours(1)))
  }

  @Test func `is reached by the digits somebody dialled`() {
    let dialled = Alias.dialled("5511987654321")
    let real = Alias.phone("551187654321")
    let unknown = Person.resolve([], aliases: [dialled], in: "p")
    #expect(unknown.map(\.aliases) == [[.phone("5511987654321"), dialled]])
    let known = Person.resolve([.together(real, dialled, at: t)], in: "p")
    #expect(known.map(\.aliases) == [[real, dialled]])
  }

  @Test func `who loses a number that has passed on takes it from nobody`() {
    let persons = Person.resolve(
      [
        .together(phone, user, at: t), .together(phone, newUser, at: t + .hours(1)),
        .changed(from: user, to: .bsuid("DE.99903"), at: t + .hours(2)),
      ],
      in: "p"
    )
    #expect(holder(of: phone, in: persons)?.aliases == [newUser, phone])
  }

  @Test(arguments: [(Int64(3600), true), (3601, false)])
  func `whose number is reported after the user id is one if it was soon`(
    delay: Int64,
    isOne: Bool
  ) throws {
    let persons = Person.resolve(
      [
        .together(phone, user, at: t), .changed(from: user, to: newUser, at: t + .hours(1)),
        .changed(from: phone, to: newPhone, at: t + .hours(1) + .seconds(delay)),
      ],
      in: "p"
    )
    let person = try #require(holder(of: newUser, in: persons))
    #expect((holder(of: newPhone, in: persons) == person) == isOne)
  }

  @Test func `is not made of two numbers, nor of a group`() {
    let group = Alias.group("Z3Jvd")
    let facts: [IdentityFact] = [.together(phone, user, at: t + .hours(1))]
    let nonsense: [IdentityFact] = [
      .together(phone, newPhone, at: t), .together(phone, group, at: t),
      .changed(from: phone, to: phone, at: t), .changed(from: user, to: group, at: t),
      .together(.dialled("0170"), .dialled("0171"), at: t),
    ]
    let aliases: Set<Alias> = [phone, newPhone, user, group]
    #expect(
      Person.resolve(facts + nonsense, aliases: aliases, in: "p")
        == Person.resolve(facts, aliases: aliases, in: "p")
    )
  }

  @Test func `is found through a chain of ten thousand changes`() {
    let facts = (0..<10_000).map { index in
      IdentityFact.changed(
        from: .bsuid("DE.\(index)"),
        to: .bsuid("DE.\(index + 1)"),
        at: t + .seconds(Int64(index))
      )
    }
    let persons = Person.resolve(facts, in: "p")
    #expect(persons.map(\.aliases) == [[.bsuid("DE.10000")]])
  }
}

@Suite struct `A window of a customer whose names changed` {
  let phone = Alias.phone("491700000042")
  let newPhone = Alias.phone("491700000077")
  let user = Alias.bsuid("DE.55501")
  let newUser = Alias.bsuid("DE.77702")
  let t = Scene.start

  func state(
    of alias: Alias,
    _ entries: [LedgerEntry],
    _ facts: [IdentityFact],
    at now: Instant = Scene.start + .hours(2)
  ) -> CareWindow.State? {
    Person.resolve(facts, aliases: [alias], in: "p")
      .first { $0.holding(of: alias, at: now) != nil }
      .map { CareWindow.state(entries, of: $0, at: now) }
  }

  @Test func `counts what came under any present name`() {
    let together = IdentityFact.together(phone, user, at: t + .hours(1))
    for alias in [phone, user] {
      let message = Scene.opening(by: alias, at: t)
      #expect(state(of: phone, [message], [together])?.isOpen == true)
      #expect(state(of: user, [message], [together])?.isOpen == true)
    }
  }

  @Test func `is uncertain if it was inherited, until the customer writes under the new name`() {
    let facts: [IdentityFact] = [
      .together(phone, user, at: t), .changed(from: phone, to: newPhone, at: t + .hours(1)),
      .changed(from: user, to: newUser, at: t + .hours(1)),
      .together(newPhone, newUser, at: t + .hours(1)),
    ]
    for old in [phone, user] {
      let before = Scene.opening(by: old, at: t)
      #expect(state(of: newPhone, [before], facts)?.doubt == .inherited)
      let after = Scene.opening(id: "wamid.2", by: newUser, at: t + .minutes(90))
      #expect(
        state(of: newPhone, [before, after], facts)
          == .open(until: t + .minutes(90) + .hours(24), because: after)
      )
    }
  }

  @Test func `is not inherited by whoever gets the number next`() {
    let facts: [IdentityFact] = [
      .together(phone, user, at: t - .hours(1)), .together(phone, newUser, at: t + .hours(1)),
    ]
    let message = Scene.opening(by: phone, at: t)
    #expect(state(of: phone, [message], facts) == .neverOpened)
    #expect(state(of: user, [message], facts)?.doubt == .inherited)
    let own = Scene.opening(by: user, at: t)
    #expect(state(of: user, [own], facts)?.isOpen == true)
    #expect(state(of: newUser, [own], facts) == .neverOpened)
  }

  @Test func `is never opened for the number that was given up`() {
    let facts: [IdentityFact] = [.changed(from: phone, to: newPhone, at: t + .hours(1))]
    let message = Scene.opening(by: phone, at: t)
    #expect(state(of: phone, [message], facts) == .neverOpened)
    #expect(state(of: newPhone, [message], facts)?.doubt == .inherited)
  }

  @Test func `keeps Meta's refusal through a merge`() {
    let reaction = Scene.opening(.reaction, by: user, at: t)
    let refusal = Scene.refusal(to: phone, at: t + .hours(1))
    #expect(state(of: user, [reaction, refusal], [])?.doubt == .reaction)
    #expect(
      state(of: user, [reaction, refusal], [.together(phone, user, at: t)])?.isClosed == true
    )
  }
}
