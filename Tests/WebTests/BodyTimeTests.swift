import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Web

/// How long a body may take: strangers a little, who has shown a good token and sends a file longer.
@Suite struct BodyTimeTests {
  private static let usual: TimeAmount = .seconds(20)
  private static let longer: TimeAmount = .seconds(600)

  /// A connection on which a body has begun to arrive.
  private static func channel() throws -> EmbeddedChannel {
    let channel = EmbeddedChannel(handler: ConnectionGuard(bodyTime: usual, idleTime: .hours(24)))
    try begin(channel)
    return channel
  }

  private static func begin(_ channel: EmbeddedChannel) throws {
    try channel.writeInbound(
      HTTPServerRequestPart.head(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/"))
    )
  }

  private static func allow(_ time: TimeAmount, on channel: EmbeddedChannel) throws {
    let context = try channel.pipeline.syncOperations.context(handlerType: ConnectionGuard.self)
    (context.handler as? ConnectionGuard)?.allow(time, context)
  }

  private static func isTooSlow(_ channel: EmbeddedChannel) -> Bool {
    do {
      try channel.throwIfErrorCaught()
      return false
    } catch {
      return error is BodyTooSlow
    }
  }

  @Test func `a body has its time, and not more`() throws {
    let channel = try Self.channel()
    channel.embeddedEventLoop.advanceTime(by: Self.usual - .milliseconds(1))
    #expect(!Self.isTooSlow(channel))
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(Self.isTooSlow(channel))
    _ = try channel.finish(acceptAlreadyClosed: true)
  }

  @Test func `a file may take longer, counted from when it was allowed`() throws {
    let channel = try Self.channel()
    channel.embeddedEventLoop.advanceTime(by: .seconds(10))
    try Self.allow(Self.longer, on: channel)
    channel.embeddedEventLoop.advanceTime(by: Self.longer - .milliseconds(1))
    #expect(!Self.isTooSlow(channel))
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(Self.isTooSlow(channel))
    _ = try channel.finish(acceptAlreadyClosed: true)
  }

  @Test func `the next body on the connection has the usual time`() throws {
    let channel = try Self.channel()
    try Self.allow(Self.longer, on: channel)
    try channel.writeInbound(HTTPServerRequestPart.end(nil))
    try Self.begin(channel)
    channel.embeddedEventLoop.advanceTime(by: Self.usual)
    #expect(Self.isTooSlow(channel))
    _ = try channel.finish(acceptAlreadyClosed: true)
  }
}
