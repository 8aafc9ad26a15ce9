import HeapModule

/// What the simulated Meta still has to do, soonest first; equal instants keep the order of adding.
struct Agenda: Sendable {
  /// One thing to do.
  enum Occurrence: Sendable {
    /// A message of the business reaches its next state.
    case progress(message: String, to: SentMessage.State)
    /// Meta gives a message up.
    case failure(message: String, error: MetaError)
    /// News for the business's webhook, now to be put into a body.
    case news(News)
    /// The news gathered for one body are sent off.
    case gathered
    /// A body is due at the business's webhook.
    case post(id: Int)
    /// A template leaves review.
    case review(template: String)
    /// A call takes its next step.
    case call(CallStep)
  }

  private struct Entry: Comparable, Sendable {
    let at: Int64
    let order: UInt64
    let occurrence: Occurrence

    static func < (left: Entry, right: Entry) -> Bool {
      (left.at, left.order) < (right.at, right.order)
    }

    static func == (left: Entry, right: Entry) -> Bool {
      left.at == right.at && left.order == right.order
    }
  }

  private var heap = Heap<Entry>()
  private var order: UInt64 = 0

  /// How many things wait.
  var count: Int { heap.count }

  /// When the next thing is due, in milliseconds since 1970, or nil if nothing waits.
  var nextAt: Int64? { heap.min?.at }

  /// Adds a thing to do.
  mutating func add(_ occurrence: Occurrence, at instant: Int64) {
    order += 1
    heap.insert(Entry(at: instant, order: order, occurrence: occurrence))
  }

  /// Takes the next thing that is due, with its instant; nil if nothing is due yet.
  mutating func take(due now: Int64) -> (at: Int64, occurrence: Occurrence)? {
    guard let next = heap.min, next.at <= now else { return nil }
    _ = heap.popMin()
    return (next.at, next.occurrence)
  }
}
