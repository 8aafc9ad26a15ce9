import CustomerCare
import Storage

extension StorageConformance {
  /// Files: told of, claimed, kept in chunks, thrown away.
  static var fetching: [Check] { tellingOfMedia + claimingMedia + keepingMedia + pruningMedia }

  private static func hash(_ byte: UInt8) -> MediaHash? {
    MediaHash(Array(repeating: byte, count: 32))
  }

  private static func fact(
    _ id: MediaID,
    message: MessageID = "wamid.1",
    mimeType: String? = "image/jpeg",
    hash: MediaHash? = nil
  ) -> MediaFact {
    MediaFact(id: id, message: message, kind: .image, mimeType: mimeType, hash: hash)
  }

  private static var tellingOfMedia: [Check] {
    [
      Check("a file is told of once, whatever tells of it and in which order") { store in
        let facts = [
          fact("m1", message: "wamid.2", hash: hash(7)), fact("m1", message: "wamid.1"),
          fact("m1", message: "wamid.1", mimeType: nil),
        ]
        var states: Set<String> = []
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0, 1], [0, 2, 1, 0, 2]] {
          let other = try await store.another()
          try await other.addNumber()
          for index in order { try await other.hear([.media(facts[index])]) }
          states.insert(try await other.canonical())
          try await expect(other.media("m1")?.fact, equals: facts[2])
          try await other.engine.close()
        }
        try expect(states.count, equals: 1)
      },
      Check("what is kept or lost stays so when it is told of again") { store in
        try await store.addNumber()
        try await store.hear([.media(fact("m1")), .media(fact("m2"))])
        let claimed = try await store.claimMedia(at: Store.start)
        try await store.keep(claimed[0], [1, 2, 3])
        _ = try await store.write {
          try Fetch.lose(claimed[1], .gone, now: Store.start, in: $0)
        }
        let before = try await store.canonical()
        try await store.hear(
          [.media(fact("m1")), .media(fact("m2"))],
          at: Store.start + .seconds(9)
        )
        try await expect(store.canonical(), equals: before)
        try await expect(store.media("m1")?.state, equals: .kept)
        try await expect(store.media("m2")?.state, equals: .lost)
        try await expect(store.media("m2")?.loss, equals: .gone)
        try await expect(store.claimMedia(at: Store.start + .seconds(9)), equals: [])
      },
      Check("a message shows where its file is") { store in
        try await store.addNumber()
        let content = Content.media(Content.Media(kind: .image, id: "m1"))
        try await store.hear([
          .media(fact("m1")), .message(Sample.message("wamid.1", content: content)),
        ])
        try await expect(store.shown()?.state, equals: .pending)
        try await store.keep(store.claimMedia(at: Store.start)[0], [1, 2, 3])
        let shown = try await store.shown()
        try expect(shown?.state, equals: .kept)
        try expect(shown?.content?.size, equals: 3)
      },
    ]
  }

  private static var claimingMedia: [Check] {
    [
      Check("two who saw the same file do not both fetch it") { store in
        try await store.addNumber()
        try await store.hear([.media(fact("m1"))])
        let seen = try await store.dueMedia(at: Store.start)
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
          for _ in 1...2 {
            group.addTask {
              try await store.write { unit in
                try Fetch.claim(
                  seen,
                  now: Store.start,
                  until: Store.start + .seconds(90),
                  in: unit
                ).count
              }
            }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        try expect(counts.sorted(), equals: [0, 1])
      },
      Check(
        "a file whose fetcher died is due when the lease ends, and the late one changes nothing"
      ) { store in
        try await store.addNumber()
        try await store.hear([.media(fact("m1"))])
        let dead = try await store.claimMedia(at: Store.start)[0]
        let end = Store.start + .seconds(90)
        try await expect(store.claimMedia(at: end - .milliseconds(1)), equals: [])
        let next = try await store.claimMedia(at: end)
        try expect(next.map(\.attempt), equals: [2])
        try await expect(store.keep(dead, [1]), equals: false)
        try await expect(
          store.write { try Fetch.lose(dead, .gone, now: end, in: $0) },
          equals: false
        )
        try await expect(store.append([1], to: nil, of: dead, until: end), equals: nil)
        try await expect(store.keep(next[0], [1]), equals: true)
      },
      Check("every number has its turn, and the newest file of each comes first") { store in
        for number in ["1", "2", "3"] as [PhoneNumberID] { try await store.addNumber(number) }
        for index in 0..<4 {
          let at = Store.start + .seconds(Int64(index))
          try await store.hear([.media(fact(MediaID("a\(index)")))], at: at, number: "1")
        }
        try await store.hear([.media(fact("b0"))], number: "2")
        try await store.hear([.media(fact("c0"))], number: "3")
        let now = Store.start + .seconds(10)
        func due(_ busy: [PhoneNumberID: Int], after: PhoneNumberID?) async throws -> [MediaID] {
          try await store.read { unit in
            try Fetch.due(now: now, limit: 3, busy: busy, after: after, in: unit).map(\.id)
          }
        }
        try await expect(due([:], after: nil), equals: ["a3", "b0", "c0", "a2", "a1"])
        try await expect(due([:], after: "1"), equals: ["b0", "c0", "a3", "a2", "a1"])
        try await expect(due(["1": 2], after: "3"), equals: ["a3", "b0", "c0"])
        try await expect(due(["1": 3], after: "2"), equals: ["c0", "b0"])
      },
      Check("a file that failed waits for its instant, and says why") { store in
        try await store.addNumber()
        try await store.hear([.media(fact("m1"))])
        let claimed = try await store.claimMedia(at: Store.start)[0]
        let next = Store.start + .seconds(5)
        _ = try await store.write {
          try Fetch.retry(claimed, at: next, reason: "meta_190", in: $0)
        }
        try await expect(store.claimMedia(at: next - .milliseconds(1)), equals: [])
        func troubles() async throws -> [String] {
          try await store.read {
            try MediaViews.troubles(in: $0).map { "\($0.reason) \($0.count)" }
          }
        }
        for attempt in 2...4 {
          try await expect(troubles(), equals: [])
          let again = try await store.claimMedia(at: next)
          try expect(again.map(\.attempt), equals: [attempt])
          _ = try await store.write {
            try Fetch.retry(again[0], at: next, reason: "meta_190", in: $0)
          }
        }
        try await expect(troubles(), equals: ["meta_190 1"])
      },
    ]
  }

  private static var keepingMedia: [Check] {
    [
      Check("a file of several chunks is what came in, and nobody finds it before it is whole") {
        store in
        try await store.addNumber()
        try await store.hear([.media(fact("m1"))])
        let claimed = try await store.claimMedia(at: Store.start)[0]
        let chunk = (0..<MediaBytes.chunkBytes).map { UInt8(truncatingIfNeeded: $0) }
        let until = Store.start + .seconds(90)
        let place = try await need(store.append(chunk, to: nil, of: claimed, until: until))
        try await expect(
          store.append(chunk, 1, to: place, of: claimed, until: until),
          equals: place
        )
        try await expect(store.media("m1")?.content, equals: nil)
        try await expect(store.media("m1")?.state, equals: .pending)
        try await expect(
          store.keep(claimed, [9], size: 2 * chunk.count + 1, in: place),
          equals: true
        )
        let content = try await need(store.media("m1")?.content)
        try expect(content.size, equals: 2 * chunk.count + 1)
        let chunks = try await store.read { unit in
          try (0...3).map {
            try MediaBytes.chunk($0, of: content.place, hash: content.hash, in: unit)
          }
        }
        try expect(chunks == [chunk, chunk, [9], nil])
        try await expect(
          store.read { "\(try MediaViews.counts(in: $0))" },
          equals: "MediaCounts(pending: 0, kept: 1, bytes: \(2 * chunk.count + 1))"
        )
      },
      Check("the same bytes are kept once, and known bytes are not fetched") { store in
        try await store.addNumber()
        try await store.hear([.media(fact("m1")), .media(fact("m2")), .media(fact("m3"))])
        let claimed = try await store.claimMedia(at: Store.start)
        try await store.keep(claimed[0], [1, 2, 3], hash: hash(1))
        let chunk = Array(repeating: UInt8(5), count: MediaBytes.chunkBytes)
        let place = try await store.append(
          chunk,
          to: nil,
          of: claimed[1],
          until: Store.start + .seconds(90)
        )
        try await store.keep(claimed[1], [1], size: chunk.count + 1, hash: hash(1), in: place)
        try await expect(
          store.write { unit in
            try MediaBytes.keep(known: need(hash(2)), for: claimed[2], now: Store.start, in: unit)
          },
          equals: false
        )
        try await expect(
          store.write { unit in
            try MediaBytes.keep(known: need(hash(1)), for: claimed[2], now: Store.start, in: unit)
          },
          equals: true
        )
        try await store.discardAll(at: Store.start)
        try await expect(store.blobs(), equals: "1 blobs, 1 chunks")
        for id in ["m1", "m2", "m3"] as [MediaID] {
          try await expect(store.media(id)?.content?.size, equals: 3)
        }
      },
      Check("whoever lost its bytes writes into nobody else's") { store in
        try await store.addNumber()
        try await store.hear([.media(fact("m1")), .media(fact("m2"))])
        let claimed = try await store.claimMedia(at: Store.start)
        let chunk = Array(repeating: UInt8(5), count: MediaBytes.chunkBytes)
        let until = Store.start + .seconds(90)
        let lost = try await store.append(chunk, to: nil, of: claimed[0], until: until)
        try await store.discardAll(at: until)
        let place = try await store.append(chunk, to: nil, of: claimed[1], until: until)
        try await expect(store.append([1], 1, to: lost, of: claimed[0], until: until), equals: nil)
        do {
          try await store.keep(claimed[0], [1], size: chunk.count + 1, in: lost)
          throw NotTrue(description: "it was kept")
        } catch let error as StoreError { try expect(error.code, equals: .constraint) }
        try await expect(
          store.keep(claimed[1], [2], size: chunk.count + 1, hash: hash(2), in: place),
          equals: true
        )
      },
      Check("a file of which a part was thrown away does not become content") { store in
        try await store.addNumber()
        try await store.hear([.media(fact("m1"))])
        let claimed = try await store.claimMedia(at: Store.start)[0]
        let chunk = Array(repeating: UInt8(5), count: MediaBytes.chunkBytes)
        var place: MediaBytes.Place?
        for number in 0...MediaRetention.chunksMax {
          place = try await store.append(chunk, number, to: place, of: claimed, until: Store.start)
        }
        let (size, held) = (chunk.count * (MediaRetention.chunksMax + 1) + 1, place)
        _ = try await store.write { try MediaRetention.discard(now: Store.start, in: $0) }
        do {
          try await store.keep(claimed, [1], size: size, in: held)
          throw NotTrue(description: "it was kept")
        } catch let error as StoreError { try expect(error.code, equals: .constraint) }
        try await expect(store.media("m1")?.state, equals: .pending)
      },
    ]
  }

  private static var pruningMedia: [Check] {
    [
      Check(
        "bytes go with the last file that refers to them, a little later and a little at a time"
      ) {
        store in
        try await store.addNumber()
        try await store.hear([.media(fact("m1"))])
        try await store.hear([.media(fact("m2"))], at: Store.start + .seconds(100))
        let claimed = try await store.claimMedia(at: Store.start + .seconds(100))
        for claimed in claimed { try await store.keep(claimed, [1, 2, 3], hash: hash(1)) }
        let later = Store.start + .seconds(1_000)
        func prune(before: Instant) async throws -> Int {
          try await store.write {
            try MediaRetention.prune(before: before, now: later, limit: 10, in: $0)
          }
        }
        try await expect(prune(before: Store.start), equals: 0)
        try await expect(prune(before: Store.start + .seconds(1)), equals: 1)
        try await expect(store.media("m1")?.loss, equals: .pruned)
        try await store.discardAll(at: later + MediaRetention.grace)
        try await expect(store.media("m2")?.content?.size, equals: 3)
        let content = try await need(store.media("m2")?.content)
        try await expect(prune(before: Store.start + .seconds(101)), equals: 1)
        try await expect(store.media("m2")?.state, equals: .lost)
        // Whoever is reading it reads on, and nobody takes it for something else.
        let readers: [(MediaHash, [UInt8]?)] = [
          (content.hash, [1, 2, 3]), (try need(hash(2)), nil),
        ]
        for (read, bytes) in readers {
          try await expect(
            store.read { try MediaBytes.chunk(0, of: content.place, hash: read, in: $0) },
            equals: bytes
          )
        }
        try await store.discardAll(at: later + MediaRetention.grace - .milliseconds(1))
        try await expect(store.blobs(), equals: "1 blobs, 1 chunks")
        try await store.discardAll(at: later + MediaRetention.grace)
        try await expect(store.blobs(), equals: "0 blobs, 0 chunks")
      },
      Check("what a dead fetcher left behind is thrown away when its lease ends") { store in
        try await store.addNumber()
        try await store.hear([.media(fact("m1"))])
        let claimed = try await store.claimMedia(at: Store.start)[0]
        let until = Store.start + .seconds(90)
        _ = try await store.append([1, 2, 3], to: nil, of: claimed, until: until)
        func nextDue() async throws -> Instant? {
          try await store.read { try MediaRetention.nextDue(keepFor: .seconds(10), in: $0) }
        }
        try await expect(nextDue(), equals: until)
        try await store.discardAll(at: until - .milliseconds(1))
        try await expect(store.blobs(), equals: "1 blobs, 1 chunks")
        try await store.discardAll(at: until)
        try await expect(store.blobs(), equals: "0 blobs, 0 chunks")
        try await expect(nextDue(), equals: nil)
        try await store.keep(store.claimMedia(at: until)[0], [1, 2, 3])
        try await expect(nextDue(), equals: Store.start + .milliseconds(10_001))
      },
    ]
  }
}
