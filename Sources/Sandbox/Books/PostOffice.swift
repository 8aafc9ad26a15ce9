import DequeModule

/// A body that is due at the business's webhook.
package struct WebhookPost: Sendable, Hashable {
  /// The sandbox's number of it; the same on every attempt.
  package let id: Int
  /// The bytes, the same on every attempt.
  package let body: [UInt8]
  /// How often it was tried before; 0 at first.
  package let attempts: Int
}

/// Bodies on their way to the business's webhook: each is tried until it is answered with 200, for at
/// most seven days.
///
/// Source: …/webhooks/overview (2026-06-26), read 2026-11-21.
struct PostOffice: Sendable {
  /// How many bodies wait at most; a receiver that is down for days meets this and loses the rest.
  static let postsMax = 100_000

  /// How many bytes wait at most: 256 MiB.
  static let bytesMax = 256 << 20

  /// For how long a body is tried: 7 days.
  static let life: Int64 = 7 * 86_400_000

  /// The wait after the first failure; doubled after each further one.
  static let retryFirst: Int64 = 2000

  /// The longest wait between two attempts: 3 hours.
  static let retryMost: Int64 = 10_800_000

  private struct Post: Sendable {
    let body: [UInt8]
    let createdAt: Int64
    var attempts = 0
  }

  private var posts: [Int: Post] = [:]
  private var ready = Deque<Int>()
  private var inFlight: Set<Int> = []
  private var bytes = 0
  private var made = 0
  /// How many bodies were answered with 200.
  private(set) var delivered = 0
  /// How many bodies were given up, or never taken for want of room.
  private(set) var lost = 0
  /// How many attempts failed.
  private(set) var failures = 0

  /// How many bodies are not delivered yet.
  var waiting: Int { posts.count }

  /// Whether nothing is ready and nothing is under way.
  var isQuiet: Bool { ready.isEmpty && inFlight.isEmpty }

  /// Takes a body to be sent now; it is lost if there is no room.
  mutating func take(_ body: [UInt8], now: Int64) {
    guard posts.count < Self.postsMax, bytes + body.count <= Self.bytesMax else {
      lost += 1
      return
    }
    made += 1
    posts[made] = Post(body: body, createdAt: now)
    bytes += body.count
    ready.append(made)
  }

  /// Makes a body ready for another attempt.
  mutating func retry(_ id: Int) { if posts[id] != nil { ready.append(id) } }

  /// Hands out bodies so that no more than `limit` are under way at once.
  mutating func handOut(limit: Int) -> [WebhookPost] {
    var out: [WebhookPost] = []
    while inFlight.count < limit, let id = ready.popFirst() {
      guard let post = posts[id] else { continue }
      inFlight.insert(id)
      out.append(WebhookPost(id: id, body: post.body, attempts: post.attempts))
    }
    return out
  }

  /// Notes how an attempt ended; gives the instant of the next one, or nil if there is none.
  mutating func settle(_ id: Int, isDelivered: Bool, now: Int64, chance: inout Chance) -> Int64? {
    inFlight.remove(id)
    guard var post = posts[id] else { return nil }
    if isDelivered {
      delivered += 1
      forget(id)
      return nil
    }
    failures += 1
    post.attempts += 1
    posts[id] = post
    // Doubling 13 times passes three hours; more would only overflow.
    let wait = Swift.min(Self.retryFirst << Swift.min(post.attempts - 1, 13), Self.retryMost)
    let next = now + wait + chance.below(wait / 4)
    guard next <= post.createdAt + Self.life else {
      lost += 1
      forget(id)
      return nil
    }
    return next
  }

  private mutating func forget(_ id: Int) {
    if let gone = posts.removeValue(forKey: id) { bytes -= gone.body.count }
  }
}
