import CustomerCare
import Storage

extension StorageConformance {
  /// What people write.
  static var desk: [Check] {
    [
      Check("a number is added once, changed, listed and removed") { store in
        let facts = NumberFacts(
          phoneNumberID: "1",
          wabaID: "2",
          scope: "portfolio",
          displayPhoneNumber: "+49",
          addedAt: Store.start,
          inUse: true,
          coexistence: true,
          onboardedAt: Store.start,
          ifClosed: .park
        )
        var record = NumberRecord(
          facts: facts,
          timeZone: "Europe/Berlin",
          currency: "EUR",
          fallback: .init(name: "hello", language: "de"),
          sealedAccessToken: [1, 0, 2]
        )
        let added = record
        let (first, second) = try await store.write { unit in
          (try Numbers.add(added, in: unit), try Numbers.add(added, in: unit))
        }
        try expect(first, equals: 0)
        try expect(second, equals: nil)
        try await expect(store.read { unit in try Numbers.list(in: unit) }, equals: [record])
        record.sealedAccessToken = nil
        record.fallback = nil
        let changed = record
        try await expect(store.write { try Numbers.update(changed, in: $0) }, equals: true)
        try await expect(store.read { try Numbers.find("1", in: $0) }, equals: record)
        try await expect(store.write { try Numbers.remove("1", in: $0) }, equals: true)
        try await expect(store.write { try Numbers.remove("1", in: $0) }, equals: false)
        try await expect(store.read { try Numbers.find("1", in: $0) }, equals: nil)
      },
      Check("a token is found by its hash until it is revoked") { store in
        let token = TokenRecord(
          id: "t1",
          name: "crm",
          hash: [UInt8](repeating: 7, count: 32),
          scopes: [.send, .read],
          numbers: ["1", "2"],
          createdAt: Store.start
        )
        try await store.write { unit in try Tokens.create(token, in: unit) }
        try await expect(store.read { try Tokens.find(hash: token.hash, in: $0) }, equals: token)
        try await expect(store.read { try Tokens.find(hash: [7], in: $0) }, equals: nil)
        var twin = token
        (twin.id, twin.hash) = ("t2", [8])
        let other = twin
        try await expectError(.constraint) {
          try await store.write { unit in try Tokens.create(other, in: unit) }
        }
        try await expect(
          store.write { try Tokens.revoke("crm", at: Store.start, in: $0) },
          equals: true
        )
        try await expect(
          store.write { try Tokens.revoke("crm", at: Store.start, in: $0) },
          equals: false
        )
        try await expect(store.read { try Tokens.find(hash: token.hash, in: $0) }, equals: nil)
        try await store.write { unit in try Tokens.create(other, in: unit) }
        try await expect(store.read { try Tokens.list(in: $0).count }, equals: 2)
      },
      Check("a setting is remembered, and its latest value counts") { store in
        try await expect(store.read { try Settings.value("a", in: $0) }, equals: nil)
        try await store.write { unit in try Settings.set("a", to: "1", in: unit) }
        try await store.write { unit in try Settings.set("a", to: "2", in: unit) }
        try await expect(store.read { try Settings.value("a", in: $0) }, equals: "2")
      },
    ]
  }

  /// What is read.
  static var views: [Check] {
    [
      Check("the board lists open windows, soonest to close first, page by page") { store in
        try await store.addNumber()
        for index in 0..<5 {
          let at = Store.start - .seconds(Int64(index) * 3_600)
          try await store.hear(
            Sample.written("wamid.\(index)", from: .phone("49\(index)"), at: at),
            at: at
          )
        }
        var found: [Alias] = []
        var cursor: Cursor?
        repeat {
          let after = cursor
          let page = try await store.read { unit in
            try Windows.board(BoardFilter(), now: Store.start, after: after, limit: 2, in: unit)
          }
          found += page.items.flatMap(\.aliases)
          cursor = page.next
        } while cursor != nil
        try expect(found.map(\.value), equals: ["494", "493", "492", "491", "490"])
        let soon = try await store.read { unit in
          try Windows.board(
            BoardFilter(closingWithin: .seconds(21 * 3_600)),
            now: Store.start,
            limit: 9,
            in: unit
          )
        }
        try expect(soon.items.flatMap(\.aliases).map(\.value), equals: ["494", "493"])
        let none = try await store.read { unit in
          try Windows.board(BoardFilter(numbers: ["1"]), now: Store.start, limit: 9, in: unit)
        }
        try expect(none.items.count, equals: 0)
        try await expect(
          store.read { try Windows.openCount(now: Store.start, in: $0) },
          equals: 5
        )
        let nonsense = try await store.read { unit in
          try Windows.board(
            BoardFilter(),
            now: Store.start,
            after: Cursor("§"),
            limit: 9,
            in: unit
          )
        }
        try expect(nonsense.items.isEmpty)
      },
      Check("conversations are listed by their newest message, messages with edits and revokes") {
        store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.1"))
        try await store.hear(
          Sample.written("wamid.2", from: .phone("492"), at: Store.start + .seconds(1))
        )
        try await store.hear([
          .amendment(
            Amendment(
              id: "e1",
              target: "wamid.1",
              change: .edited(.text("Hallo")),
              at: Store.start + .seconds(2)
            )
          ),
          .amendment(
            Amendment(
              id: "e2",
              target: "wamid.2",
              change: .revoked,
              at: Store.start + .seconds(3)
            )
          ),
          .profile(
            ProfileFact(
              alias: .phone("492"),
              name: "Ada",
              username: nil,
              at: Store.start
            )
          ),
        ])
        let list = try await store.read { unit in
          try Conversations.list(numbers: nil, now: Store.start, limit: 9, in: unit)
        }
        try expect(list.items.map(\.conversation.name), equals: ["Ada", nil])
        for (customer, content, isRevoked) in [
          ("491700000042", Content.text("Hallo"), false), ("492", .text("Hello"), true),
        ] {
          let page = try await need(
            store.read { unit in
              try Conversations.messages(
                number: Store.number,
                customer: customer,
                limit: 9,
                in: unit
              )
            }
          )
          try expect(page.items.map(\.message.content), equals: [content])
          try expect(page.items.map { $0.revokedAt != nil }, equals: [isRevoked])
        }
      },
      Check("a request's history tells everything in order") { store in
        let attempt = try await store.dispatched("r1")
        _ = try await store.settle(attempt.attempt, .accepted("wamid.out"))
        try await store.hear([Sample.status("wamid.out", .failed, code: 131026)])
        let lines = try await store.read { unit in try Requests.history(of: "r1", in: unit) }
        try expect(
          lines.map(\.event),
          equals: ["accepted", "dispatching", "handed_over", "failed"]
        )
        try expect(lines.last?.detail, equals: "131026")
        try await expect(store.request("r1").delivery, equals: .failed)
      },
      Check("every content and every verdict comes back from its column as it was") { store in
        try await store.addNumber()
        for (index, content) in Self.contents.enumerated() {
          let id = "wamid.\(index)"
          try await store.hear([.message(Sample.message(id, content: content))])
        }
        let page = try await need(
          store.read { unit in
            try Conversations.messages(
              number: Store.number,
              customer: "491700000042",
              limit: 99,
              in: unit
            )
          }
        )
        for view in page.items {
          let index = try need(Int(view.message.id.rawValue.dropFirst(6)))
          try expect(view.message.content, equals: Self.contents[index])
        }
        try expect(page.items.count, equals: Self.contents.count)
        for (index, verdict) in Self.verdicts.enumerated() {
          let id = RequestID("r\(index)")
          _ = try await store.write { unit in
            try Reserve.reserve(
              Sample.draft(id),
              writing: Reengage.onPaper,
              now: Store.start,
              margin: .zero,
              decide: { _, _ in verdict },
              in: unit
            )
          }
          try await expect(store.request(id).verdict, equals: verdict)
        }
      },
    ]
  }

  private static var contents: [Content] {
    [
      .text("a \"quote\", a \\ and a\nline \u{1}🙂"),
      .media(.init(kind: .voice, id: "1", mimeType: "audio/ogg", caption: nil, filename: "x")),
      .location(.init(latitude: "52.5", longitude: "-13.40", name: nil, address: "Berlin")),
      .contacts([.init(name: "Ada", phones: ["1", "2"]), .init(name: "", phones: [])]),
      .interactive(type: "list", body: "Choose"),
      .reply(.init(kind: .buttonReply, id: nil, title: "Yes")),
      .order(
        .init(
          catalogID: "1",
          text: nil,
          items: [.init(retailerID: "a", quantity: 3, price: "1.50", currency: "EUR")]
        )
      ),
      .reaction(emoji: "👍", to: "wamid.x"), .reaction(emoji: nil, to: "wamid.x"),
      .template(name: "a", language: "de", text: "T"),
      .template(name: "a", language: "de", text: nil),
      .system(type: "user_changed_number", text: "…"),
      .unsupported(type: "poll", code: 131051), .unsupported(type: nil, code: nil),
      .unknown(type: "hologram"),
    ]
  }

  private static var verdicts: [Verdict] {
    let entry = Sample.opening("wamid.1", kind: .reaction)
    let doubt = CareWindow.Doubt(
      reason: .reported131047,
      opening: entry,
      report: entry,
      programsMayTry: true
    )
    let until = Store.start
    let refusals: [Refusal] = [
      .unknownNumber("1"), .numberDisconnected("1", .offboarded),
      .numberRestricted("1", .noReplies),
      .windowClosed(since: until, because: entry, coexistence: true),
      .neverOpened(coexistence: false),
      .uncertain(doubt, until: until, coexistence: true),
      .insideSafetyMargin(closesAt: until, margin: .seconds(60), coexistence: false),
      .kindNotAllowed(
        .template(name: "a", language: "b"),
        because: .neverOpened(coexistence: true)
      ),
      .templateNeededButNoneChosen(
        FallbackShortfall(
          candidates: obstacles.map {
            FallbackShortfall.Candidate(name: "a", language: "de", obstacle: $0)
          },
          others: 7
        ),
        because: .neverOpened(coexistence: true)
      ),
      .tooManyParked(max: 100, because: .neverOpened(coexistence: true)),
      .expiresBeforeItsTime(expiresAt: until, sendAt: until),
      .scheduledInPast(sendAt: until, now: until),
      .expired(at: until, now: until),
    ]
    return [
      .send(.notNeeded), .send(.proven(by: entry, until: until)),
      .send(.tried(doubt, until: until)),
      .wait(.forCustomer(because: .neverOpened(coexistence: false), nil)), .wait(.until(until)),
      .wait(.forCustomer(because: .neverOpened(coexistence: false), .pending("r0"))),
    ] + refusals.map(Verdict.refused)
      + LanguageChain.Source.allCases.map { source in
        .wait(.forCustomer(because: .neverOpened(coexistence: true), .template(reason(source))))
      }
  }

  private static func reason(_ source: LanguageChain.Source) -> FallbackReason {
    FallbackReason(
      name: "a",
      language: "de_AT",
      isMarketing: source == .customer,
      isPreferred: source == .fallback,
      source: source,
      consent: source == .customer ? .given : .unknown,
      passedOver: source == .fallback
        ? [] : [FallbackShortfall.Candidate(name: "b", language: "en", obstacle: .edited)]
    )
  }

  private static var obstacles: [TemplateObstacle] {
    [
      .notFound, .notApproved(.paused, reason: "FIRST_PAUSE"),
      .notApproved(.other("NEW"), reason: nil), .neverRead, .edited, .authentication,
      .unknownCategory, .marketingStopped, .marketingNeedsConsent, .otherLanguage(wanted: []),
      .otherLanguage(wanted: ["de", "en_US"]), .unknownValues(["1", "first_name"]),
      .needsFile(.animation), .needsContent("CAROUSEL"), .tooLong(.header, limit: 60),
      .tooLong(.body, limit: 1024), .tooLong(.button(1), limit: 2000),
    ]
  }
}
