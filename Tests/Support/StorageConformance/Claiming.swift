import CustomerCare
import Storage

extension StorageConformance {
  /// Reserve and claim in one.
  static var claiming: [Check] {
    [
      Check("a request that is claimed with its reservation is as if it were claimed after it") {
        store in
        try await store.addNumber()
        guard
          case .reserved(let refused, _) = try await store.reserve(
            Sample.draft("r0"),
            claiming: true
          )
        else { throw NotTrue(description: "claimed against the verdict") }
        try expect(refused.state, equals: .refused)
        try await store.hear(Sample.written("wamid.in"))
        guard
          case .claimed(let claimed) = try await store.reserve(Sample.draft("r1"), claiming: true)
        else { throw NotTrue(description: "not claimed") }
        try await expect(store.request("r1"), equals: claimed.record)
        try expect(claimed.record.state, equals: .dispatching)
        let after = try await store.another()
        let attempt = try await after.dispatched("r1")
        try expect(claimed.attempt, equals: attempt)
        try await expect(store.request("r1"), equals: after.request("r1"))
        try await expect(store.history("r1"), equals: after.history("r1"))

        let late = Store.start + .milliseconds(1)
        guard
          case .reserved(let waiting, _) = try await store.reserve(
            Sample.draft("r2", at: late),
            claiming: true,
            at: late
          )
        else { throw NotTrue(description: "two in flight") }
        try expect(waiting.state, equals: .accepted)
        _ = try await store.settle(claimed.attempt.attempt, .accepted("wamid.out"))
        guard
          case .reserved = try await store.reserve(
            Sample.draft("r3", at: late + .milliseconds(1)),
            claiming: true,
            at: late
          )
        else { throw NotTrue(description: "it overtook the one that waits") }
        _ = try await store.claim("r2", at: late).reference()
        let report = try await store.sweep(at: late + .seconds(60))
        try expect(report.unknown, equals: ["r2"])
      },
      Check("what comes after another message goes after it, however the nodes' clocks differ") {
        store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.in"))
        let ahead = Store.start + .seconds(61)
        // The ids are against them, too.
        _ = try await store.reserve(Sample.draft("r3", at: ahead), at: ahead)
        _ = try await store.reserve(Sample.draft("r2"))
        guard
          case .reserved(let last, _) = try await store.reserve(Sample.draft("r1"), claiming: true)
        else { throw NotTrue(description: "claimed before what was promised") }
        try expect(last.request.at, equals: ahead + .milliseconds(2))
        try await expect(store.request("r1"), equals: last)
        for id: RequestID in ["r1", "r2"] {
          guard case .busy = try await store.claim(id, at: ahead) else {
            throw NotTrue(description: "\(id) overtook")
          }
        }
        for id: RequestID in ["r3", "r2", "r1"] {
          try await expect(store.dispatchable(at: ahead), equals: [id])
          let attempt = try await store.claim(id).reference()
          _ = try await store.settle(attempt.attempt, .accepted(MessageID("wamid.\(id)")))
        }
      },
      Check("what waits goes in the order it came in, however the nodes' clocks differ") { store in
        try await store.addNumber()
        let ahead = Store.start + .seconds(61)
        _ = try await store.reserve(Sample.draft("r2", at: ahead, ifClosed: .park), at: ahead)
        _ = try await store.reserve(Sample.draft("r1", ifClosed: .park))
        try await store.hear(Sample.written("wamid.in"))
        try await expect(store.dispatchable(at: ahead), equals: ["r2"])
      },
      Check("what is to be tried again keeps its place") { store in
        let first = try await store.dispatched("r2")
        let retryAt = Store.start + .seconds(1)
        _ = try await store.settle(first.attempt, .notSent(reason: "no road"), retryAt: retryAt)
        guard case .reserved = try await store.reserve(Sample.draft("r1"), claiming: true) else {
          throw NotTrue(description: "claimed")
        }
        guard case .busy = try await store.claim("r1") else {
          throw NotTrue(description: "it overtook what is tried again")
        }
        try await expect(store.dispatchable(at: Store.start), equals: [])
        try await expect(store.dispatchable(at: retryAt), equals: ["r2"])
        let second = try await store.claim("r2", at: retryAt).reference()
        _ = try await store.settle(second.attempt, .accepted("wamid.out"), at: retryAt)
        _ = try await store.claim("r1", at: retryAt).reference()
      },
    ]
  }
}
