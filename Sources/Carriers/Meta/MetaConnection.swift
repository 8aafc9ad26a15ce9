import AsyncHTTPClient
import Gateway
import NIOCore
import NIOHTTP1
import NIOPosix

/// The way to Meta: one HTTP client, with every deadline and limit.
///
/// It follows no redirect, uses no proxy, hands on no trace, logs nothing, and speaks HTTP/1.1: one message per connection at a
/// time, so that a connection that breaks leaves one outcome unknown and not a hundred.
///
/// Whoever makes one closes it with `close()`, after everyone who sends through it has ended.
package final class MetaConnection: Sendable, CustomReflectable {
  /// The deadlines and limits in force.
  package let limits: CarrierLimits

  let base: GraphBase
  private let userAgent: String
  // One loop only: connections, delegates and deadlines all run on it, which puts "the first byte leaves" and "the request
  // fails" in an order that everybody agrees on. One thread is good for a few thousand requests per second.
  private let loop: any EventLoop
  private let client: HTTPClient
  // Files take minutes: they have connections of their own.
  private let streams: HTTPClient
  /// Which hosts may be asked for media.
  let mediaHosts: MediaHosts

  /// Makes a connection; nothing is sent before somebody asks.
  ///
  /// - Parameters:
  ///   - base: Where Meta is.
  ///   - limits: Deadlines and limits.
  ///   - release: Our version, for the User-Agent header: `carewindow/1.0.0`.
  package init(base: GraphBase, limits: CarrierLimits = CarrierLimits(), release: String) {
    self.base = base
    self.limits = limits
    userAgent =
      "carewindow/"
      + release.filter { $0.isASCII && ($0.isLetter || $0.isNumber || ".-+".contains($0)) }
    loop = MultiThreadedEventLoopGroup.singleton.next()
    mediaHosts = MediaHosts(beside: base)
    client = HTTPClient(
      eventLoopGroup: loop,
      configuration: Self.configuration(limits, connectionsMax: limits.connectionsMax)
    )
    var streaming = Self.configuration(limits, connectionsMax: limits.streamsMax)
    streaming.timeout.read = TimeAmount(limits.streamIdle)
    streaming.timeout.write = TimeAmount(limits.streamIdle)
    streams = HTTPClient(eventLoopGroup: loop, configuration: streaming)
  }

  private static func configuration(
    _ limits: CarrierLimits,
    connectionsMax: Int
  ) -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(connect: TimeAmount(limits.connect)),
      connectionPool: .init(
        idleTimeout: TimeAmount(limits.idle),
        concurrentHTTP1ConnectionsPerHostSoftLimit: connectionsMax
      ),
      proxy: nil,
      decompression: .disabled
    )
    configuration.httpVersion = .http1Only
    // Spans would carry the number's id in their URL and hand our trace to Meta.
    configuration.tracing.tracer = nil
    return configuration
  }

  /// Shows its limits only: behind the client stand requests with their tokens.
  package var customMirror: Mirror { Mirror(self, children: ["limits": limits]) }

  /// Closes every connection; what is still under way fails, and nothing can be sent any more.
  ///
  /// Takes at most `limits.connect`, for connections that are just coming up. Closing twice does nothing.
  package func close() async {
    for client in [client, streams] {
      do {
        try await client.shutdown()
      } catch {
        // Closed before: there is nothing left to close.
      }
    }
  }

  /// Begins a call whose body or answer is too long to be held: a file.
  ///
  /// The head of the answer is due within `limits.whole`, or within `limits.stream` when a body goes first. The rest comes as
  /// fast as it is taken; cancelling whoever takes it ends the call.
  func begin(
    _ method: HTTPMethod,
    _ url: String,
    _ token: AccessToken,
    headers: HTTPHeaders = [:],
    body: HTTPClientRequest.Body? = nil
  ) async throws -> HTTPClientResponse {
    var request = HTTPClientRequest(url: url)
    request.method = method
    request.headers = headers
    request.headers.add(name: "user-agent", value: userAgent)
    request.headers.add(name: "authorization", value: "Bearer \(token.secret)")
    request.body = body
    return try await streams.execute(
      request,
      timeout: TimeAmount(body == nil ? limits.whole : limits.stream)
    )
  }

  /// Makes one call and waits for its whole answer.
  ///
  /// Cancelling the task ends it at once while nothing has left. Later the answer is waited for all the same: it is due within
  /// `limits.whole`, and without it the outcome would be unknown. `answerBytesMax` is for calls whose answers are longer than
  /// usual.
  func exchange(
    _ call: GraphCall,
    answerBytesMax: Int? = nil
  ) async -> Result<GraphAnswer, ExchangeFailure> {
    let exchange = Exchange(answerBytesMax: answerBytesMax ?? limits.answerBytesMax)
    let request: HTTPClient.Request
    do {
      request = try self.request(for: call)
    } catch {
      return .failure(ExchangeFailure(hasBegun: false, error: error))
    }
    let loop = self.loop
    let task = client.execute(request: request, delegate: exchange, eventLoop: .delegate(on: loop))
    let handover = loop.scheduleTask(in: TimeAmount(limits.handover)) {
      if !exchange.isHandedOver { task.fail(reason: ExchangeFailure.Cause.handoverDeadline) }
    }
    let whole = loop.scheduleTask(in: TimeAmount(limits.whole)) {
      task.fail(reason: ExchangeFailure.Cause.wholeDeadline)
    }
    defer {
      handover.cancel()
      whole.cancel()
    }
    do {
      let answer = try await withTaskCancellationHandler {
        try await task.get()
      } onCancel: {
        loop.execute { if !exchange.hasBegun { task.cancel() } }
      }
      return .success(answer)
    } catch {
      return .failure(ExchangeFailure(hasBegun: exchange.hasBegun, error: error))
    }
  }

  private func request(for call: GraphCall) throws -> HTTPClient.Request {
    var request = try HTTPClient.Request(
      url: call.url(at: base),
      method: HTTPMethod(rawValue: call.method.rawValue)
    )
    request.headers.add(name: "user-agent", value: userAgent)
    request.headers.add(name: "accept", value: "application/json")
    if let token = call.accessToken {
      guard token.isCarriable else {
        throw ExchangeFailure.Cause.unsayable("the access token is not one a header can carry")
      }
      request.headers.add(name: "authorization", value: "Bearer \(token.secret)")
    }
    if let body = call.body {
      request.headers.add(name: "content-type", value: "application/json")
      request.body = .bytes(body)
    }
    return request
  }
}

extension TimeAmount {
  /// A duration of ours as NIO counts it.
  init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self = .seconds(seconds) + .nanoseconds(attoseconds / 1_000_000_000)
  }
}
