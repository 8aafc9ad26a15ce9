import Foundation
import Storage
import Synchronization

/// Nodes tell each other to look again, by NOTIFY and LISTEN, over a connection of its own.
///
/// - Why: what one node leaves to another would wait for the other's sweep, a second at most.
/// - How: outside the flows' transactions, because a NOTIFY takes a lock on all notifications of a server until its
///   commit: in a flow's own transaction it would make them go one after the other, each with its sync. What is to be
///   told is gathered, told together, and `tellingPause` apart; it is not synced, because nothing is lost with it.
/// - Otherwise: without the connection nobody is told. It is made again every second, and then everybody looks.
final class Herald: Sendable {
  private struct State {
    var untold: Set<News> = []
    var heard: (@Sendable (News) -> Void)?
    var hasBegun = false
    var isClosed = false
  }

  /// How many different news are gathered at most; what is beyond is found by the sweep.
  ///
  /// As many fit the 8,000 bytes of a notification.
  private static let untoldMax = 256
  /// How long until a lost connection is tried again: as often as everybody looks without being told.
  private static let retryPause: Duration = .seconds(1)
  /// How long it waits when there is nothing to tell; it is woken earlier.
  private static let rest: Duration = .seconds(60)
  private static let channel = "carewindow"

  private let address: String
  private let options: PostgresEngine.Options
  private let elapsed: @Sendable () -> Duration
  private let bell: Bell
  private let state = Mutex(State())
  private let ended = DispatchSemaphore(value: 0)

  /// Makes a herald; it connects when there is something to tell or somebody to hear.
  init(
    _ address: String,
    _ options: PostgresEngine.Options,
    elapsed: @escaping @Sendable () -> Duration
  ) throws(StoreError) {
    guard let bell = Bell() else {
      throw StoreError(code: .unavailable, message: "The process has no file descriptors left")
    }
    self.bell = bell
    self.address = address
    self.options = options
    self.elapsed = elapsed
  }

  /// Has the others told, soon.
  func tell(_ news: News) {
    change { state in
      guard !state.isClosed, state.untold.count < Self.untoldMax else { return false }
      return state.untold.insert(news).inserted
    }
  }

  /// Has what others tell heard from now on, by one listener.
  func listen(_ heard: @escaping @Sendable (News) -> Void) {
    change { state in
      state.heard = heard
      return true
    }
  }

  /// Tells what is still to be told, and lets go of the connection.
  func close() {
    change { state in
      state.isClosed = true
      return true
    }
  }

  /// Closes, and returns when that is done.
  func finish() {
    close()
    guard state.withLock({ $0.hasBegun }) else { return }
    ended.wait()
    ended.signal()
  }

  /// Changes the state; wakes the thread, or begins it, where the change says that there is something to do.
  private func change(_ change: (inout State) -> Bool) {
    let (isNews, begins) = state.withLock { state in
      guard change(&state) else { return (false, false) }
      let begins = !state.hasBegun && !(state.isClosed && state.untold.isEmpty)
      if begins { state.hasBegun = true }
      return (true, begins)
    }
    guard isNews else { return }
    bell.ring()
    guard begins else { return }
    let thread = Thread { [self] in
      run()
      ended.signal()
    }
    thread.name = "carewindow-herald"
    thread.start()
  }
}

// MARK: - On its own thread

extension Herald {
  private func run() {
    var connection: Connection?
    var toldAt: Duration?
    while true {
      let (isClosed, heard, hasNews) = state.withLock { state in
        (state.isClosed, state.heard, !state.untold.isEmpty)
      }
      if isClosed, !hasNews { return }
      do throws(StoreError) {
        guard let current = connection else {
          connection = try connect(listening: heard)
          continue
        }
        let pause = toldAt.map { $0 + options.tellingPause - elapsed() } ?? .zero
        if hasNews, pause <= .zero || isClosed {
          toldAt = elapsed()
          try tell(on: current)
        } else {
          let told = try current.notifications(or: bell, atMost: hasNews ? pause : Self.rest)
          for news in told.flatMap(News.read) { heard?(news) }
        }
      } catch {
        connection = nil
        if isClosed { return }
        Thread.sleep(forTimeInterval: Self.retryPause / .seconds(1))
      }
    }
  }

  /// A connection on which others are heard.
  private func connect(
    listening heard: (@Sendable (News) -> Void)?
  ) throws(StoreError) -> Connection {
    let connection = try Connection(address, options, name: "carewindow wake-up")
    try connection.text("SET synchronous_commit = off; LISTEN \(Self.channel)")
    // What was told while nobody heard it may have been anything.
    for news in News.everything { heard?(news) }
    return connection
  }

  private func tell(on connection: Connection) throws(StoreError) {
    let untold = state.withLock { state in
      defer { state.untold = [] }
      return state.untold
    }
    do {
      try connection.text("SELECT pg_notify('\(Self.channel)', '\(News.write(untold))')")
    } catch {
      state.withLock { $0.untold.formUnion(untold) }
      throw error
    }
  }
}
