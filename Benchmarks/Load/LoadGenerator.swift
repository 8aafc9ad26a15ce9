import NIOCore
import NIOPosix

/// Sends a supply of requests over many connections from one event loop, and times the answers.
///
/// One loop, so that it never takes more than one of the cores it shares with the server; the same
/// generator for every server, so that what it costs cancels out of the ratios.
enum LoadGenerator {
  /// How long answers are waited for after the last request.
  static let patience: TimeAmount = .seconds(30)

  /// Runs a load against ports on loopback, its connections spread evenly over them.
  static func run(_ load: Load, ports: [Int]) async throws -> LoadResult {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let result: EventLoopFuture<LoadResult> = loop.flatSubmit {
      RunningLoad(load, ports: ports, loop: loop).start()
    }
    return try await result.get()
  }
}

/// A load while it runs; lives on its event loop.
final class RunningLoad {
  /// Connections opened again after the server closed one; more is a server that refuses to serve.
  private static let reconnectsMax = 10_000

  private let load: Load
  private let ports: [Int]
  private let loop: any EventLoop
  private let done: EventLoopPromise<LoadResult>
  private var result = LoadResult()
  private var next = 0
  private var inFlight = 0
  private var connections: [LoadConnection] = []
  private var idle: [LoadConnection] = []
  private var due: [Int64] = []
  private var dueFirst = 0
  private var dueMade = 0
  private var clock: RepeatedTask?
  private var started: Int64 = 0
  private var countFrom: Int64 = 0
  private var deadline: Int64 = 0
  /// No more requests are sent.
  private var isOver = false
  /// The result was handed over.
  private var isFinished = false

  init(_ load: Load, ports: [Int], loop: any EventLoop) {
    self.load = load
    self.ports = ports
    self.loop = loop
    done = loop.makePromise()
  }

  /// Connects, then lets the clock start.
  func start() -> EventLoopFuture<LoadResult> {
    let bound = NIOLoopBound(self, eventLoop: loop)
    EventLoopFuture.andAllSucceed(
      (0..<load.connections).map { connect(to: ports[$0 % ports.count]) },
      on: loop
    )
    .whenComplete { outcome in
      switch outcome {
      case .success: bound.value.begin()
      case .failure(let error): bound.value.done.fail(error)
      }
    }
    return done.futureResult
  }

  private func connect(to port: Int) -> EventLoopFuture<Void> {
    let bound = NIOLoopBound(self, eventLoop: loop)
    return ClientBootstrap(group: loop)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let connection = LoadConnection(bound.value, port: port)
          try channel.pipeline.syncOperations.addHandler(connection)
        }
      }
      .connect(host: "127.0.0.1", port: port).map { _ in }
  }

  private func begin() {
    started = now
    countFrom = started + Int64(load.warmUp * 1e9)
    deadline = countFrom + Int64(load.seconds * 1e9)
    let bound = NIOLoopBound(self, eventLoop: loop)
    switch load.pace {
    case .closed: for connection in connections { ask(connection, since: now) }
    case .perSecond(let rate):
      idle = connections
      clock = loop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(1)) { _ in
        bound.value.tick(rate)
      }
    }
    let end = NIODeadline.uptimeNanoseconds(UInt64(deadline))
    _ = loop.scheduleTask(deadline: end) { bound.value.end() }
    _ = loop.scheduleTask(deadline: end + LoadGenerator.patience) { bound.value.finish() }
  }

  private func tick(_ rate: Double) {
    guard !isOver else { return }
    let target = Int(Double(now - started) / 1e9 * rate)
    while dueMade < target {
      due.append(started + Int64(Double(dueMade) / rate * 1e9))
      dueMade += 1
    }
    while dueFirst < due.count, let connection = idle.popLast() {
      ask(connection, since: due[dueFirst])
      dueFirst += 1
    }
  }

  /// Sends the next request over a connection that waits for none.
  private func ask(_ connection: LoadConnection, since: Int64) {
    guard !isOver, next < load.supply.count else { return end() }
    let request = load.supply[next]
    next += 1
    result.sent += 1
    inFlight += 1
    connection.send(request, since: since)
  }

  /// Counts an answer and lets the connection go on.
  func answered(_ connection: LoadConnection, status: Int, since: Int64) {
    let now = now
    inFlight -= 1
    result.answers[status, default: 0] += 1
    // A refusal is quick, and no work.
    if status == 200, now >= countFrom, now <= deadline {
      result.counted += 1
      result.latencies.add(now - since)
    }
    if isOver { return finishIfQuiet() }
    switch load.pace {
    case .closed: ask(connection, since: now)
    case .perSecond:
      if dueFirst < due.count {
        ask(connection, since: due[dueFirst])
        dueFirst += 1
      } else {
        idle.append(connection)
      }
    }
  }

  /// Takes a new connection in.
  func connected(_ connection: LoadConnection) {
    connections.append(connection)
    guard started > 0, !isOver else { return }
    switch load.pace {
    case .closed: ask(connection, since: now)
    case .perSecond: idle.append(connection)
    }
  }

  /// Lets a connection go that the server closed, and opens another.
  func disconnected(_ connection: LoadConnection, wasWaiting: Bool) {
    connections.removeAll { $0 === connection }
    idle.removeAll { $0 === connection }
    if wasWaiting { inFlight -= 1 }
    if isOver { return finishIfQuiet() }
    result.disconnects += 1
    if result.disconnects <= Self.reconnectsMax { _ = connect(to: connection.port) } else { end() }
  }

  private func end() {
    guard !isOver else { return }
    isOver = true
    let counted = min(now, deadline)
    result.seconds = Double(counted - countFrom) / 1e9
    clock?.cancel()
    finishIfQuiet()
  }

  private func finishIfQuiet() {
    if inFlight <= 0 { finish() }
  }

  private func finish() {
    guard !isFinished else { return }
    isFinished = true
    isOver = true
    for connection in connections { connection.close() }
    done.succeed(result)
  }

  private var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds) }
}

/// One keep-alive connection of a load, with at most one request in flight.
final class LoadConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Where it leads.
  let port: Int
  private let load: RunningLoad
  private var context: ChannelHandlerContext?
  private var arrived = ByteBuffer()
  private var since: Int64?

  init(_ load: RunningLoad, port: Int) {
    self.load = load
    self.port = port
  }

  func send(_ request: ByteBuffer, since: Int64) {
    self.since = since
    context?.writeAndFlush(wrapOutboundOut(request), promise: nil)
  }

  func close() {
    context?.close(promise: nil)
  }

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    load.connected(self)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if arrived.readableBytes == 0 { arrived = bytes } else { arrived.writeBuffer(&bytes) }
    do {
      while let start = since, let answer = try ResponseScanner.next(&arrived) {
        since = nil
        load.answered(self, status: answer.status, since: start)
      }
    } catch {
      context.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    load.disconnected(self, wasWaiting: since != nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
