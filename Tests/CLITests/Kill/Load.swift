import CloudAPI
import Synchronization
import NIOHTTP1
import Testing

/// Meta and several programs at once, who write down what they were told.
final class Load: Sendable {
  /// Who sends through which door, and whether with a key.
  enum Door: String, Sendable {
    case facadeWithKey, facade, api
  }

  /// A message somebody asked for, and what was answered last.
  struct Sending: Sendable {
    let text: String
    let customer: String
    let door: Door
    /// The status of the last answer; nil when there never was one.
    var status: Int?
    /// Our id of the request, once it was told.
    var request: String?
    /// Meta's id, or ours in its place.
    var message: String?
    /// When it was asked for first and when there was an answer that counts, by the number of such instants before.
    var asked = 0
    var promised: Int?
  }

  private struct Books {
    var made = 0
    var isEnding = false
    /// Messages of customers whose webhook was answered with 200.
    var acknowledged: [String: Set<String>] = [:]
    var bodies = 0
    var sendings: [Sending] = []
    var unanswered = 0
    var instants = 0
  }

  static let customers = (0..<40).map { "4917000\(10_000 + $0)" }

  let gate = Gate()
  private let world: World
  /// Who takes it all; whoever gets no answer asks the next one.
  private let nodes: [Caller]
  private let books = Mutex(Books())

  init(_ world: World, at nodes: [Caller]? = nil) {
    self.world = world
    self.nodes = nodes ?? [world.gateway]
  }

  /// Works while the body lasts, when the gate is open; what was begun is finished, unless the body failed.
  func run(isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Void)
    async throws
  {
    try await withThrowingTaskGroup { group in
      group.addTask { await self.work() }
      // Whatever becomes of the body, nobody is left at the gate.
      defer {
        books.withLock { $0.isEnding = true }
        gate.open()
      }
      try await body()
    }
  }

  private func work() async {
    await withDiscardingTaskGroup { group in
      for _ in 0..<4 { group.addTask { await self.work { await self.deliver() } } }
      for door in [
        Door.facadeWithKey, .facadeWithKey, .facadeWithKey, .facade, .facade, .api, .api,
      ] {
        group.addTask { await self.work { await self.send(through: door) } }
      }
    }
  }

  var acknowledged: [String: Set<String>] { books.withLock { $0.acknowledged } }
  var bodies: Int { books.withLock { $0.bodies } }
  var sendings: [Sending] { books.withLock { $0.sendings } }
  /// Calls that ended without an answer, because the gateway was killed under them or was not there.
  var unanswered: Int { books.withLock { $0.unanswered } }

  private func work(_ item: () async -> Void) async {
    while !books.withLock({ $0.isEnding }) { await item() }
  }

  private func noteUnanswered() { books.withLock { $0.unanswered += 1 } }

  private var instant: Int {
    books.withLock { books in
      books.instants += 1
      return books.instants
    }
  }

  /// Nobody is there to answer, or nobody can: a moment, as any client waits.
  private func pause() async { try? await Patience.instant(after: .milliseconds(20)) }

  private func next() -> Int {
    books.withLock { books in
      books.made += 1
      return books.made
    }
  }

  /// A webhook, posted again until it is acknowledged, as Meta does.
  private func deliver() async {
    let number = next()
    let customer = Self.customers[number % Self.customers.count]
    let ids = (0...(number % 3)).map { "wamid.load.\(number).\($0)" }
    guard let now = try? await world.now else { return }
    let body = MetaBody.messages(
      ids.map { ($0, customer, "Line \($0)") },
      at: now / 1000
    )
    for attempt in number... {
      await gate.pass()
      guard !Task.isCancelled else { return }
      guard let answer = try? await world.webhook(body, at: nodes[attempt % nodes.count]) else {
        noteUnanswered()
        await pause()
        continue
      }
      guard answer.status == 200 else {
        if answer.status != 503 { Issue.record("A webhook was answered \(answer.status).") }
        await pause()
        continue
      }
      books.withLock { books in
        books.bodies += 1
        books.acknowledged[customer, default: []].formUnion(ids)
      }
      return
    }
  }

  /// A message; with a key it is asked for until there is an answer that counts.
  private func send(through door: Door) async {
    let number = next()
    var sending = Sending(
      text: "\(door.rawValue) \(number)",
      customer: Self.customers[number * 7 % Self.customers.count],
      door: door
    )
    var attempt = number
    repeat {
      if attempt > number { await pause() }
      await gate.pass()
      guard !Task.isCancelled else { return }
      if attempt == number { sending.asked = instant }
      defer { attempt += 1 }
      guard let answer = try? await ask(for: sending, at: nodes[attempt % nodes.count]) else {
        noteUnanswered()
        continue
      }
      sending.status = answer.status
      sending.request = answer["CareWindow-Request-Id"] ?? answer.json["id"]?.text
      sending.message = answer.messageID
      if ![200, 202, 409, 503].contains(answer.status), answer.errorCode != 131056 {
        Issue.record("\(sending.text) was answered \(answer.status): \(answer.text)")
        break
      }
    } while door != .facade && ![200, 202].contains(sending.status)
    if [200, 202].contains(sending.status) { sending.promised = instant }
    let done = sending
    books.withLock { $0.sendings.append(done) }
  }

  private func ask(for sending: Sending, at node: Caller) async throws -> Answer {
    switch sending.door {
    case .facade: try await world.sendText(sending.text, to: sending.customer, at: node)
    case .facadeWithKey:
      try await world.sendText(sending.text, to: sending.customer, key: sending.text, at: node)
    case .api:
      try await node.ask(
        .POST,
        "/v1/messages",
        [
          "from": .string(World.number), "to": .string(sending.customer), "type": "text",
          "text": ["body": .string(sending.text)],
        ],
        headers: [("Idempotency-Key", sending.text)]
      )
    }
  }
}
