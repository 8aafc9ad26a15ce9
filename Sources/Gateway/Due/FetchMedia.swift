import CustomerCare
import Logging
import Metrics
import ServiceLifecycle
package import Storage
import Synchronization

/// Fetches the files that messages name: Meta's addresses last minutes, its ids days.
///
/// A service beside `Due`, because a download lasts as long as it lasts, and what time brings must not wait behind it. It
/// claims what is due by a lease, fetches outside of any transaction, a chunk at a time, and settles. Each number has places of its
/// own.
package final class FetchMedia: Service {
  private let engine: any SQLEngine
  private let carrier: any MediaCarrier
  private let seal: Seal
  private let limits: MediaLimits
  private let wake: Wake
  private let time: any TimeSource
  private let state = Mutex(State())
  private let logger = Logger(label: "carewindow.media")

  private struct State {
    /// How many files of each number are under way.
    var busy: [PhoneNumberID: Int] = [:]
    /// The number that was served last, so that another comes first next time.
    var last: PhoneNumberID?
  }

  /// Makes a fetcher; `wake` is signalled when a message may have named a file.
  package init(
    engine: any SQLEngine,
    carrier: any MediaCarrier,
    seal: Seal,
    limits: MediaLimits = MediaLimits(),
    wake: Wake,
    time: any TimeSource
  ) {
    self.engine = engine
    self.carrier = carrier
    self.seal = seal
    self.limits = limits
    self.wake = wake
    self.time = time
  }

  /// Fetches until the gateway shuts down; what is under way then is given back, and fetched by whoever looks next.
  package func run() async throws {
    await wake.carryWhatIsDue(time, claim: claim, carry: fetch)
  }

  /// Claims what is due, as far as there are places; each must be fetched.
  package func claim() async -> [Fetch.Claimed] {
    do {
      let now = time.now
      let limits = limits
      let (busy, last) = state.withLock { ($0.busy, $0.last) }
      let places = limits.inFlightMax - busy.values.reduce(0, +)
      guard places > 0 else { return [] }
      let due = try await engine.read { unit in
        try Fetch.due(now: now, limit: limits.perNumberMax, busy: busy, after: last, in: unit)
      }.prefix(places)
      guard !due.isEmpty else { return [] }
      let claimed = try await engine.write(.rest) { unit in
        try Fetch.claim(Array(due), now: now, until: now + limits.lease, in: unit)
      }
      state.withLock { state in
        for claimed in claimed { state.busy[claimed.key.number, default: 0] += 1 }
        state.last = due.last?.number
      }
      return claimed
    } catch {
      logger.error(
        "Files to fetch could not be claimed; it is tried again",
        metadata: ["store.error": "\(error)"]
      )
      return []
    }
  }

  /// Makes one attempt and writes what became of it.
  package func fetch(_ claimed: Fetch.Claimed) async {
    defer {
      state.withLock { state in
        let left = state.busy[claimed.key.number, default: 1] - 1
        state.busy[claimed.key.number] = left == 0 ? nil : left
      }
    }
    do {
      let outcome = try await attempt(claimed)
      guard let word = try await settle(claimed, outcome) else { return }
      Counter(label: "carewindow_media_total", dimensions: [("state", word.state)]).increment()
      logger.log(
        level: word.state == MediaState.kept.rawValue ? .debug : .info,
        "A file was fetched",
        metadata: [
          "media.id": "\(claimed.key.id)", "media.attempt": "\(claimed.attempt)",
          "media.outcome": "\(word.outcome)", "media.state": "\(word.state)",
        ]
      )
    } catch is CancellationError {
      await giveBack(claimed)
    } catch {
      logger.error(
        "What became of a file could not be stored; it is fetched again",
        metadata: ["media.id": "\(claimed.key.id)", "store.error": "\(error)"]
      )
    }
  }
}

extension FetchMedia {
  /// Graph's code for something that is not there, or that the token may not see.
  private static let codeOfNothing = 100

  /// What became of an attempt.
  private enum Outcome {
    /// The bytes are content, and the fetch is settled.
    case kept
    /// Somebody else has the file by now.
    case overtaken
    /// Nobody will have it.
    case lost(MediaLoss)
    /// It may come another time.
    case failed(String)
  }

  /// One attempt, cut short when it takes too long.
  private func attempt(_ claimed: Fetch.Claimed) async throws -> Outcome {
    // An old entry that was replayed, or a gateway that was off for a week.
    guard time.now.since(claimed.seenAt) < MediaRule.idLifetime + limits.lease else {
      return .lost(.expired)
    }
    return try await withThrowingTaskGroup { group in
      group.addTask { try await self.transfer(claimed) }
      group.addTask { [time, limits] in
        try await time.sleep(for: limits.whole)
        return .failed("timeout")
      }
      defer { group.cancelAll() }
      return try await group.next() ?? .failed("timeout")
    }
  }

  private func transfer(_ claimed: Fetch.Claimed) async throws -> Outcome {
    if let hash = claimed.fact.hash, try await have(hash, for: claimed) { return .kept }
    guard let token = try await token(of: claimed.key.number) else { return .failed("no_token") }
    let (id, number) = (claimed.key.id.rawValue, claimed.key.number)
    let address: MediaAddress
    switch await carrier.resolve(id, of: number, with: token) {
    case .success(let found): address = found
    case .failure(let failure): return try outcome(of: failure, claimed)
    }
    let bytesMax = MediaRule.bytesMax(claimed.fact.kind)
    guard address.bytes ?? 0 <= bytesMax else { return .lost(.tooLarge) }
    let told = [claimed.fact.hash, address.sha256.flatMap(MediaHash.init(told:))].compactMap { $0 }
    if let hash = told.last, hash != claimed.fact.hash, try await have(hash, for: claimed) {
      return .kept
    }
    let download: MediaDownload
    switch await carrier.download(address, with: token) {
    case .success(let begun): download = begun
    case .failure(let failure): return try outcome(of: failure, claimed)
    }
    guard download.bytes ?? 0 <= bytesMax else { return .lost(.tooLarge) }
    return try await take(
      download,
      told: told,
      mimeType: address.mimeType ?? download.mimeType,
      MediaIntake(claimed: claimed, bytesMax: bytesMax, lease: limits.lease)
    )
  }

  /// Takes the bytes; what is not to become content is thrown away.
  private func take(
    _ download: MediaDownload,
    told: [MediaHash],
    mimeType: String?,
    _ intake: MediaIntake
  ) async throws -> Outcome {
    var intake = intake
    do {
      for try await piece in download.chunks {
        try await intake.take(piece, at: time.now, on: engine)
      }
      // Whoever is cancelled may be told that the file ended.
      try Task.checkCancellation()
      let hash = intake.hash
      guard told.allSatisfy({ $0 == hash }) else { throw MediaIntake.Failure.spoilt }
      return try await intake.keep(mimeType: mimeType, at: time.now, on: engine)
        ? .kept : .overtaken
    } catch {
      try await intake.discard(at: time.now, on: engine)
      switch error {
      case let failure as MediaFailure: return try outcome(of: failure, intake.claimed)
      case MediaIntake.Failure.tooLarge: return .lost(.tooLarge)
      case MediaIntake.Failure.overtaken: return .overtaken
      case MediaIntake.Failure.spoilt:
        return intake.claimed.attempt < MediaRule.spoiltAttemptsMax
          ? .failed("spoilt") : .lost(.spoilt)
      default: throw error
      }
    }
  }

  /// What a failure means for the file.
  ///
  /// - Throws: `CancellationError` when it was we who ended it.
  private func outcome(
    of failure: MediaFailure,
    _ claimed: Fetch.Claimed
  ) throws(CancellationError) -> Outcome {
    if Task.isCancelled { throw CancellationError() }
    return switch failure {
    case .refused(let refusal) where refusal.code == Self.codeOfNothing:
      claimed.attempt < MediaRule.goneAttemptsMax ? .failed("gone") : .lost(.gone)
    case .refused(let refusal): .failed("meta_\(refusal.code)")
    case .gone: .failed("address_gone")
    case .foreignAddress: .failed("foreign_address")
    case .tooLarge: .lost(.tooLarge)
    case .unavailable: .failed("unavailable")
    }
  }

  /// Whether we have bytes with this hash; the fetch is settled with them then.
  private func have(_ hash: MediaHash, for claimed: Fetch.Claimed) async throws -> Bool {
    let now = time.now
    return try await engine.write(.rest) { unit in
      try MediaBytes.keep(known: hash, for: claimed, now: now, in: unit)
    }
  }

  private func token(of number: PhoneNumberID) async throws -> AccessToken? {
    let record = try await engine.read { unit in try Numbers.find(number, in: unit) }
    guard let sealed = record?.sealedAccessToken, let text = try? seal.open(sealed) else {
      return nil
    }
    return AccessToken(text)
  }

  /// Lets whoever looks next have a file: the gateway shuts down.
  private func giveBack(_ claimed: Fetch.Claimed) async {
    let now = time.now
    do {
      _ = try await engine.write(.rest) { unit in
        try Fetch.prolong(claimed, until: now, in: unit)
      }
    } catch {
      logger.info(
        "A file could not be given back; its lease ends by itself",
        metadata: ["media.id": "\(claimed.key.id)", "store.error": "\(error)"]
      )
    }
  }

  /// Writes what became of an attempt; `nil` when somebody else has the file.
  private func settle(
    _ claimed: Fetch.Claimed,
    _ outcome: Outcome
  ) async throws -> (outcome: String, state: String)? {
    let now = time.now
    switch outcome {
    case .kept: return ("kept", MediaState.kept.rawValue)
    case .overtaken: return nil
    case .lost(let loss): return try await lose(claimed, loss, now)
    case .failed(let word):
      let next = MediaRule.next(after: claimed.attempt, seenAt: claimed.seenAt, now: now)
      guard let next else { return try await lose(claimed, .expired, now) }
      let isOurs = try await engine.write(.rest) { unit in
        try Fetch.retry(claimed, at: next, reason: word, in: unit)
      }
      return isOurs ? (word, "retried") : nil
    }
  }

  private func lose(
    _ claimed: Fetch.Claimed,
    _ loss: MediaLoss,
    _ now: Instant
  ) async throws -> (outcome: String, state: String)? {
    let isOurs = try await engine.write(.rest) { unit in
      try Fetch.lose(claimed, loss, now: now, in: unit)
    }
    return isOurs ? (loss.rawValue, MediaState.lost.rawValue) : nil
  }
}
