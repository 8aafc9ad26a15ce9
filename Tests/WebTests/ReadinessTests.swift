import CloudAPI
import Gateway
import HTTPTypes
import Hummingbird
import SQLiteEngine
import Storage
import Support
import Testing

@testable import Web

/// `/readyz` on a disk that fills up and is freed again.
@Suite struct ReadinessTests {
  @Test func `it is not ready from a webhook that was not stored until the disk takes a row`()
    async throws
  {
    let scene = try await WebScene()
    let disk = MortalEngine(scene.engine)
    let journal = JournalWatch()
    let health = Health(engine: disk, journal: journal)
    let intake = Intake(engine: disk, secrets: [WebScene.secret], wake: Wake(), time: scene.time)
    func deliver() async throws -> IntakeAnswer {
      let body = Array("{}".utf8)
      let chunks = AsyncStream { continuation in
        continuation.yield(body[...])
        continuation.finish()
      }
      let signature = Signature.header(for: body, secret: WebScene.secret)
      let answer = try await intake.take(chunks, signature: signature)
      journal.note(answer)
      return answer
    }
    #expect(await health.ready().status == .ok)
    disk.failOnce(.journal)
    #expect(try await deliver() == .notStored)
    // The empty unit passes, the row does not: twice, because asking must not make it ready.
    for _ in 0..<2 {
      disk.failOnce(.rest, skipping: 1)
      #expect(await health.ready().status == .serviceUnavailable)
    }
    #expect(await health.ready().status == .ok)
    #expect(!journal.isFailing)
    let left = try await scene.engine.read { unit in
      try unit.first("SELECT count(*) AS n FROM setting WHERE name LIKE 'readiness%'") { row in
        try row.integer("n")
      }
    }
    #expect(left == 0)

    disk.failOnce(.journal)
    #expect(try await deliver() == .notStored)
    #expect(try await deliver() == .stored)
    #expect(!journal.isFailing, "a webhook on disk says as much")
  }

  @Test(arguments: [
    IntakeAnswer.badSignature, .tooLarge, .tooSlow, .overloaded,
  ])
  func `what is not about the disk changes nothing`(answer: IntakeAnswer) {
    let journal = JournalWatch()
    journal.note(answer)
    #expect(!journal.isFailing)
    journal.note(.notStored)
    journal.note(answer)
    #expect(journal.isFailing)
  }
}
