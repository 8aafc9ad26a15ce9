import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Web

/// When a connection ends whose caller was answered before having sent everything, or asks nothing.
@Suite struct ConnectionGuardTests {
  @Test func `whoever is answered early may send the rest before the connection ends`() throws {
    let (channel, closes) = try Self.connection()
    try Self.answerEarly(channel)
    try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "the rest")))
    #expect(closes.modes == [])
    try channel.writeInbound(HTTPServerRequestPart.end(nil))
    #expect(closes.modes == [.all])
    #expect(try channel.readInbound(as: HTTPServerRequestPart.self) == .head(Self.head))
    #expect(try channel.readInbound(as: HTTPServerRequestPart.self) == nil, "nobody reads the rest")
  }

  @Test func `whoever never ends has two seconds, and as long again to read that it is over`()
    throws
  {
    let (channel, closes) = try Self.connection()
    try Self.answerEarly(channel)
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(1_999))
    #expect(closes.modes == [])
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(closes.modes == [.output])
    channel.embeddedEventLoop.advanceTime(by: .seconds(2))
    #expect(closes.modes == [.output, .all])
  }

  @Test func `a connection over which nothing comes is closed`() throws {
    let (channel, closes) = try Self.connection()
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(74_999))
    #expect(closes.modes == [])
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(closes.modes == [.all])
  }

  @Test func `idling begins with the last answer, and never while one is owed`() throws {
    let (channel, closes) = try Self.connection()
    let loop = channel.embeddedEventLoop
    loop.advanceTime(by: .seconds(70))
    try Self.ask(channel)
    try Self.ask(channel)
    loop.advanceTime(by: .seconds(200))
    try Self.answer(channel)
    loop.advanceTime(by: .seconds(200))
    #expect(closes.modes == [], "one of two is answered")
    try Self.answer(channel)
    loop.advanceTime(by: .milliseconds(74_999))
    #expect(closes.modes == [])
    loop.advanceTime(by: .milliseconds(1))
    #expect(closes.modes == [.all])
  }

  private static func ask(_ channel: EmbeddedChannel) throws {
    try channel.writeInbound(
      HTTPServerRequestPart.head(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/healthz"))
    )
    try channel.writeInbound(HTTPServerRequestPart.end(nil))
  }

  private static func answer(_ channel: EmbeddedChannel) throws {
    let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "0"])
    try channel.writeOutbound(HTTPServerResponsePart.head(head))
    try channel.writeOutbound(HTTPServerResponsePart.end(nil))
  }

  private static let head = HTTPRequestHead(
    version: .http1_1,
    method: .POST,
    uri: "/webhooks/meta",
    headers: ["Content-Length": "5000000"]
  )

  private static func connection() throws -> (EmbeddedChannel, Closes) {
    let closes = Closes()
    let guardian = ConnectionGuard(bodyTime: .seconds(20), idleTime: .seconds(75))
    return (EmbeddedChannel(handlers: [closes, guardian]), closes)
  }

  /// The caller has sent the head, and is told that this was all.
  private static func answerEarly(_ channel: EmbeddedChannel) throws {
    try channel.writeInbound(HTTPServerRequestPart.head(head))
    let answer = HTTPResponseHead(
      version: .http1_1,
      status: .payloadTooLarge,
      headers: ["Connection": "close"]
    )
    try channel.writeOutbound(HTTPServerResponsePart.head(answer))
    try channel.writeOutbound(HTTPServerResponsePart.end(nil))
  }

  /// Notes how the connection is closed.
  private final class Closes: ChannelOutboundHandler {
    typealias OutboundIn = HTTPServerResponsePart
    private(set) var modes: [CloseMode] = []

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
      modes.append(mode)
      // An embedded channel has no half to close.
      if mode == .all { context.close(mode: mode, promise: promise) }
    }
  }
}
