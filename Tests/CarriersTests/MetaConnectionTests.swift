import Carriers
import CustomerCare
import Gateway
import Testing

@Suite struct MetaConnectionTests {
  static let accepted = http("200 OK", #"{"messages":[{"id":"wamid.A"}]}"#)

  @Test func `who finds no free connection in time has sent nothing`() async throws {
    let limits = CarrierLimits(
      connect: .milliseconds(500),
      write: .seconds(20),
      whole: .seconds(60),
      connectionsMax: 1
    )
    try await MisbehavingServer.run(.silent) { server in
      try await withConnection(to: server.port, limits: limits) { connection, version in
        let carrier = MetaCarrier(connection: connection, version: version)
        async let first = carrier.carry(parcel())
        _ = await server.requests.first { _ in true }
        let second = await carrier.carry(parcel())
        #expect(second.outcome.name == "not sent")
        server.say(Self.accepted)
        #expect(await first.outcome.name == "accepted")
        #expect(server.connectionCount == 1)
      }
    }
  }

  @Test func `a connection is used again`() async throws {
    try await MisbehavingServer.run(.answers(Self.accepted)) { server in
      try await withConnection(to: server.port) { connection, version in
        let carrier = MetaCarrier(connection: connection, version: version)
        for _ in 1...3 { #expect(await carrier.carry(parcel()).outcome.name == "accepted") }
        #expect(server.connectionCount == 1)
      }
    }
  }

  @Test func `cancelling before anything left ends it at once, certainly not sent`() async throws {
    try await MisbehavingServer.run(.silent) { server in
      // TLS that never comes up: without cancellation this takes twenty seconds.
      let outcome = try await withConnection(to: server.port, scheme: "https") {
        connection,
        version in
        let carrier = MetaCarrier(connection: connection, version: version)
        let task = Task { await carrier.carry(parcel()).outcome }
        _ = await server.connections.first { _ in true }
        task.cancel()
        return await task.value
      }
      #expect(outcome == .notSent(reason: "no connection could be used (Cancelled)"))
    }
  }

  @Test func `cancelling after something left still waits for the answer`() async throws {
    try await MisbehavingServer.run(.silent) { server in
      let outcome = try await withConnection(to: server.port) { connection, version in
        let carrier = MetaCarrier(connection: connection, version: version)
        let task = Task { await carrier.carry(parcel()).outcome }
        _ = await server.requests.first { _ in true }
        task.cancel()
        server.say(Self.accepted)
        return await task.value
      }
      #expect(outcome.name == "accepted")
    }
  }

  @Test func `closing leaves unknown what was under way and sends nothing after`() async throws {
    try await MisbehavingServer.run(.silent) { server in
      try await withConnection(to: server.port) { connection, version in
        let carrier = MetaCarrier(connection: connection, version: version)
        async let first = carrier.carry(parcel())
        _ = await server.requests.first { _ in true }
        await connection.close()
        #expect(await first.outcome.name == "unknown")
        #expect(await carrier.carry(parcel()).outcome.name == "not sent")
      }
    }
  }

  @Test func `the default deadlines fit the default safety margin`() {
    let limits = CarrierLimits()
    #expect(limits.handover <= .seconds(10))
    #expect(limits.marginMin <= .seconds(60))
  }

  @Test func `no token is seen by looking at what holds it`() async throws {
    try await withConnection(to: 9) { connection, version in
      let parcel = parcel()
      let holders: [Any] = [
        parcel, parcel.accessToken, connection,
        MetaCarrier(connection: connection, version: version),
        GraphAccount(connection: connection, version: version),
      ]
      for holder in holders {
        var dumped = ""
        dump(holder, to: &dumped)
        for text in [String(describing: holder), String(reflecting: holder), dumped] {
          #expect(!text.contains(secret))
        }
      }
    }
  }
}
