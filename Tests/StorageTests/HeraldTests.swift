import Storage
import Support
import Synchronization
import Testing

@testable import PostgresEngine

@Suite(.timeLimit(.minutes(5))) struct `What nodes tell each other` {
  /// What a node has heard, in the order in which it came.
  private final class Ear: Sendable {
    private let news = Mutex<[News]>([])
    private let tally = Tally()

    init(_ engine: PostgresEngine) {
      engine.listen { [self] told in
        news.withLock { $0.append(told) }
        tally.raise()
      }
    }

    /// What came after the first `count` news; returns once there is some.
    func after(_ count: Int) async -> [News] {
      await tally.reaches(count + 1)
      return Array(news.withLock { $0 }.dropFirst(count))
    }

    /// Returns once it has heard so much.
    func hears(_ count: Int) async { await tally.reaches(count) }

    var count: Int { news.withLock { $0.count } }
  }

  private static let all = News.everything.count

  @Test(arguments: News.everything + [.turn(0), .turn(.max)])
  func `is heard by the others, and not by who told it`(_ news: News) async throws {
    let address = try ScratchPostgres.address()
    let nodes = try (0..<3).map { _ in try ScratchPostgres.engine(address) }
    let ears = nodes.map(Ear.init)
    // Whoever begins to listen looks at everything.
    for ear in ears { await ear.hears(Self.all) }
    nodes[0].tell(news)
    for ear in ears.dropFirst() { #expect(await ear.after(Self.all) == [news]) }
    nodes[1].tell(.due)
    #expect(await ears[0].after(Self.all) == [.due])
    for node in nodes { try await node.close() }
  }

  @Test func `by the thousand is told once, and what came since after a pause`() async throws {
    let address = try ScratchPostgres.address()
    let now = Mutex(Duration.zero)
    let node = try PostgresEngine(address: address, elapsed: { now.withLock { $0 } })
    let other = try ScratchPostgres.engine(address)
    let ear = Ear(other)
    await ear.hears(Self.all)
    node.tell(.due)
    #expect(await ear.after(Self.all) == [.due])
    for _ in 0..<10_000 { node.tell(.journalled) }
    for number in 0..<10_000 { node.tell(.turn(UInt16(number))) }
    now.withLock { $0 = PostgresEngine.Options().tellingPause }
    await ear.hears(Self.all + 1 + 256)
    // What did not fit is not told later either: whoever closes tells what is left.
    try await node.close()
    let last = try ScratchPostgres.engine(address)
    last.tell(.owed)
    #expect(await ear.after(Self.all + 1 + 256) == [.owed])
    for engine in [last, other] { try await engine.close() }
  }

  @Test func `is told before whoever tells it ends`() async throws {
    let address = try ScratchPostgres.address()
    let other = try ScratchPostgres.engine(address)
    let ear = Ear(other)
    await ear.hears(Self.all)
    let verb = try ScratchPostgres.engine(address)
    verb.tell(.journalled)
    try await verb.close()
    #expect(await ear.after(Self.all) == [.journalled])
    try await other.close()
  }

  @Test func `goes on after a connection was lost, and whoever lost it looks at everything`()
    async throws
  {
    let server = try PostgresServer.shared()
    let proxy = try await PostgresProxy(to: server)
    let address = proxy.address(try server.makeDatabase())
    let nodes = try (0..<2).map { _ in try ScratchPostgres.engine(address) }
    let ears = nodes.map(Ear.init)
    for ear in ears { await ear.hears(Self.all) }
    for round in 1...2 {
      proxy.cut()
      proxy.heal()
      for ear in ears { await ear.hears(round * (Self.all + 1) - 1 + Self.all) }
      nodes[0].tell(.owed)
      await ears[1].hears(round * (Self.all + 1) + Self.all)
      nodes[1].tell(.owed)
      await ears[0].hears(round * (Self.all + 1) + Self.all)
    }
    for node in nodes { try await node.close() }
    try await proxy.close()
  }

  @Test func `and cannot be told, because the server is away, delays no end`() async throws {
    let server = try PostgresServer()
    let engine = try ScratchPostgres.engine(server.address(try server.makeDatabase()))
    engine.listen { _ in }
    try server.crash()
    engine.tell(.due)
    try await engine.close()
  }

  @Test(
    arguments: [
      ([], ""), ([.due], "due"), ([.turn(0xAB), .journalled], "journalled turn:ab"),
    ] as [(Set<News>, String)]
  )
  func `is one short line`(_ news: Set<News>, _ line: String) {
    #expect(News.write(news) == line)
    #expect(Set(News.read(line)) == news)
  }

  @Test func `in words of a newer release is passed over`() {
    #expect(News.read("moon turn:zz turn:123456 owed") == [.owed])
  }
}
