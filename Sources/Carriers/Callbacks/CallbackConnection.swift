import AsyncHTTPClient
package import Gateway
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// How long a call may take, and how much of its answer is read.
package struct CallbackCallLimits: Sendable, Hashable {
  /// Until the host's addresses are known.
  package var lookup: Duration = .seconds(5)
  /// Until a connection is ready, TLS included.
  package var connect: Duration = .seconds(5)
  /// From the lookup's end until the answer is whole: a receiver should answer first and work then.
  package var whole: Duration = .seconds(15)
  /// How many bytes of an answer are read, and thrown away, so that the connection can be used again.
  package var answerBytesMax = 4096
  /// After how much idleness a connection is closed.
  package var idle: Duration = .seconds(15)
  /// How many hosts connections are kept for: one for each callback there may be.
  package var hostsMax = CallbackLimits.callbacksMax
  /// How many connections there may be to one host: as many as deliveries are under way in all.
  ///
  /// Several callbacks may be on one host, and whoever of them hangs must not take the others' connections.
  package var connectionsPerHostMax = CallbackLimits().inFlightMax

  /// The defaults: together less than a claim lasts.
  package init() {}
}

/// The way to callbacks: every deadline and limit, and no way to where they may not go.
///
/// The host's addresses are asked for and checked at every attempt, and the connection goes to the address that was checked,
/// so that a name cannot move in between. No redirect is followed, and nothing the receiver says is kept.
package final class CallbackConnection: CallbackCarrier {
  private struct Pinned {
    let client: HTTPClient
    let address: IPAddress
    var users = 0
    var isRetired = false
  }

  private struct Clients {
    var made = 0
    var pinned: [Int: Pinned] = [:]
    var current: [String: Int] = [:]
  }

  private let networks: CallbackNetworks
  private let limits: CallbackCallLimits
  private let userAgent: String
  private let lookup: HostLookup
  private let loop: any EventLoop
  private let clients = Mutex(Clients())

  /// Makes a connection; nothing is called before somebody asks.
  package convenience init(networks: CallbackNetworks, release: String) {
    self.init(
      networks: networks,
      limits: CallbackCallLimits(),
      lookup: HostLookup(threads: CallbackLimits.callbacksMax),
      release: release
    )
  }

  init(
    networks: CallbackNetworks,
    limits: CallbackCallLimits,
    lookup: HostLookup,
    release: String
  ) {
    self.networks = networks
    self.limits = limits
    self.lookup = lookup
    userAgent = "carewindow/" + release
    loop = MultiThreadedEventLoopGroup.singleton.next()
  }

  /// Closes every connection; what is under way fails.
  package func close() async {
    let all = clients.withLock { clients in
      defer { clients = Clients(made: clients.made) }
      return clients.pinned.values.map(\.client)
    }
    for client in all { await Self.close(client) }
    await lookup.close()
  }

  /// Posts a delivery.
  package func post(_ parcel: CallbackParcel) async -> CallbackOutcome {
    guard let url = CallbackURL(parcel.url) else { return .failed(.unreadable) }
    let found = await lookup.addresses(
      of: url.host,
      within: TimeAmount(limits.lookup),
      on: loop
    )
    guard let found else { return .failed(.unknownHost) }
    let allowed = found.filter(networks.allows)
    guard !allowed.isEmpty else { return .failed(.forbiddenAddress) }
    let usable = url.isSecure ? allowed : allowed.filter(networks.isListed)
    guard let first = usable.first else { return .failed(.plainHTTP) }
    let (place, client) = client(for: url.host, at: usable, first)
    let outcome = await call(parcel, client)
    for client in release(place) { await Self.close(client) }
    return outcome
  }

  private func call(_ parcel: CallbackParcel, _ client: HTTPClient) async -> CallbackOutcome {
    guard var request = try? HTTPClient.Request(url: parcel.url, method: .POST) else {
      return .failed(.unreadable)
    }
    request.headers.add(name: "user-agent", value: userAgent)
    request.headers.add(name: "content-type", value: "application/json")
    for (name, value) in parcel.headers { request.headers.add(name: name, value: value) }
    request.body = .bytes(parcel.body)
    let answer = CallbackAnswer(bytesMax: limits.answerBytesMax)
    let task = client.execute(request: request, delegate: answer, eventLoop: .delegate(on: loop))
    let deadline = loop.scheduleTask(in: TimeAmount(limits.whole)) {
      task.fail(reason: HTTPClientError.deadlineExceeded)
    }
    defer { deadline.cancel() }
    var failure = CallbackOutcome.Failure.connection
    do {
      _ = try await withTaskCancellationHandler {
        try await task.get()
      } onCancel: {
        task.cancel()
      }
    } catch {
      // What came after the status is none of our business: too long, too short, or never.
      let late: [HTTPClientError] = [.deadlineExceeded, .connectTimeout, .readTimeout]
      if let error = error as? HTTPClientError, late.contains(error) { failure = .timeout }
    }
    guard let status = answer.status else { return .failed(failure) }
    return (200..<300).contains(status) ? .delivered(status: status) : .answered(status: status)
  }
}

// MARK: - Clients that know one address

extension CallbackConnection {
  /// A client for a host, which connects to one of these addresses and to no other.
  ///
  /// The one the host has is kept while its address is still among them.
  private func client(
    for host: String,
    at addresses: [IPAddress],
    _ first: IPAddress
  ) -> (place: Int, client: HTTPClient) {
    clients.withLock { clients in
      if let place = clients.current[host], let pinned = clients.pinned[place] {
        if addresses.contains(pinned.address) {
          clients.pinned[place]?.users += 1
          return (place, pinned.client)
        }
        clients.pinned[place]?.isRetired = true
      }
      if clients.current.count >= limits.hostsMax {
        for place in clients.current.values { clients.pinned[place]?.isRetired = true }
        clients.current = [:]
      }
      let client = makeClient(host, first)
      clients.made += 1
      clients.pinned[clients.made] = Pinned(client: client, address: first, users: 1)
      clients.current[host] = clients.made
      return (clients.made, client)
    }
  }

  /// Gives a client back; returns those that nobody will use again.
  private func release(_ place: Int) -> [HTTPClient] {
    clients.withLock { clients in
      clients.pinned[place]?.users -= 1
      let done = clients.pinned.filter { $0.value.isRetired && $0.value.users == 0 }
      for place in done.keys { clients.pinned[place] = nil }
      return done.values.map(\.client)
    }
  }

  private func makeClient(_ host: String, _ address: IPAddress) -> HTTPClient {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(connect: TimeAmount(limits.connect)),
      connectionPool: .init(idleTimeout: TimeAmount(limits.idle)),
      proxy: nil,
      decompression: .disabled
    )
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
      limits.connectionsPerHostMax
    configuration.httpVersion = .http1Only
    configuration.tracing.tracer = nil
    configuration.dnsOverride = [host: address.text]
    return HTTPClient(eventLoopGroup: loop, configuration: configuration)
  }

  private static func close(_ client: HTTPClient) async {
    do {
      try await client.shutdown()
    } catch {
      // Closed before: there is nothing left to close.
    }
  }
}

/// Remembers the status of an answer, and reads a little of the rest.
private final class CallbackAnswer: HTTPClientResponseDelegate {
  typealias Response = Void

  private struct State {
    var status: Int?
    var bytes = 0
  }

  private let state = Mutex(State())
  private let bytesMax: Int

  init(bytesMax: Int) {
    self.bytesMax = bytesMax
  }

  /// The status, once it came.
  var status: Int? { state.withLock { $0.status } }

  func didReceiveHead(
    task: HTTPClient.Task<Void>,
    _ head: HTTPResponseHead
  ) -> EventLoopFuture<Void> {
    state.withLock { $0.status = Int(head.status.code) }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(
    task: HTTPClient.Task<Void>,
    _ buffer: ByteBuffer
  ) -> EventLoopFuture<Void> {
    let fits = state.withLock { state in
      state.bytes += buffer.readableBytes
      return state.bytes <= bytesMax
    }
    guard fits else {
      return task.eventLoop.makeFailedFuture(ExchangeFailure.Cause.answerTooLarge)
    }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didFinishRequest(task: HTTPClient.Task<Void>) throws {}
}
