import CloudAPI
import Foundation
import Testing

/// Promises 2 and 3, tried with a power cut at instants nobody chose.
@Suite struct KillTests {
  /// Beyond a lease, so that what the dead gateway held is looked at by the next one.
  private static let leaseSeconds = 61

  @Test(arguments: [(World.Engine.sqlite, 200), (.postgres, 60)])
  func `killed at so many instants it loses nothing acknowledged and sends nothing twice`(
    _ engine: World.Engine,
    kills: Int
  ) async throws {
    let seed =
      ProcessInfo.processInfo.environment["CAREWINDOW_TEST_SEED"].flatMap(UInt64.init)
      ?? UInt64.random(in: 1...1_000_000)
    print("KillTests: CAREWINDOW_TEST_SEED=\(seed)")
    try await World.run(.real, on: engine, seed: seed) { world in
      try await world.sandbox(set: ["pair_limit": false, "per_second": 1_000_000])
      try await world.fault([
        "kind": "duplicate", "probability": .decimal(0.2), "ms": 1000, "seed": 1,
      ])
      try await world.open()
      for customer in Load.customers { try await world.writes(customer) }
      for customer in Load.customers { try await world.window(is: "open", of: customer) }
      await (try world.served).kill()

      // Answers that prove nothing: Meta took the message, or it did not.
      for (index, when) in ["before", "after"].enumerated() {
        try await world.fault([
          "kind": "http_status", "status": 500, "when": .string(when),
          "probability": .decimal(0.02), "seed": .integer(index + 2),
        ])
      }
      let load = Load(world)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await load.run() }
        try await kill(world, kills, under: load, seed: seed)
        try await world.serve()
        load.end()
        load.gate.open()
        try await group.waitForAll()
      }
      try await Audit(world: world, load: load, kills: kills).hold(seed: seed)
    }
  }

  private func kill(
    _ world: World,
    _ kills: Int,
    under load: Load,
    seed: UInt64
  ) async throws {
    var generator = SeededGenerator(seed: seed)
    for round in 1...kills {
      let child = try await world.serve(waiting: false)
      // Every tenth time it is not even let to start in peace.
      if round % 10 != 0 { try await world.ready() }
      load.gate.open()
      let life = Int.random(in: 20...250, using: &generator)
      try await Patience.instant(after: .milliseconds(life))
      await child.kill()
      load.gate.close()
      try await world.advance(Self.leaseSeconds)
    }
  }
}

/// Compares what everybody was told with what the gateway shows and with what Meta has.
struct Audit {
  let world: World
  let load: Load
  let kills: Int

  /// Meta's longest pause between two attempts at a webhook, and a little.
  private static let longestPauseSeconds = 3 * 3600 + 1800
  private static let unknownSeconds = 7 * 86_400 + 60

  func hold(seed: UInt64) async throws {
    let sendings = load.sendings
    print(
      "KillTests: \(load.bodies) webhooks, \(sendings.count) messages asked for, "
        + "\(load.unanswered) calls without an answer"
    )
    #expect(load.bodies >= 2 * kills, "the load was too small to prove anything")
    #expect(sendings.count >= 2 * kills, "the load was too small to prove anything")
    #expect(load.unanswered >= kills / 2, "the kills struck too seldom to prove anything")
    for _ in 0..<3 { try await world.advance(61) }
    try await world.advance(Self.longestPauseSeconds)
    try await webhooksAreThere()
    let phones = try await phones()
    for (text, messages) in phones where messages.count > 1 {
      Issue.record("Meta has \(messages.count) messages for “\(text)” (seed \(seed)).")
    }
    var open = Set<String>()
    for sending in sendings {
      let state = try await settled(sending, on: phones[sending.text] ?? [])
      if state == "unknown", let request = sending.request { open.insert(request) }
    }
    try await nothingStaysOpen(open)
  }

  /// Everything that was answered with 200 is a message now.
  private func webhooksAreThere() async throws {
    try await Patience.until("the journal is applied") {
      try await world.doctor()["journal"]?["unapplied"]?.integer == 0 ? () : nil
    }
    let journal = try await world.doctor()["journal"]
    #expect(journal?["flagged"]?.integer == 0)
    #expect(journal?["entries"]?.integer ?? 0 >= load.bodies)
    for (customer, ids) in load.acknowledged {
      let messages = try await world.gateway.list(
        "/v1/conversations/\(World.number)/\(customer)/messages"
      )
      let shown = messages.filter { $0["direction"]?.text == "in" }.compactMap { $0["wamid"]?.text }
      #expect(ids.subtracting(shown).isEmpty, "lost from \(customer)")
      #expect(Set(shown).count == shown.count, "twice from \(customer)")
    }
  }

  /// What Meta accepted, by text.
  private func phones() async throws -> [String: [String]] {
    var phones: [String: [String]] = [:]
    for customer in Load.customers {
      for message in try await world.phone(of: customer) {
        guard let text = message["text"]?["body"]?.text else { continue }
        phones[text, default: []].append(message["id"]?.text ?? "")
      }
    }
    return phones
  }

  /// One message: what was answered, what is shown and what Meta has belong together.
  private func settled(_ sending: Load.Sending, on phone: [String]) async throws -> String? {
    if let message = sending.message, message.hasPrefix("wamid.") {
      #expect(phone == [message], "\(sending.text) was answered with an id Meta does not know")
    }
    if sending.status == 503 {
      #expect(phone.isEmpty, "\(sending.text) was said not to be sent")
    }
    guard let request = sending.request else { return nil }
    let shown = try await Patience.until("\(sending.text) is settled") {
      let shown = try await world.gateway.get("/v1/messages/\(request)").json
      return ["accepted", "dispatching"].contains(shown["state"]?.text) ? JSON?.none : shown
    }
    let state = shown["state"]?.text
    if phone.isEmpty, sending.door != .facade, [200, 202].contains(sending.status) {
      // Promised at the commit, so it was carried: only its outcome may be missing.
      #expect(state == "unknown", "\(sending.text): \(shown)")
    } else if phone.isEmpty {
      #expect(["unknown", "failed", "refused"].contains(state), "\(sending.text): \(shown)")
    } else {
      #expect(["sent", "delivered", "read"].contains(state), "\(sending.text): \(shown)")
      #expect(shown["wamid"]?.text == phone.first, "\(sending.text): \(shown)")
    }
    return state
  }

  /// An outcome that nobody ever tells is given up after seven days.
  private func nothingStaysOpen(_ requests: Set<String>) async throws {
    print("KillTests: \(requests.count) outcomes that nobody told")
    try await world.advance(Self.unknownSeconds)
    for request in requests {
      let shown = try await Patience.until("\(request) is given up") {
        let shown = try await world.gateway.get("/v1/messages/\(request)").json
        return shown["state"]?.text == "failed" ? shown : JSON?.none
      }
      #expect(shown["failure"]?.text == "outcome_never_known", "\(shown)")
    }
    try await Patience.until("no request is left open, not even one whose id nobody was told") {
      try await openRequests().isEmpty ? () : nil
    }
  }

  /// The requests that have not ended, by state, read from a copy: most ids were never told to anybody.
  private func openRequests() async throws -> String {
    let copy = world.folder + "/audit-\(UUID().uuidString).db"
    // PostgreSQL's own tools make backups of it; into a file of ours it can be moved.
    let words = world.isEmbedded ? ["backup", copy] : ["move", "--into", "sqlite:\(copy)"]
    let copied = try await world.verb(words)
    try #require(copied.status == 0, "\(copied.errors)")
    let child = try world.start(
      "audit",
      program: "/usr/bin/env",
      [
        "python3", "-c",
        """
        import sqlite3, sys
        for row in sqlite3.connect(sys.argv[1]).execute(
            "SELECT state, count(*) FROM request WHERE state IN ('accepted', 'dispatching', 'unknown', 'scheduled', 'parked') "
            "GROUP BY state"):
            print(*row, file=sys.stderr)
            sys.exit(3)
        """, copy,
      ],
      environment: [:]
    )
    let status = try await child.end()
    try FileManager.default.removeItem(atPath: copy)
    return status == 0 ? "" : "\(status): \(child.errors.suffix(300))"
  }
}
