import AsyncHTTPClient
import Carriers
import CloudAPI
import CustomerCare
import Gateway
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Synchronization

extension SystemTime {
  /// The time now by the clock that the settings name: for verbs, which ask once.
  static func asConfigured(_ settings: Settings) async throws -> any TimeSource {
    guard let follower = try SandboxFollower(settings) else { return SystemTime() }
    try await follower.look()
    return follower
  }
}

/// The sandbox's clock, followed over HTTP (`CAREWINDOW_CLOCK=sandbox`).
///
/// It asks often, because the sandbox's webhooks are stamped with its time; elapsed time stays the machine's.
final class SandboxFollower: TimeSource, Service {
  /// How often it asks: a webhook sent right after the clock was moved is then at most this much from the future.
  private static let every: Duration = .milliseconds(25)

  private struct Reading {
    /// What the sandbox showed.
    var shown: Instant
    /// What the machine showed then; `nil` for a clock that stands.
    var system: Instant?
  }

  private let address: String
  private let reading: Mutex<Reading>

  /// Makes a follower; `nil` when the settings name the system's clock.
  init?(_ settings: Settings) throws(Settings.Problem) {
    switch settings.text(.clock) ?? "system" {
    case "system": return nil
    case "sandbox": break
    case let word:
      throw Settings.Problem(
        name: "CAREWINDOW_CLOCK",
        reason: "is \(word), but takes system or sandbox",
        example: "system"
      )
    }
    let base = try settings.metaBase()
    guard base.isLoopback else {
      throw Settings.Problem(
        name: "CAREWINDOW_CLOCK",
        reason: "may be sandbox only with a loopback CAREWINDOW_META_URL",
        example: "system"
      )
    }
    address = base.description + "/_sandbox/clock"
    reading = Mutex(Reading(shown: SystemTime().now, system: SystemTime().now))
  }

  var now: Instant {
    reading.withLock { reading in
      reading.system.map { reading.shown + SystemTime().now.since($0) } ?? reading.shown
    }
  }

  var elapsed: Duration { SystemTime().elapsed }

  func sleep(for duration: Duration) async throws {
    try await Task.sleep(for: duration)
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // A sandbox that is gone or restarting is looked for again; time goes on as it did.
        try? await self.look()
        try? await Task.sleep(for: Self.every)
      }
    }
  }

  /// Reads the sandbox's clock once.
  func look() async throws {
    guard let json = try? await shown(), let now = json["now_ms"]?.integer else {
      throw Failure(
        "\(address) does not show the time. Is CAREWINDOW_META_URL a sandbox that runs?"
      )
    }
    let stands = json["mode"]?.text == "manual"
    reading.withLock { reading in
      reading = Reading(
        shown: Instant(milliseconds: now),
        system: stands ? nil : SystemTime().now
      )
    }
  }

  private func shown() async throws -> JSON {
    let response = try await HTTPClient.shared.execute(
      HTTPClientRequest(url: address),
      timeout: .seconds(2)
    )
    let body = try await response.body.collect(upTo: 4096)
    return try JSON.parse(Array(body.readableBytesView))
  }
}
