import CloudAPI
import Foundation
import Testing

/// Compares what everybody was told with what the gateway shows and with what Meta has.
struct Audit {
  let world: World
  let load: Load
  /// How often the load was disturbed.
  let strikes: Int

  /// Meta's longest pause between two attempts at a webhook, and a little.
  private static let longestPauseSeconds = 3 * 3600 + 1800
  private static let unknownSeconds = 7 * 86_400 + 60

  func hold(seed: UInt64) async throws {
    let sendings = load.sendings
    print(
      "KillTests: \(load.bodies) webhooks, \(sendings.count) messages asked for, "
        + "\(load.unanswered) calls without an answer"
    )
    #expect(load.bodies >= 2 * strikes, "the load was too small to prove anything")
    #expect(sendings.count >= 2 * strikes, "the load was too small to prove anything")
    #expect(load.unanswered >= strikes / 2, "it was struck too seldom to prove anything")
    for _ in 0..<3 { try await world.advance(61) }
    try await world.advance(Self.longestPauseSeconds)
    try await webhooksAreThere()
    let phones = try await phones()
    try await ordersAreKept(phones)
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

  /// A message Meta accepted: which of its conversation, and its id.
  private struct Accepted {
    let place: Int
    let id: String
  }

  /// What Meta accepted, by text.
  private func phones() async throws -> [String: [Accepted]] {
    var phones: [String: [Accepted]] = [:]
    for customer in Load.customers {
      for (place, message) in try await world.phone(of: customer).enumerated() {
        guard let text = message["text"]?["body"]?.text else { continue }
        phones[text, default: []].append(Accepted(place: place, id: message["id"]?.text ?? ""))
      }
    }
    return phones
  }

  /// What was asked for after another message was promised comes after it.
  private func ordersAreKept(_ phones: [String: [Accepted]]) async throws {
    for (customer, sendings) in Dictionary(grouping: load.sendings, by: \.customer) {
      let there = sendings.compactMap { sending in
        phones[sending.text]?.first.map { (sending, $0.place) }
      }
      .sorted { $0.1 < $1.1 }
      // What was asked for last of what is there by now.
      var latest: Load.Sending?
      for (sending, _) in there {
        if let latest, let promised = sending.promised, promised < latest.asked {
          let histories = [try await history(of: latest), try await history(of: sending)]
          Issue.record(
            """
            “\(sending.text)” came after what was asked for later, to \(customer). What came first:
            \(histories.joined(separator: "\nand what was promised first:\n"))
            """
          )
        }
        latest = [latest, sending].compactMap(\.self).max { $0.asked < $1.asked }
      }
    }
  }

  /// What the gateway tells of a message.
  private func history(of sending: Load.Sending) async throws -> String {
    guard let request = sending.request else { return sending.text }
    return try await world.gateway.get("/v1/messages/\(request)").text
  }

  /// Whichever node is asked, it says the same.
  func answersAreTheSame(at nodes: [Caller]) async throws {
    var paths = load.sendings.compactMap { $0.request.map { "/v1/messages/\($0)" } }
    for customer in Load.customers {
      let path = "\(World.number)/\(customer)"
      paths += ["/v1/windows/\(path)/ledger", "/v1/conversations/\(path)/messages?limit=200"]
    }
    for path in paths {
      var answers = Set<String>()
      for node in nodes { answers.insert(try await node.get(path).text) }
      #expect(answers.count == 1, "\(path) is answered in \(answers.count) ways")
    }
  }

  /// One message: what was answered, what is shown and what Meta has belong together.
  private func settled(_ sending: Load.Sending, on phone: [Accepted]) async throws -> String? {
    if let message = sending.message, message.hasPrefix("wamid.") {
      #expect(
        phone.map(\.id) == [message],
        "\(sending.text) was answered with an id Meta does not know"
      )
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
      // Promised at the commit, so it was carried: only its outcome may be missing. Or the clock was moved between decision
      // and dispatch, and it says that it certainly was not sent.
      let isToldUnsent = state == "failed" && shown["failure"]?.text == "not_sent"
      #expect(state == "unknown" || isToldUnsent, "\(sending.text): \(shown)")
    } else if phone.isEmpty {
      #expect(["unknown", "failed", "refused"].contains(state), "\(sending.text): \(shown)")
    } else {
      #expect(["sent", "delivered", "read"].contains(state), "\(sending.text): \(shown)")
      #expect(shown["wamid"]?.text == phone.first?.id, "\(sending.text): \(shown)")
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
