import PostgresEngine
import Storage

/// How long after a commit on one node another one is woken by NOTIFY, and has done what it waited for.
///
/// One conversation has one message on its way at a time, whichever node a request came to. So two sends
/// to one customer are made, one at each node, while Meta is slow with the first: the second node can go
/// on only when the first has committed what became of its own, and learns it by NOTIFY. Measured is from the
/// first node's answer to the second one's: the wake-up, and a send. Beside it stand a send that waits
/// for nobody, and a NOTIFY alone between two connections. Without being told a node looks once a second.
struct NotifyLatency {
  /// How long the simulated Meta takes for the first send: the second has long begun to wait.
  private static let slowMilliseconds = 60
  /// How much later than the first send the second is made.
  private static let headStart: Duration = .milliseconds(25)
  /// Between two notifications of one engine, which gathers those of 50 ms.
  private static let tellingPause: Duration = .milliseconds(60)

  private let workplace: Workplace

  init(_ workplace: Workplace) {
    self.workplace = workplace
  }

  private var probes: Int { workplace.isQuick ? 10 : 150 }

  /// Probes one customer after the other.
  func run() async throws -> BenchmarkReport.Section {
    var section = BenchmarkReport.Section(
      "notify",
      "PostgreSQL: from a commit on one node until another has been woken by it"
    )
    let found = try await NodesScene.play(nodes: 2, in: workplace) { scene in
      try await Texts.openWindows(scene.sandbox, scene.nodes.first)
      let alone = try await alone(scene)
      let turns = try await turns(scene)
      let bare = try await bare(scene)
      return (alone: alone, turns: turns, bare: bare)
    }
    section.add("probes", Double(found.turns.count), "")
    let lines = [
      ("NOTIFY alone", found.bare), ("a send that waits for nobody", found.alone),
      ("first node's answer to the second's", found.turns),
    ]
    for (name, histogram) in lines {
      section.add("\(name): p50", Double(histogram.percentile(0.5)) / 1e6, "ms")
      section.add("\(name): p99", Double(histogram.percentile(0.99)) / 1e6, "ms")
      section.add("\(name): longest", Double(histogram.maximum) / 1e6, "ms")
    }
    return section
  }

  /// Sends at the second node that wait for nobody.
  private func alone(_ scene: NodesScene) async throws -> Histogram {
    let second = try await Caller.connect(port: scene.nodes.ports[1])
    defer { second.close() }
    let texts = Texts.supply(count: probes, token: scene.token)
    var histogram = Histogram()
    for index in 0..<probes {
      let stopwatch = Stopwatch()
      try await second.send(texts, index)
      histogram.add(stopwatch.nanoseconds)
    }
    return histogram
  }

  private func turns(_ scene: NodesScene) async throws -> Histogram {
    let meta = try await Caller.connect(port: scene.sandbox.port)
    let first = try await Caller.connect(port: scene.nodes.ports[0])
    let second = try await Caller.connect(port: scene.nodes.ports[1])
    defer { for caller in [meta, first, second] { caller.close() } }
    let texts = Texts.supply(count: probes, token: scene.token)
    let clock = Stopwatch()
    var histogram = Histogram()
    for index in 0..<probes {
      let armed = try await meta.ask(
        "POST",
        "/_sandbox/faults",
        headers: [("Content-Type", "application/json")],
        body: #"{"kind":"slow","ms":\#(Self.slowMilliseconds),"next":1}"#
      )
      guard (200..<300).contains(armed.status) else {
        throw ChildProcessError(description: "the sandbox answered \(armed.status): \(armed.text)")
      }
      async let answeredFirst = Self.answered(first, texts, index, clock)
      try await Task.sleep(for: Self.headStart)
      async let answeredSecond = Self.answered(second, texts, index, clock)
      let (before, after) = try await (answeredFirst, answeredSecond)
      histogram.add(after - before)
    }
    return histogram
  }

  /// Sends a text, and gives when it was answered.
  private static func answered(
    _ caller: Caller,
    _ texts: RequestSupply,
    _ index: Int,
    _ clock: Stopwatch
  ) async throws -> Int64 {
    try await caller.send(texts, index)
    return clock.nanoseconds
  }

  /// A NOTIFY on one connection until it is heard on another, both of this process.
  private func bare(_ scene: NodesScene) async throws -> Histogram {
    let clock = Stopwatch()
    let elapsed: @Sendable () -> Duration = { .nanoseconds(clock.nanoseconds) }
    let database = "notify"
    try await scene.postgres.make(database)
    let address = scene.postgres.address(database)
    let teller = try PostgresEngine(address: address, elapsed: elapsed)
    let hearer = try PostgresEngine(address: address, elapsed: elapsed)
    let (heard, continuation) = AsyncStream<Int64>.makeStream()
    hearer.listen { news in
      // What it believes to have missed while it connected is told as `owed`, too.
      if case .turn = news { continuation.yield(clock.nanoseconds) }
    }
    try await Task.sleep(for: .milliseconds(500))
    var iterator = heard.makeAsyncIterator()
    var histogram = Histogram()
    for index in 0..<probes {
      try await Task.sleep(for: Self.tellingPause)
      let told = clock.nanoseconds
      teller.tell(.turn(UInt16(index)))
      guard let at = await iterator.next() else { break }
      histogram.add(at - told)
    }
    try await teller.close()
    try await hearer.close()
    return histogram
  }
}

extension Caller {
  /// Sends one of the texts, and throws unless it is accepted.
  fileprivate func send(_ texts: RequestSupply, _ index: Int) async throws {
    let answer = try await ask(texts[index])
    guard answer.status == 200 else {
      throw ChildProcessError(description: "a send was answered \(answer.status): \(answer.text)")
    }
  }
}
