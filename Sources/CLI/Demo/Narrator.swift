import Foundation
import Gateway
import Storage
import Synchronization

/// Tells what the gateway publishes, and lets the play wait for it.
final class Narrator: EventConsumer {
  let name = "demo"

  private struct State {
    var hasOpened = false
    var seen: [CareEvent.Kind: Int] = [:]
    var awaited: [CareEvent.Kind: Int] = [:]
  }

  private let state = Mutex(State())
  private let isColoured = isatty(STDOUT_FILENO) == 1

  /// The public listener takes connections.
  func curtain() {
    state.withLock { $0.hasOpened = true }
  }

  func consume(_ events: [CareEvent]) async -> [String] {
    for event in events {
      state.withLock { $0.seen[event.kind, default: 0] += 1 }
      tell("event", "\(event.kind.rawValue)", .event)
    }
    return events.map(\.id)
  }

  /// Waits until the listener is up.
  func opening() async throws {
    try await wait { $0.hasOpened }
  }

  /// Waits for the next event of a kind.
  func next(_ kind: CareEvent.Kind) async throws {
    try await wait { $0.seen[kind, default: 0] > $0.awaited[kind, default: 0] }
    state.withLock { $0.awaited[kind, default: 0] += 1 }
  }

  private func wait(_ isSo: @Sendable (borrowing State) -> Bool) async throws {
    for _ in 0..<400 {
      if state.withLock({ isSo($0) }) { return }
      try await Task.sleep(for: .milliseconds(25))
    }
    throw Failure("The demo waited ten seconds in vain. Is another program on its ports?")
  }

  /// How a line looks.
  enum Tone: String {
    case scene = "1"
    case event = "2"
    case good = "32"
    case bad = "31"
    case plain = "0"
  }

  /// Prints one line of the story.
  func tell(_ who: String, _ what: String, _ tone: Tone = .plain) {
    let margin = who + String(repeating: " ", count: max(0, 12 - who.count))
    Output.result(isColoured ? "\u{1B}[\(tone.rawValue)m\(margin)\(what)\u{1B}[0m" : margin + what)
  }
}
