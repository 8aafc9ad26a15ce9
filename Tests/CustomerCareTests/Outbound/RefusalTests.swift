import Testing

@testable import CustomerCare

@Suite struct `A refusal` {
  static let end = Scene.start + .hours(24)
  static let closed = Refusal.windowClosed(
    since: end,
    because: Scene.opening(),
    coexistence: false
  )

  static let all: [Refusal] =
    [
      .unknownNumber("900800700"), closed,
      .windowClosed(since: end, because: Scene.refusal(at: end), coexistence: true),
      .neverOpened(coexistence: false), .neverOpened(coexistence: true),
      .insideSafetyMargin(closesAt: end, margin: .seconds(60), coexistence: false),
      .kindNotAllowed(.reaction, because: closed),
      .templateNeededButNoneChosen(
        FallbackShortfall(candidates: [], others: 0),
        because: closed
      ),
      .templateNeededButNoneChosen(
        FallbackShortfall(
          candidates: [
            FallbackShortfall.Candidate(name: "note", language: "en", obstacle: .edited)
          ],
          others: 2
        ),
        because: closed
      ), .tooManyParked(max: 100, because: closed),
      .expiresBeforeItsTime(expiresAt: Scene.start, sendAt: end),
      .scheduledInPast(sendAt: Scene.start, now: end),
      .expired(at: Scene.start, now: end),
    ]
    + Restriction.allCases.flatMap { restriction in
      [
        .numberDisconnected("900800700", restriction), .numberRestricted("900800700", restriction),
      ]
    }
    + UncertaintyReason.allCases.map { reason in
      .uncertain(
        CareWindow.Doubt(
          reason: reason,
          opening: reason == .connectionDay ? nil : Scene.opening(),
          report: reason == .reported131047 ? Scene.refusal(at: Scene.start) : nil
        ),
        until: end,
        coexistence: false
      )
    }

  @Test(arguments: all)
  func `says its rule, its evidence and the next step in whole sentences of both languages`(
    refusal: Refusal
  ) {
    let texts = Refusal.Language.allCases.map(refusal.sentence)
    #expect(texts[0] != texts[1])
    for text in texts {
      #expect(text.hasSuffix(".") && !text.contains("  ") && !text.contains("\n"), "\(text)")
      #expect(
        !text.contains("Optional(") && !text.contains("..") && !text.contains(" ,"),
        "\(text)"
      )
      #expect(text.split(separator: ". ").count >= 2, "rule and evidence, then what to do: \(text)")
    }
  }

  @Test(arguments: all)
  func `names a closed window's rule, times and way out`(refusal: Refusal) {
    guard refusal.windowRefusal != nil else { return }
    let english = refusal.sentence(in: .english)
    #expect(english.contains("within 24 hours of the customer's last message or call"))
    #expect(english.contains("Send an approved template now"))
    let german = refusal.sentence(in: .german)
    #expect(german.contains("binnen 24 Stunden"))
    #expect(german.contains("Jetzt eine genehmigte Vorlage senden"))
  }

  @Test func `reads like this`() {
    #expect(
      Self.closed.sentence(in: .english) == """
        Meta takes free-form messages only within 24 hours of the customer's last message or call. \
        The last was a text message at 2026-11-21T10:00:00Z, so the window is closed since \
        2026-11-22T10:00:00Z. Send an approved template now, or write freely once the customer has \
        written or called.
        """
    )
    #expect(
      Refusal.windowClosed(
        since: Self.end,
        because: Scene.opening(.userCall),
        coexistence: true
      ).sentence(in: .german) == """
        Meta nimmt freie Nachrichten nur binnen 24 Stunden nach der letzten Nachricht oder dem \
        letzten Anruf des Gegenübers an. Zuletzt kam ein Anruf, um 2026-11-21T10:00:00Z; das \
        Fenster ist seit 2026-11-22T10:00:00Z geschlossen. Jetzt eine genehmigte Vorlage senden, \
        oder frei schreiben, sobald das Gegenüber geschrieben oder angerufen hat; eine Antwort aus \
        der WhatsApp-Business-App auf dem Telefon ist jederzeit erlaubt und kostenlos.
        """
    )
  }

  @Test func `has a word of its own for programs`() {
    let codes = Dictionary(grouping: Self.all, by: \.code)
    #expect(codes.count == 13)
    #expect(codes.keys.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "_" } })
  }

  @Test(arguments: OpeningKind.allCases.filter { $0.qualification != .doesNotOpen })
  func `has words for everything that opens`(kind: OpeningKind) {
    let refusal = Refusal.windowClosed(
      since: Self.end,
      because: Scene.opening(kind),
      coexistence: false
    )
    #expect(!refusal.sentence(in: .english).contains("of the kind"), "\(kind)")
    #expect(!refusal.sentence(in: .german).contains("der Art"), "\(kind)")
  }
}
