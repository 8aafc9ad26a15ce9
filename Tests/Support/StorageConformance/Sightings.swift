import CustomerCare
import Storage

extension StorageConformance {
  /// Which media a number has to do with.
  static var sightings: [Check] {
    [
      Check("a medium is known to the numbers it was uploaded for, and to those it came to") {
        store in
        try await store.addNumber()
        try await store.hear([
          .media(MediaFact(id: "4400", message: "wamid.1", kind: .image, mimeType: nil, hash: nil))
        ])
        let life = Duration.seconds(1000)
        let start = Instant(seconds: 1_795_255_200)
        let engine = store.engine
        func note(_ media: String, of number: PhoneNumberID, after seconds: Int64) async throws {
          try await engine.write(.rest) { unit in
            try MediaSightings.note(
              media,
              of: number,
              at: start + .seconds(seconds),
              life: life,
              in: unit
            )
          }
        }
        func numbers(_ media: String) async throws -> [PhoneNumberID] {
          try await engine.read { try MediaSightings.numbers(thatSaw: media, in: $0) }.sorted()
        }
        try await note("4401", of: "1", after: 0)
        try await note("4401", of: "2", after: 0)
        try await note("4401", of: "2", after: 10)
        try await expect(numbers("4401"), equals: ["1", "2"])
        try await expect(numbers("4400").count, equals: 1)
        try await expect(numbers("4402"), equals: [])
        // What Meta has forgotten is forgotten with the next upload, and not a moment before.
        try await note("4402", of: "3", after: 1000)
        try await expect(numbers("4401"), equals: ["1", "2"])
        try await note("4402", of: "3", after: 1001)
        try await expect(numbers("4401"), equals: ["2"])
      }
    ]
  }
}
