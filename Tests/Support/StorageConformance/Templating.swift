import CustomerCare
import Storage

extension StorageConformance {
  /// Templates: what Meta says of them, in any order, and which of them goes out.
  static var templates: [Check] {
    [
      Check("what Meta says of a template counts by its time, whatever order it arrives in") {
        store in
        let facts = TemplateSample.story
        var found: Set<TemplateRecord?> = []
        for seed in 0..<20 as Range<UInt64> {
          var chance = SeededGenerator(seed: seed)
          let store = try await store.another()
          // Some twice, and in parts, as webhooks come.
          let told = (facts + facts.filter { _ in Bool.random(using: &chance) })
            .shuffled(using: &chance)
          let listingAt = Int.random(in: 0...told.count, using: &chance)
          for index in 0...told.count {
            if index == listingAt { try await store.list([TemplateSample.listed()], at: 10) }
            if index < told.count { try await store.tell([told[index]]) }
          }
          try await found.insert(store.templates(at: 1_000).first)
          try await store.engine.close()
        }
        try expect(found.count, equals: 1)
        let template = try need(found.first.flatMap { $0 }).template
        try expect(template.status, equals: .paused)
        try expect(template.statusReason, equals: "SECOND_PAUSE")
        try expect(template.category, equals: .marketing)
        try expect(template.quality, equals: .red)
        try expect(template.isOutdated)
      },
      Check("of two words of the same instant one stays, whichever came first") { store in
        let words: [TemplateFact.Word] = [
          .status(.approved, reason: nil), .status(.paused, reason: "FIRST_PAUSE"),
          .status(.paused, reason: "SECOND_PAUSE"), .quality(.green), .quality(.red),
          .category(.utility), .category(.marketing),
          .coming(.marketing, from: Store.start),
          .coming(.marketing, from: Store.start + .seconds(9)),
        ]
        var found: [TemplateRecord?] = []
        for words in [words, words.reversed()] {
          let store = try await store.another()
          for word in words { try await store.tell([TemplateSample.fact(word, at: 7)]) }
          try await found.append(store.templates(at: 20).first)
          try await store.engine.close()
        }
        try expect(found.count, equals: 2)
        try expect(found[0] != nil && found[0] == found[1])
      },
      Check("a webhook of the second in which a listing was asked for is the newer one") { store in
        try await store.list([TemplateSample.listed()], at: 10, milliseconds: 700)
        try await store.tell([TemplateSample.fact(.status(.paused, reason: nil), at: 9)])
        try await expect(store.templates(at: 11).map(\.template.status), equals: [.approved])
        try await store.tell([TemplateSample.fact(.status(.paused, reason: nil), at: 10)])
        try await expect(store.templates(at: 11).map(\.template.status), equals: [.paused])
        try await store.list([TemplateSample.listed()], at: 11)
        try await expect(store.templates(at: 11).map(\.template.status), equals: [.approved])
        try await expect(
          store.templates(at: 11).map(\.checkedAt),
          equals: [Store.start + .seconds(11)]
        )
      },
      Check("a category that was announced holds from its day on, unless Meta says otherwise then")
      {
        store in
        let from = Store.start + .seconds(100)
        try await store.list([TemplateSample.listed()], at: 1)
        try await store.tell([TemplateSample.fact(.coming(.marketing, from: from), at: 5)])
        for (second, category) in [(99, TemplateCategory.utility), (100, .marketing)] {
          try await expect(
            store.templates(at: Int64(second)).map(\.template.category),
            equals: [category]
          )
        }
        try await store.tell([TemplateSample.fact(.category(.utility), at: 100)])
        try await expect(store.templates(at: 101).map(\.template.category), equals: [.utility])
      },
      Check("a form is read as it was written, and read again after an edit") { store in
        for form in TemplateSample.forms {
          let store = try await store.another()
          try await store.list([TemplateSample.listed(form: form)], at: 1)
          let record = try need(await store.templates(at: 2).first)
          try expect(record.template.form, equals: form)
          try expect(record.components, equals: TemplateSample.components)
          try await store.tell([TemplateSample.fact(.edited, at: 3)])
          try await expect(store.templates(at: 4).map(\.template.obstacle), equals: [.edited])
          try await store.list([TemplateSample.listed(form: form)], at: 4)
          try await expect(store.templates(at: 4).map(\.template.obstacle), equals: [nil])
          try await store.engine.close()
        }
      },
      Check("what a whole listing lacks is gone, but nothing that is newer or another account's") {
        store in
        let names = ["a", "b", "c"]
        try await store.list(names.map { TemplateSample.listed($0) }, at: 1)
        try await store.list([TemplateSample.listed("a")], of: "2", at: 1)
        try await store.tell([TemplateSample.fact(.status(.approved, reason: nil), at: 6, of: "c")])
        try await store.list([TemplateSample.listed("a")], at: 5)
        func forget() async throws -> Int {
          try await store.write { unit in
            try Templates.forget(
              notListedAt: Store.start + .seconds(5),
              of: Store.waba,
              in: unit
            )
          }
        }
        try await expect(forget(), equals: 1)
        try await expect(forget(), equals: 0)
        try await expect(store.templates(at: 9).map(\.template.name), equals: ["a", "a", "c"])
        // It came back.
        try await store.list([TemplateSample.listed("b")], at: 7)
        try await expect(store.templates(at: 9).count, equals: 4)
      },
      Check("templates are listed in pages, by account, name and language") { store in
        let listed = ["b", "a"].flatMap { name in
          ["en", "de"].map { TemplateSample.listed(name, $0) }
        }
        try await store.list(listed, at: 1)
        try await store.list([TemplateSample.listed("z")], of: "1", at: 1)
        var found: [String] = []
        var cursor: Cursor?
        repeat {
          let after = cursor
          let page = try await store.read { unit in
            try TemplateViews.list(after: after, limit: 2, at: Store.start, in: unit)
          }
          found += page.items.map { "\($0.account) \($0.template.name) \($0.template.language)" }
          cursor = page.next
        } while cursor != nil
        let own = ["a de", "a en", "b de", "b en"].map { "\(Store.waba) \($0)" }
        try expect(found, equals: ["1 z en"] + own)
        for (accounts, count) in [([], 0), (["1"], 1), (["1", Store.waba], 5)]
          as [(Set<WABAID>, Int)]
        {
          let page = try await store.read { unit in
            try TemplateViews.list(of: accounts, limit: 9, at: Store.start, in: unit)
          }
          try expect(page.items.count, equals: count)
        }
      },
      Check("a webhook about an account's template is kept before a number of it was added") {
        store in
        try await store.write { unit in
          try Journal.append([1], receivedAt: Store.start, in: unit)
          let entry = try need(try Journal.pending(limit: 1, in: unit).last)
          let fact = TemplateSample.fact(.status(.approved, reason: nil), at: 1)
          _ = try Apply.apply(
            [
              EntryFacts(
                of: entry,
                changes: [
                  ChangeFacts(number: nil, waba: Store.waba, facts: [.template(fact)])
                ]
              )
            ],
            publishing: true,
            in: unit
          )
        }
        let record = try need(await store.templates(at: 2).first)
        try expect(record.account, equals: Store.waba)
        try expect(record.template.obstacle, equals: .neverRead)
      },
      Check("the fallback is chosen on what is known of number, customer and templates") { store in
        try await store.addNumber()
        try await store.hear(
          Sample.written("wamid.1") + [
            .profile(
              ProfileFact(
                alias: .phone("491700000042"),
                name: "Anna Schmidt",
                username: nil,
                at: Store.start
              )
            )
          ]
        )
        let named = TemplateForm(format: .named, body: "Hello {{first_name}}, tap below.")
        try await store.list(
          [
            TemplateSample.listed("greeting", "de", form: named),
            TemplateSample.listed("note", "en"),
            TemplateSample.listed("offer", "de", category: .marketing),
          ],
          at: 1
        )
        // Another account's are nobody's business here.
        try await store.list([TemplateSample.listed("aaa", "de")], of: "2", at: 1)
        try await expect(store.fallback(), equals: "greeting:de Anna")
        try await expect(store.fallback(named: ("note", "en")), equals: "note:en ")
        try await expect(store.fallback(named: ("gone", "de")), equals: "greeting:de Anna")
        try await expect(store.fallback(named: ("offer", "de")), equals: "offer:de ")
        try await store.tell([
          TemplateSample.fact(.status(.paused, reason: nil), at: 2)
        ])
        try await expect(store.fallback(named: ("note", "en")), equals: "greeting:de Anna")
        try await store.hear([TemplateSample.marketing("stop", at: 3)])
        try await expect(store.fallback(named: ("offer", "de")), equals: "greeting:de Anna")
        try await store.hear([TemplateSample.marketing("resume", at: 4)])
        try await expect(store.fallback(named: ("offer", "de")), equals: "offer:de ")
        // Nobody who never wrote gets marketing, and a name that is not known fills nothing.
        try await expect(store.fallback(to: "491700000043", named: ("offer", "de")), equals: nil)
      },
    ]
  }
}

/// Templates, and what Meta says of them, in few words.
enum TemplateSample {
  static let components = #"[{"type":"BODY","text":"Tap below."}]"#

  static func fact(
    _ word: TemplateFact.Word,
    at second: Int64,
    of name: String = "note",
    _ language: String = "en"
  ) -> TemplateFact {
    TemplateFact(
      id: TemplateID("\(name)-\(language)"),
      name: name,
      language: language,
      word: word,
      at: Store.start + .seconds(second)
    )
  }

  static func listed(
    _ name: String = "note",
    _ language: String = "en",
    category: TemplateCategory = .utility,
    form: TemplateForm = TemplateForm(body: "Tap below.")
  ) -> ListedTemplateRecord {
    ListedTemplateRecord(
      id: TemplateID("\(name)-\(language)"),
      name: name,
      language: language,
      status: .approved,
      category: category,
      components: components,
      form: form
    )
  }

  static func marketing(_ value: String, at second: Int64) -> CareFact {
    .preference(
      PreferenceFact(
        alias: .phone("491700000042"),
        category: "marketing_messages",
        value: value,
        at: Store.start + .seconds(second)
      )
    )
  }

  /// A template's life: reviewed, paused twice, recategorised, edited.
  static let story: [TemplateFact] = [
    fact(.status(.pending, reason: nil), at: 1), fact(.status(.approved, reason: nil), at: 5),
    fact(.category(.utility), at: 5), fact(.quality(.green), at: 12),
    fact(.status(.paused, reason: "FIRST_PAUSE"), at: 20),
    fact(.status(.approved, reason: nil), at: 30),
    fact(.coming(.marketing, from: Store.start + .seconds(60)), at: 31),
    fact(.status(.paused, reason: "SECOND_PAUSE"), at: 40), fact(.quality(.red), at: 39),
    fact(.quality(.yellow), at: 38), fact(.category(.utility), at: 31), fact(.edited, at: 45),
    fact(.edited, at: 3),
  ]

  static let forms: [TemplateForm] =
    [
      TemplateForm(body: nil),
      TemplateForm(header: .text("News"), body: "A\n\"B\" {{1}}", footer: "Us"),
      TemplateForm(format: .named, header: .location, body: "A", otherParts: ["CAROUSEL", "X"]),
      TemplateForm(header: .other("PRODUCT"), body: "A"),
      TemplateForm(
        body: "A",
        buttons: TemplateForm.Button.Kind.allCases.map {
          TemplateForm.Button($0, text: "T", url: $0 == .url ? "https://a.example/{{1}}" : nil)
        }
      ),
    ] + TemplateForm.Media.allCases.map { TemplateForm(header: .media($0), body: "A") }
}

extension Store {
  /// Applies what webhooks said of templates.
  fileprivate func tell(_ facts: [TemplateFact]) async throws {
    try await write { unit in
      try Journal.append([1], receivedAt: Store.start, in: unit)
      let entry = try need(try Journal.pending(limit: 1_000, in: unit).last)
      let change = ChangeFacts(
        number: nil,
        waba: Store.waba,
        facts: facts.map { .template($0) }
      )
      _ = try Apply.apply([EntryFacts(of: entry, changes: [change])], publishing: true, in: unit)
    }
  }

  /// Reads Meta's listing of an account's templates.
  func list(
    _ listed: [ListedTemplateRecord],
    of account: WABAID = waba,
    at second: Int64,
    milliseconds: Int64 = 0
  ) async throws {
    let at = Store.start + .seconds(second) + .milliseconds(milliseconds)
    try await write { unit in
      try Templates.record(listed, of: account, askedAt: at, in: unit)
    }
  }

  fileprivate func templates(at second: Int64) async throws -> [TemplateRecord] {
    try await read { unit in
      try TemplateViews.list(limit: 100, at: Store.start + .seconds(second), in: unit).items
    }
  }

  /// What would go out to a customer two days later, with its values; `nil` if nothing would.
  fileprivate func fallback(
    to phone: String = "491700000042",
    named fallback: (name: String, language: String)? = nil
  ) async throws -> String? {
    let now = Store.start + .seconds(172_800)
    return try await read { unit in
      var number = try need(try Numbers.find(Store.number, in: unit))
      number.fallback = fallback.map {
        NumberRecord.FallbackTemplate(name: $0.name, language: $0.language)
      }
      let conversation = try need(
        try Windows.window(number: Store.number, customer: phone, now: now, in: unit)
      )
      let outcome = try Fallback.choose(
        for: number,
        to: Person(
          id: conversation.customer,
          holdings: conversation.aliases.map {
            Person.Holding(alias: $0, from: nil, until: nil, isPresent: true)
          }
        ),
        window: conversation.window.state,
        now: now,
        in: unit
      )
      guard case .chosen(let choice) = outcome else { return nil }
      let values = choice.values.map(\.value).joined(separator: ",")
      return "\(choice.template.name):\(choice.template.language) \(values)"
    }
  }
}
