import PostgresEngine
import Support

/// Engines of tests on new databases.
enum ScratchPostgres {
  /// An engine on a database of a server's: on a new one of the shared server, unless told otherwise.
  static func engine(
    _ address: String? = nil,
    options: PostgresEngine.Options = .init()
  ) throws -> PostgresEngine {
    try PostgresEngine(address: address ?? self.address(), options: options, elapsed: elapsed)
  }

  /// The address of a new, empty database.
  static func address() throws -> String {
    let server = try PostgresServer.shared()
    return server.address(try server.makeDatabase())
  }

  private static let start = ContinuousClock.now
  private static let elapsed: @Sendable () -> Duration = { ContinuousClock.now - start }
}
