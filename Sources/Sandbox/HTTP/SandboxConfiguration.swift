/// How a sandbox is set up.
package struct SandboxConfiguration: Sendable {
  /// The address to listen on.
  package var host: String
  /// The port to listen on; 0 for any that is free.
  package var port: Int
  /// Where webhooks are posted; nil for nowhere until `SandboxService.deliver(to:)` says so.
  package var deliverTo: String?
  /// The app secret that webhooks are signed with.
  package var appSecret: String
  /// The app's id.
  package var appID: String
  /// The seed of all chance and all ids; nil for the usual chance and ids that never come again.
  package var seed: UInt64?
  /// Whether other machines may reach it, and whether names other than loopback's are taken in
  /// `Host`.
  package var isPublic: Bool
  /// The business numbers that exist at first.
  package var numbers: [SandboxNumber]
  /// How the simulated Meta behaves at first.
  package var settings: SandboxSettings

  /// Creates a set-up.
  package init(
    host: String = "127.0.0.1",
    port: Int = 8090,
    deliverTo: String? = nil,
    appSecret: String,
    appID: String = "500600700800",
    seed: UInt64? = nil,
    isPublic: Bool = false,
    numbers: [SandboxNumber] = [.standard],
    settings: SandboxSettings = SandboxSettings()
  ) {
    self.host = host
    self.port = port
    self.deliverTo = deliverTo
    self.appSecret = appSecret
    self.appID = appID
    self.seed = seed
    self.isPublic = isPublic
    self.numbers = numbers
    self.settings = settings
  }
}

/// Why a sandbox does not start.
package enum SandboxError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The address is not a loopback address and `isPublic` is false.
  case notLoopback(String)

  /// One sentence that names the trouble and the way out.
  package var description: String {
    switch self {
    case .notLoopback(let host):
      "The sandbox listens on loopback only, not on \(host); say --public if others shall reach it."
    }
  }
}
