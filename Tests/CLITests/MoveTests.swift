import CloudAPI
import Foundation
import Support
import Testing

/// A company that outgrows one machine.
@Suite struct MoveTests {
  @Test func `everything goes along to PostgreSQL, and goes on there`() async throws {
    try await World.run { world in
      try await world.open()
      for index in 0..<30 { try await world.writes("4917000001\(10 + index)") }
      try await world.window(is: "open", of: "491700000139")
      let sent = try await world.sendText("On SQLite", to: "491700000110", key: "order-1")
      #expect(sent.status == 200)
      let before = try await world.gateway.get("/v1/windows?state=open&limit=100").json["data"]

      let server = try PostgresServer.shared()
      let target = server.address(try server.makeDatabase())
      let early = try await world.verb("move", "--into", target)
      #expect(early.status == 1, "\(early.output)")
      #expect(early.errors.contains("carewindow serve"), "\(early.errors)")
      try world.served.terminate()
      #expect(try await world.served.end() == 0)
      let moved = try await world.verb("move", "--into", target)
      #expect(moved.status == 0, "\(moved.errors)")
      #expect(moved.output.contains("message: 31"), "\(moved.output)")
      #expect(moved.output.contains("CAREWINDOW_SECRET_KEY"), "\(moved.output)")
      let twice = try await world.verb("move", "--into", target)
      #expect(twice.status == 1)
      #expect(twice.errors.contains("is not empty"), "\(twice.errors)")

      let key = try String(contentsOfFile: world.databasePath + ".key", encoding: .utf8)
      try await world.serve(["CAREWINDOW_DATABASE": target, "CAREWINDOW_SECRET_KEY": key])
      let after = try await world.gateway.get("/v1/windows?state=open&limit=100").json["data"]
      #expect(before?.items.count == 30)
      #expect(after == before)
      let again = try await world.sendText("On SQLite", to: "491700000110", key: "order-1")
      #expect(again.body == sent.body, "the key came along")
      #expect(try await world.sendText("On PostgreSQL", to: "491700000111").status == 200)
      try await world.writes("491700000199")
      try await world.window(is: "open", of: "491700000199")
    }
  }

  @Test func `a dump of PostgreSQL that is restored serves what was dumped, and goes on`()
    async throws
  {
    try await World.run(on: .postgres) { world in
      try await world.open()
      for index in 0..<10 { try await world.writes("4917000001\(10 + index)") }
      for index in 0..<10 { try await world.window(is: "open", of: "4917000001\(10 + index)") }
      let sent = try await world.sendText("Before", to: "491700000110", key: "order-1")
      #expect(sent.status == 200)
      func shown() async throws -> [[JSON]] {
        [
          try await world.gateway.list("/v1/windows?state=open"),
          try await world.gateway.list(
            "/v1/conversations/\(World.number)/491700000110/messages"
          ),
        ]
      }
      let before = try await shown()
      let copy = try PostgresServer.shared().restore(dumpOf: world.database)
      // What comes after the dump is not in it.
      try await world.writes("491700000199")
      try await world.window(is: "open", of: "491700000199")
      try world.served.terminate()
      #expect(try await world.served.end() == 0)

      try await world.serve(["CAREWINDOW_DATABASE": copy])
      #expect(before.map(\.count) == [10, 2])
      #expect(try await shown() == before)
      let again = try await world.sendText("Before", to: "491700000110", key: "order-1")
      #expect(again.body == sent.body, "the key came along")
      try await world.writes("491700000188")
      try await world.window(is: "open", of: "491700000188")
      #expect(try await world.sendText("After", to: "491700000188").status == 200)
      let doctor = try await world.verb("doctor", "--json", changes: ["CAREWINDOW_DATABASE": copy])
      #expect(doctor.check("database.schema")?["ok"]?.flag == true, "\(doctor.output)")
    }
  }
}
