import NIOCore
import NIOHTTP1

/// Keeps a connection from being held by a caller that does not take what it asked for.
///
/// Whoever writes an answer waits while the connection cannot take more, for as long as the caller likes: with a chunk of a
/// file in hand. The timer runs from the moment the connection is full until it has room again, so a usual answer arms
/// none.
final class StallGuard: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart

  private let stallTime: TimeAmount
  private var deadline: Scheduled<Void>?

  init(stallTime: TimeAmount) {
    self.stallTime = stallTime
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    disarm()
    if !context.channel.isWritable {
      deadline = context.eventLoop.assumeIsolated().scheduleTask(in: stallTime) {
        self.deadline = nil
        context.close(promise: nil)
      }
    }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    disarm()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    disarm()
  }

  private func disarm() {
    deadline?.cancel()
    deadline = nil
  }
}

@available(*, unavailable)
extension StallGuard: Sendable {}
