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
        let outcome = await task.value
        // Closing waits for the handshake, which the client pursues for whoever comes next.
        server.hangUp()
        return outcome
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
    try await MisbehavingServer.run(.silent) { server in
      try await withConnection(to: server.port) { connection, version in
        let carrier = MetaCarrier(connection: connection, version: version)
        let parcel = parcel()
        // While one is under way, the token is in there somewhere.
        async let carried = carrier.carry(parcel)
        _ = await server.requests.first { _ in true }
        let holders: [Any] = [
          parcel, parcel.accessToken, connection, carrier,
          GraphAccount(connection: connection, version: version),
        ]
        for holder in holders {
          var dumped = ""
          dump(holder, to: &dumped)
          for text in [String(describing: holder), String(reflecting: holder), dumped] {
            #expect(!text.contains(secret))
          }
        }
        server.say(Self.accepted)
        _ = await carried
      }
    }
  }
}
