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
      }
    ]
  }
}
