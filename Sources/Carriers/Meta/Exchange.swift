import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// An answer of Meta's, whole.
struct GraphAnswer: Sendable {
  var status: Int
  /// The `Date` header as it came.
  var date: String?
  /// All headers.
  var headers: HTTPHeaders = [:]
  var body: [UInt8]
}

/// Watches one request leave and gathers its answer.
///
/// The HTTP client calls it on the event loop that also runs the connection and the deadlines (`MetaConnection` has only one),
/// so what it has seen when the request fails is everything that happened before.
final class Exchange: HTTPClientResponseDelegate {
  typealias Response = GraphAnswer

  private struct State {
    var hasBegun = false
    var isHandedOver = false
    var answer = GraphAnswer(status: 0, date: nil, body: [])
  }

  private let state = Mutex(State())
  private let answerBytesMax: Int

  init(answerBytesMax: Int) {
    self.answerBytesMax = answerBytesMax
  }

  /// Whether any byte of the request may have left.
  ///
  /// False is a proof that Meta has no message: the client hands the body to the connection only after it has announced
  /// the head here. (A connection that breaks while the head is being written is not announced; without a body, a head
  /// is no message.)
  var hasBegun: Bool { state.withLock { $0.hasBegun } }

  /// Whether the last byte of the request is with the system.
  var isHandedOver: Bool { state.withLock { $0.isHandedOver } }

  func didSendRequestHead(task: HTTPClient.Task<Response>, _ head: HTTPRequestHead) {
    state.withLock { $0.hasBegun = true }
  }

  func didSendRequestPart(task: HTTPClient.Task<Response>, _ part: IOData) {
    state.withLock { $0.hasBegun = true }
  }

  func didSendRequest(task: HTTPClient.Task<Response>) {
    state.withLock {
      $0.hasBegun = true
      $0.isHandedOver = true
    }
  }

  func didReceiveHead(
    task: HTTPClient.Task<Response>,
    _ head: HTTPResponseHead
  ) -> EventLoopFuture<Void> {
    state.withLock {
      $0.answer.status = Int(head.status.code)
      $0.answer.date = head.headers.first(name: "date")
      $0.answer.headers = head.headers
    }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(
    task: HTTPClient.Task<Response>,
    _ buffer: ByteBuffer
  ) -> EventLoopFuture<Void> {
    let fits = state.withLock { state in
      guard state.answer.body.count + buffer.readableBytes <= answerBytesMax else { return false }
      state.answer.body += buffer.readableBytesView
      return true
    }
    guard fits else {
      return task.eventLoop.makeFailedFuture(ExchangeFailure.Cause.answerTooLarge)
    }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didFinishRequest(task: HTTPClient.Task<Response>) throws -> GraphAnswer {
    state.withLock { $0.answer }
  }
}
