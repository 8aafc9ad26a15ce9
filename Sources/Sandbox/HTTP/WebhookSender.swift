import AsyncHTTPClient
import CloudAPI
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Posts what is due to the business's webhook, signed, several bodies at once.
final class WebhookSender: Sendable {
  /// Bodies under way at once: Meta posts in parallel, and a laptop's gateway takes as many.
  static let postsAtOnce = 32

  /// How long an answer may take: 20 seconds, what Meta's calling FAQ indicates.
  static let answerMost = TimeAmount.seconds(20)

  /// How much of an answer is read; nobody looks at it.
  static let answerBytesMax = 64 << 10

  private let world: SandboxWorld
  private let secret: String
  private let address: Mutex<String?>
  private let armed = Mutex<Int64?>(nil)
  private let logger: Logger

  init(world: SandboxWorld, secret: String, address: String?, logger: Logger) {
    self.world = world
    self.secret = secret
    self.address = Mutex(address)
    self.logger = logger
  }

  /// Changes where bodies go.
  func deliver(to address: String) {
    self.address.withLock { $0 = address }
    world.wakeSender()
  }

  /// Posts until cancelled.
  func run(client: HTTPClient) async {
    world.setSender(true)
    defer { world.setSender(false) }
    await withDiscardingTaskGroup { group in
      group.addTask {
        for await _ in self.world.clock.moves() { self.world.wakeSender() }
      }
      for await _ in world.wakeUps {
        guard !Task.isCancelled else { break }
        let due = world.takePosts(limit: Self.postsAtOnce)
        for post in due.posts {
          group.addTask { self.world.post(post.id, answered: await self.send(post, client)) }
        }
        if let next = due.nextAt { arm(next, in: &group) }
      }
      group.cancelAll()
    }
  }

  /// Sets an alarm for the next thing that is due, unless an earlier one is set or time stands still.
  private func arm(_ instant: Int64, in group: inout DiscardingTaskGroup) {
    guard world.clock.mode == .flowing else { return }
    let isNew = armed.withLock { armed in
      guard armed.map({ instant < $0 }) ?? true else { return false }
      armed = instant
      return true
    }
    guard isNew else { return }
    group.addTask {
      let wait = Swift.max(1, instant - self.world.clock.now)
      // An hour at most, so that nothing waits for a clock that was moved meanwhile.
      guard (try? await self.world.clock.sleep(milliseconds: Swift.min(wait, 3_600_000))) != nil
      else { return }
      self.armed.withLock { if $0 == instant { $0 = nil } }
      self.world.wakeSender()
    }
  }

  /// One attempt: the status of the answer, or nil if there was none.
  private func send(_ post: WebhookPost, _ client: HTTPClient) async -> Int? {
    guard let address = address.withLock({ $0 }) else { return nil }
    var request = HTTPClientRequest(url: address)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    request.headers.add(name: "user-agent", value: "facebookexternalua")
    request.headers.add(
      name: Signature.headerName,
      value: Signature.header(for: post.body, secret: secret)
    )
    request.body = .bytes(ByteBuffer(bytes: post.body))
    do {
      let response = try await client.execute(request, timeout: Self.answerMost)
      // The body is read to its end so that the connection can be used again.
      _ = try? await response.body.collect(upTo: Self.answerBytesMax)
      log(post, ["http.status": "\(response.status.code)"])
      return Int(response.status.code)
    } catch {
      log(post, ["error": "\(error)"])
      return nil
    }
  }

  private func log(_ post: WebhookPost, _ outcome: Logger.Metadata) {
    var metadata = outcome
    metadata["sandbox.post"] = "\(post.id)"
    metadata["sandbox.attempt"] = "\(post.attempts + 1)"
    logger.debug("Webhook posted", metadata: metadata)
  }
}
