import CustomerCare
import Storage

extension StorageConformance {
  /// Messages that wait for their customer, or for their time.
  static var parking: [Check] {
    [
      Check("what waits for the customer goes on when the window opens, in order") { store in
        try await store.addNumber()
        for (index, id) in ["r2", "r1", "r3"].enumerated() {
          let at = Store.start + .milliseconds(index)
          let draft = Sample.draft(RequestID(id), at: at, isDurable: false, ifClosed: .park)
          guard case .reserved(let record, _) = try await store.reserve(draft, at: at) else {
            throw NotTrue(description: "not reserved")
          }
          try expect(record.state, equals: .parked)
          try expect(record.request.expiresAt, equals: at + Waiting.expiryDefault)
          try await expect(store.request(record.request.id), equals: record)
        }
        try await expect(store.sweep(at: Store.start + .seconds(1)).expired, equals: [])
        try await store.hear(Sample.written("wamid.1", at: Store.start + .seconds(60)))
        let now = Store.start + .seconds(61)
        guard case .busy = try await store.claim("r1", at: now) else {
          throw NotTrue(description: "the younger went first")
        }
        let first = try await store.claim("r2", at: now).reference()
        _ = try await store.settle(first.attempt, .accepted("wamid.out"), at: now)
        _ = try await store.claim("r1", at: now).reference()
        try await expect(
          store.history("r2").map { $0.split(separator: " ").dropFirst().joined(separator: " ") },
          equals: [
            "parked never_opened", "accepted wamid.1", "dispatching -", "handed_over wamid.out",
          ]
        )
      },
      Check("an answer that finds another customer's messages leaves them where they are") {
        store in
        try await store.addNumber()
        _ = try await store.reserve(Sample.draft("r1", ifClosed: .park))
        try await store.hear(Sample.written("wamid.1", from: .phone("491700000043")))
        try await expect(store.request("r1").state, equals: .parked)
      },
      Check("an answer prolongs no window past a message that waits") { store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.1"))
        let late = Store.start + CareWindow.length - .seconds(30)
        guard
          case .reserved(let record, _) = try await store.reserve(
            Sample.draft("r1", at: late, ifClosed: .park),
            at: late
          )
        else { throw NotTrue(description: "not reserved") }
        try expect(record.state, equals: .parked)
        try await store.hear(Sample.written("wamid.2", at: late + .seconds(10)))
        try await expect(store.request("r1").state, equals: .accepted)
      },
      Check("whoever finds the window shut again waits again") { store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.1"))
        _ = try await store.reserve(Sample.draft("r1", ifClosed: .park))
        let late = Store.start + CareWindow.length
        guard case .waits(let record, _) = try await store.claim("r1", at: late) else {
          throw NotTrue(description: "does not wait")
        }
        try expect(record.state, equals: .parked)
        try expect(record.request.expiresAt, equals: late + Waiting.expiryDefault)
        try expect(record.attempts.isEmpty)
        try await store.hear(Sample.written("wamid.2", at: late + .seconds(60)))
        try await expect(store.request("r1").state, equals: .accepted)
      },
      Check("whoever was told to wait is not turned away for those who came later") { store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.1"))
        _ = try await store.reserve(Sample.draft("r1", ifClosed: .park))
        let late = Store.start + CareWindow.length
        _ = try await store.claim("r1", at: late)
        try await store.hear(Sample.written("wamid.2", at: late))
        let later = late + CareWindow.length
        for index in 0..<Waiting.parkedMax {
          let draft = Sample.draft(RequestID("x\(index)"), at: later, ifClosed: .park)
          _ = try await store.reserve(draft, at: later)
        }
        guard case .waits = try await store.claim("r1", at: later) else {
          throw NotTrue(description: "was turned away")
        }
        guard
          case .reserved(let record, _) = try await store.reserve(
            Sample.draft("y", at: later, ifClosed: .park),
            at: later
          )
        else { throw NotTrue(description: "not reserved") }
        try expect(record.state, equals: .refused)
      },
      Check("what waits expires, and its author is told; what was withdrawn does not come back") {
        store in
        try await store.addNumber()
        try await store.write { unit in try Publish.register("inbox", in: unit) }
        _ = try await store.reserve(Sample.draft("r1", ifClosed: .park))
        _ = try await store.reserve(Sample.draft("r2", ifClosed: .park))
        let withdrawn = try await store.write { unit in
          try Parked.withdraw("r2", now: Store.start, in: unit)
        }
        try expect(withdrawn?.isWithdrawn == true)
        try expect(withdrawn?.record.state, equals: .withdrawn)
        let again = try await store.write { unit in
          try Parked.withdraw("r2", now: Store.start, in: unit)
        }
        try expect(again?.isWithdrawn == false)
        let end = Store.start + Waiting.expiryDefault
        try await expect(store.sweep(at: end - .milliseconds(1)).expired, equals: [])
        try await expect(store.sweep(at: end).expired, equals: ["r1"])
        try await expect(store.states("inbox"), equals: ["expired", "withdrawn"])
        try await store.hear(Sample.written("wamid.1", at: end))
        try await expect(store.request("r1").state, equals: .expired)
        try await expect(store.request("r2").state, equals: .withdrawn)
      },
      Check("what is for later goes on at its time, decided then") { store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.1"))
        let times = [CareWindow.length, .seconds(3600)]
        for (id, time) in zip(["late", "soon"], times) {
          let draft = Sample.draft(RequestID(id), sendAt: Store.start + time)
          guard case .reserved(let record, _) = try await store.reserve(draft) else {
            throw NotTrue(description: "not reserved")
          }
          try expect(record.state, equals: .scheduled)
        }
        for (id, time) in zip(["soon", "late"], times.reversed()) {
          let now = Store.start + time
          try await expect(store.sweep(at: now - .milliseconds(1)).begun, equals: [])
          try await expect(store.sweep(at: now).begun, equals: [RequestID(id)])
        }
        guard
          case .refused(_, let refusal, _) = try await store.claim(
            "late",
            at: Store.start + CareWindow.length
          )
        else { throw NotTrue(description: "not refused") }
        try expect(refusal.code, equals: "window_closed")
      },
    ]
  }
}
