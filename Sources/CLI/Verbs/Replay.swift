import ArgumentParser
import CustomerCare
import Gateway
import Storage

/// `carewindow replay`.
struct Replay: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Apply what was set aside; or the whole journal into an empty database.",
    discussion: """
      Without --into, entries that could not be read or applied are tried again, as after an upgrade; what comes of them is
      published, marked late. With --into, numbers and journal are copied into an empty database and applied there; nothing is sent
      and nothing is published.

      EXAMPLES
        carewindow replay
        carewindow replay --into sqlite:/tmp/replayed.db
      """
  )

  /// How many entries are copied at a time: a page of the largest bodies is 64 MB.
  private static let pageMax = 16

  @Option(help: "An empty database, sqlite:PATH or postgres://….") var into: String?

  func run() async throws {
    let settings = try await Settings()
    let time = try await SystemTime.asConfigured(settings)
    let engine = try await Database(settings).open()
    if let into {
      try await replay(from: engine, into: try Database(name: into, setting: "--into"), time: time)
    } else {
      let released = try await engine.write(.rest) { unit in
        try Journal.releaseFlagged(in: unit)
      }
      let owner = SystemChance().identifier()
      await Applier(engine: engine, owner: owner, wake: Wake(), time: time).drain()
      let counts = try await engine.read { unit in try Journal.counts(in: unit) }
      Output.result("Tried \(released) again; \(counts.flagged) still set aside.")
    }
    try await engine.close()
  }

  private func replay(
    from source: any SQLEngine,
    into database: Database,
    time: any TimeSource
  ) async throws {
    let target = try await database.open(creating: true)
    let isEmpty = try await target.read { unit in
      try Journal.counts(in: unit).entries == 0 && Numbers.list(in: unit).isEmpty
    }
    guard isEmpty else { throw Failure("\(database.name) is not empty. Name a new file.") }
    let numbers = try await source.read { unit in try Numbers.list(in: unit) }
    try await target.write(.rest) { unit in
      for number in numbers { _ = try Numbers.add(number, in: unit) }
    }
    let applier = Applier(
      engine: target,
      owner: SystemChance().identifier(),
      wake: Wake(),
      time: time,
      publishing: false
    )
    var after: JournalEntryID?
    var copied = 0
    while true {
      let last = after
      let page = try await source.read { unit in
        try Journal.page(after: last, limit: Self.pageMax, in: unit)
      }
      guard let end = page.last else { break }
      try await target.write(.rest) { unit in
        for entry in page {
          try Journal.append(
            entry.body,
            receivedAt: entry.receivedAt,
            source: entry.source,
            in: unit
          )
        }
      }
      await applier.drain()
      copied += page.count
      after = end.id
    }
    try await target.write(.rest) { unit in
      try Wait.silence(now: time.now, closingLead: Due.closingLead, in: unit)
    }
    let counts = try await target.read { unit in try Journal.counts(in: unit) }
    try await target.close()
    Output.result(
      "Replayed \(copied) entries into \(database.name); \(counts.flagged) set aside, "
        + "\(counts.unclaimed) for numbers nobody added."
    )
  }
}
