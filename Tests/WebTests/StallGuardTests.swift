import NIOCore
import NIOEmbedded
import Testing

@testable import Web

@Suite struct StallGuardTests {
  private func full(_ channel: EmbeddedChannel, _ isFull: Bool) {
    channel.isWritable = !isFull
    channel.pipeline.fireChannelWritabilityChanged()
  }

  private func channel() throws -> EmbeddedChannel {
    let channel = EmbeddedChannel()
    try channel.pipeline.syncOperations.addHandler(StallGuard(stallTime: .seconds(60)))
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    return channel
  }

  @Test func `whoever takes nothing for a minute is cut off`() throws {
    let channel = try channel()
    full(channel, true)
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(59_999))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(!channel.isActive)
  }

  @Test func `whoever is slow but takes it is not`() throws {
    let channel = try channel()
    for _ in 1...10 {
      full(channel, true)
      channel.embeddedEventLoop.advanceTime(by: .seconds(59))
      full(channel, false)
    }
    channel.embeddedEventLoop.advanceTime(by: .seconds(3600))
    #expect(channel.isActive)
    _ = try channel.finish()
  }
}
