import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// Windows that close are announced once, whoever looks.
@Suite(.timeLimit(.minutes(2))) struct AnnouncementTests {
  @Test func `a window is announced as closing an hour before its end, and as closed at its end`()
    async throws
  {
    try await GatewayStage.play { stage in
      let written = try stage.meta.writes(GatewayStage.customer)
      let opening = try #require(written["ids"]?.items.first?.text)
      try await stage.hear()
      let end = GatewayStage.start + CareWindow.length
      stage.clock.advance(to: end - Due.closingLead - .milliseconds(1))
      await stage.attend()
      #expect(try await stage.events(.windowClosing).isEmpty)
      stage.clock.advance(by: .milliseconds(1))
      await stage.attend()
      let closing = (end - Due.closingLead).milliseconds
      #expect(
        try await stage.events(.windowClosing).map(\.id)
          == ["window.closing/900800700/\(opening)@\(closing)"]
      )
      stage.clock.advance(to: end - .milliseconds(1))
      await stage.attend()
      #expect(try await stage.events(.windowClosed).isEmpty)
      stage.clock.advance(to: end)
      await stage.attend()
      #expect(
        try await stage.events(.windowClosed).map(\.id)
          == ["window.closed/900800700/\(opening)@\(end.milliseconds)"]
      )
      #expect(try await stage.events(.windowClosed).first?.at == end)
    }
  }

  @Test func `two that look at once announce a window once`() async throws {
    try await GatewayStage.play { stage in
      for customer in 0..<20 {
        try stage.meta.writes("4917000001\(customer + 10)")
      }
      try await stage.hear()
      let other = Due(engine: stage.engine, outbox: stage.outbox, wake: Wake(), time: stage.clock)
      for lead in [Due.closingLead, .zero] {
        stage.clock.advance(to: GatewayStage.start + CareWindow.length - lead)
        async let first = stage.due.round()
        async let second = other.round()
        _ = await (first, second)
        await stage.attend()
      }
      #expect(try await stage.events(.windowClosing).count == 20)
      #expect(try await stage.events(.windowClosed).count == 20)
      #expect(Set(try await stage.events().map(\.id)).count == 80)
    }
  }

  @Test func `a window prolonged before it was looked at is not announced as closing`() async throws
  {
    try await GatewayStage.play { stage in
      try stage.meta.writes(GatewayStage.customer)
      try await stage.live(.seconds(22 * 3_600))
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      stage.clock.advance(to: GatewayStage.start + CareWindow.length)
      await stage.attend()
      #expect(try await stage.events(.windowClosing).isEmpty)
      #expect(try await stage.events(.windowClosed).isEmpty)
    }
  }

  @Test func `a window that opens again closes again, under another id`() async throws {
    try await GatewayStage.play { stage in
      for _ in 0..<2 {
        try stage.meta.writes(GatewayStage.customer)
        try await stage.hear()
        stage.clock.advance(by: CareWindow.length)
        await stage.attend()
        stage.clock.advance(by: .seconds(60))
      }
      let closed = try await stage.events(.windowClosed)
      #expect(closed.count == 2)
      #expect(Set(closed.map(\.id)).count == 2)
      #expect(try await stage.events(.windowOpened).count == 2)
    }
  }

  @Test func `a gateway that slept through closing and closed announces the closing of nothing`()
    async throws
  {
    try await GatewayStage.play { stage in
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      stage.clock.advance(by: CareWindow.length + .seconds(3_600))
      await stage.attend()
      #expect(try await stage.events(.windowClosing).isEmpty)
      #expect(try await stage.events(.windowClosed).count == 1)
    }
  }
}
