import CustomerCare
import Foundation
import Gateway
import PostgresEngine
import SQLiteEngine
import Storage

/// The database a verb works on, and the key that seals its secrets.
struct Database: Sendable {
  /// Where a database is.
  enum Place: Sendable, Hashable {
    /// Embedded, in a file.
    case file(path: String)
    /// On a PostgreSQL server, by its address.
    case server(address: String)
  }

  /// The setting that names it, without a password.
  let name: String
  /// Where it is.
  let place: Place

  /// Reads `CAREWINDOW_DATABASE`.
  init(_ settings: Settings) throws(Settings.Problem) {
    try self.init(name: settings.text(.database) ?? "sqlite:carewindow.db")
  }

  /// Names a database as the setting does.
  ///
  /// - Parameters:
  ///   - value: `sqlite:PATH` or `postgres://…`.
  ///   - setting: Where it was named, for whoever has to correct it.
  /// - Throws: `Settings.Problem` when it names none.
  init(
    name value: String,
    setting: String = "CAREWINDOW_DATABASE"
  ) throws(Settings.Problem) {
    if value.hasPrefix("sqlite:"), value.count > "sqlite:".count {
      name = value
      place = .file(path: String(value.dropFirst("sqlite:".count)))
    } else if let address = PostgresAddress(value) {
      name = address.name
      place = .server(address: value)
    } else {
      throw Settings.Problem(
        name: setting,
        reason: value.hasPrefix("postgres")
          ? "is no address of a PostgreSQL database"
          : "must begin with sqlite: or postgres://",
        example: value.hasPrefix("postgres")
          ? "postgres://carewindow:password@db.example.com:5432/carewindow"
          : "sqlite:/var/lib/carewindow/carewindow.db"
      )
    }
  }

  /// Opens it, brings its schema up to date, and says which one it is.
  ///
  /// Only a verb that begins something may create it: on a mistyped path the others would find an
  /// empty database, and call it a success. One that only looks leaves the schema as it is.
  func open(
    creating: Bool = false,
    looking: Bool = false,
    quietly: Bool = false
  ) async throws -> any SQLEngine {
    if case .file(let path) = place, !creating, !FileManager.default.fileExists(atPath: path) {
      throw missing("There is no database \(URL(fileURLWithPath: path).path).")
    }
    do {
      let engine = try engine()
      if !creating, try await !Schema.isThere(in: engine) {
        try await engine.close()
        throw missing("The database \(name) is empty.")
      }
      let newer = looking ? nil : try await Schema.migrate(engine, at: SystemTime().now)
      if !quietly { Output.say("Database: \(name)") }
      if let newer, !quietly {
        Output.say(
          "A newer CareWindow has upgraded it (\(newer)). This one works with it; upgrade it next."
        )
      }
      return engine
    } catch let error as StoreError {
      let remedy = error.code == .foreignOwner ? ownersLine : nil
      throw Failure(
        "The database \(name) cannot be used. " + (remedy.map { "Run: \($0)" } ?? error.message)
      )
    }
  }

  private func engine() throws(StoreError) -> any SQLEngine {
    let start = ContinuousClock.now
    switch place {
    case .file(let path):
      return try SQLiteEngine(path: path, elapsed: { ContinuousClock.now - start })
    case .server(let address):
      return try PostgresEngine(address: address, elapsed: { ContinuousClock.now - start })
    }
  }

  private func missing(_ what: String) -> Failure {
    Failure(
      "\(what) Check CAREWINDOW_DATABASE, which names it; "
        + "carewindow serve and carewindow number add create one."
    )
  }

  /// The same command as the user to whom the files belong; sudo takes no setting along by itself.
  private var ownersLine: String? {
    guard case .file(let path) = place else { return nil }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard let owner = attributes?[.ownerAccountName] as? String else { return nil }
    let command = ["carewindow"] + CommandLine.arguments.dropFirst()
    let words = ["sudo", "-u", owner, "CAREWINDOW_DATABASE=\(name)"] + command
    return words.map(\.shellWord).joined(separator: " ")
  }

  /// The fewest bytes of a secret key, wherever it comes from: 128 bits, if they are random.
  private static let keyBytesMin = 16

  /// The keys that seal secrets: the setting's, or the file beside the database.
  ///
  /// A missing file is created only while nothing is sealed, a number's token or a callback's secret: a new key would open
  /// none of it.
  func seal(
    _ settings: Settings,
    for numbers: [NumberRecord],
    _ callbacks: [CallbackRecord] = []
  ) throws -> Seal {
    let secrets = settings.list(.secretKey).map { Array($0.utf8) }
    guard secrets.allSatisfy({ $0.count >= Self.keyBytesMin }) else {
      throw Settings.Problem(
        name: "CAREWINDOW_SECRET_KEY",
        reason: "is too short: each key takes at least \(Self.keyBytesMin) characters",
        example: "a-long-random-line-of-your-own"
      )
    }
    guard secrets.isEmpty else { return Seal(secrets: secrets) }
    guard case .file(let path) = place else {
      throw Settings.Problem(
        name: "CAREWINDOW_SECRET_KEY",
        reason: "is missing: with PostgreSQL every node needs the same one",
        example: "a-long-random-line-of-your-own"
      )
    }
    let file = KeyFile(path: path + ".key")
    let restore = """
      Restore it from your backup. If it is lost, set CAREWINDOW_SECRET_KEY to a new one, and give every number its \
      access token again: carewindow number set … --access-token-stdin. Callbacks must be removed and added again.
      """
    if let key = file.contents() {
      guard key.count >= Self.keyBytesMin else {
        throw Failure("The secret key in \(file.path) is too short. \(restore)")
      }
      return Seal(secrets: [key])
    }
    guard numbers.allSatisfy({ $0.sealedAccessToken == nil }), callbacks.isEmpty else {
      throw Failure("The secret key \(file.path) is not there. \(restore)")
    }
    return Seal(secrets: [try file.make()])
  }
}

/// The right to run `serve` on an embedded database: one process at a time, given back when it ends, however it ends.
struct ServeLock: ~Copyable {
  private let descriptor: Int32

  /// Takes the right; `nil` for a database that serves any number of nodes.
  init?(_ database: Database) throws {
    guard case .file(let path) = database.place else { return nil }
    let file = path + ".serve"
    descriptor = Foundation.open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw Failure("\(file) cannot be opened. Check the folder's permissions.")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw Failure(
        "Another `carewindow serve` runs on \(database.name). Stop it first, or give this one a database of its own."
      )
    }
  }

  deinit {
    close(descriptor)
  }
}

extension String {
  /// The text as one word of a shell's line.
  fileprivate var shellWord: String {
    let isPlain = !isEmpty && allSatisfy { $0.isLetter || $0.isNumber || "-_./:=+,@%".contains($0) }
    return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
  }
}
