import CloudAPI
import Foundation
import Testing

/// How databases, keys and numbers begin.
@Suite struct NumberTests {
  @Test(arguments: [
    ["number", "list"], ["number", "show", World.number], ["number", "remove", World.number],
    ["number", "set", World.number, "--currency", "USD"], ["token", "list"],
    ["token", "revoke", "crm"], ["backup", "copy.db"], ["replay"], ["doctor"],
    ["template", "sync"], ["template", "list"],
    ["replay", "--into", "sqlite:copy.db"],
  ])
  func `a verb on a path without a database says so and creates none`(
    arguments: [String]
  ) async throws {
    try await World.run { world in
      let outcome = try await world.verb(arguments)
      #expect(outcome.status == 1, "\(outcome.output)")
      let said = outcome.errors + outcome.output
      #expect(said.contains("There is no database \(world.databasePath)"), "\(said)")
      #expect(said.contains("CAREWINDOW_DATABASE"), "\(said)")
      let files = try FileManager.default.contentsOfDirectory(atPath: world.folder)
      #expect(!files.contains { $0.contains(".db") }, "\(files)")
    }
  }

  @Test func `numbers added at the same time share one key`() async throws {
    try await World.run { world in
      for round in 0..<4 {
        let database = ["CAREWINDOW_DATABASE": "sqlite:\(world.folder)/round-\(round).db"]
        try await withThrowingTaskGroup(of: Void.self) { group in
          for index in 0..<6 {
            group.addTask {
              try await world.addNumber(id: "90080070\(index)", changes: database)
            }
          }
          try await group.waitForAll()
        }
        let doctor = try await world.doctor(changes: database)
        let tokens = doctor["checks"]?.items.filter {
          $0["name"]?.text?.hasSuffix(".token") == true
        }
        #expect(tokens?.count == 6)
        for check in tokens ?? [] {
          #expect(check["detail"]?.text?.contains("secret key") == false, "\(check)")
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: world.folder)
        #expect(files.filter { $0.hasPrefix("round-\(round).db.key") }.count == 1, "\(files)")
      }
    }
  }

  @Test func `a number that Meta did not subscribe is stored, and subscribed later`() async throws {
    try await World.run { world in
      let add = [
        "number", "add", "--phone-number-id", World.number, "--waba-id", World.waba,
        "--display-phone-number", "+4930000001", "--access-token-stdin", "--subscribe",
      ]
      let refused = try await world.verb(add, input: "expired-token\n")
      #expect(refused.status == 1)
      let way = "carewindow number set \(World.number) --subscribe"
      #expect(refused.errors.contains(way), "\(refused.errors)")
      #expect(!refused.errors.contains("expired-token"))
      let again = try await world.verb("number", "set", World.number, "--subscribe")
      #expect(again.status == 1, "the token is still the old one")
      let done = try await world.verb(
        ["number", "set", World.number, "--subscribe", "--access-token-stdin"],
        input: World.accessToken
      )
      #expect(done.status == 0, "\(done.errors)")
      #expect(done.output.contains(World.waba), "\(done.output)")
    }
  }
}
