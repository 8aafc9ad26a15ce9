import CustomerCare

/// Nanoseconds of one decision, in this process.
struct Deciding {
  private let workplace: Workplace

  init(_ workplace: Workplace) {
    self.workplace = workplace
  }

  /// Decides over and over about requests of every kind.
  func run() -> BenchmarkReport.Section {
    var section = BenchmarkReport.Section("decide", "The decision, in process")
    let now = Instant(seconds: workplace.startedAt)
    let ledger = Self.ledger(entries: 20, before: now)
    let number = NumberFacts(
      phoneNumberID: "900800700",
      wabaID: "700100200300",
      displayPhoneNumber: "+4930000001",
      addedAt: now - .seconds(90 * 86_400)
    )
    let window = CareWindow.fold(ledger, at: now, number: number)
    let open = SendFacts(now: now, margin: .seconds(60), window: window, number: number)
    let later = now + .seconds(2 * 86_400)
    let closed = SendFacts(
      now: later,
      margin: .seconds(60),
      window: CareWindow.fold(ledger, at: later, number: number),
      number: number
    )
    let text = Self.request(.freeForm(type: "text"), at: now)
    let template = Self.request(.template(name: "order_ready", language: "en"), at: now)
    section.add("decide, window open", rounds: time { decide(text, given: open).isSend }, "ns")
    section.add("decide, window closed", rounds: time { decide(text, given: closed).isSend }, "ns")
    section.add("decide, template", rounds: time { decide(template, given: closed).isSend }, "ns")
    section.add(
      "fold of 20 entries, then decide",
      rounds: time {
        let window = CareWindow.fold(ledger, at: now, number: number)
        let facts = SendFacts(now: now, margin: .seconds(60), window: window, number: number)
        return decide(text, given: facts).isSend
      },
      "ns"
    )
    return section
  }

  private static func ledger(entries: Int, before now: Instant) -> [LedgerEntry] {
    (0..<entries).map { index in
      LedgerEntry(
        eventID: "wamid.BENCH\(index)",
        kind: .opening(.text),
        alias: .phone("491700000042"),
        at: now - .seconds(3600 * (index + 1)),
        receivedAt: now - .seconds(3600 * (index + 1) - 1)
      )
    }
  }

  private static func request(_ kind: MessageKind, at now: Instant) -> SendRequest {
    SendRequest(
      id: "bench",
      from: "900800700",
      to: .customer(.phone("491700000042")),
      kind: kind,
      sender: .employee,
      at: now
    )
  }

  /// Nanoseconds per call in each of several rounds.
  private func time(_ work: () -> Bool) -> [Double] {
    let calls = workplace.isQuick ? 20_000 : 500_000
    return (0..<5).map { _ in
      var sends = 0
      let stopwatch = Stopwatch()
      for _ in 0..<calls where work() { sends += 1 }
      let nanoseconds = stopwatch.nanoseconds
      // Uses the answers, so that the optimiser cannot leave the calls out.
      precondition(sends == 0 || sends == calls)
      return Double(nanoseconds) / Double(calls)
    }
  }
}

extension Verdict {
  fileprivate var isSend: Bool {
    if case .send = self { true } else { false }
  }
}
