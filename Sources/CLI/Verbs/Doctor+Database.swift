import CustomerCare
import Gateway
import PostgresEngine
import Storage

/// Whether the database is there, fit for us and of this release; changes nothing in it.
struct DatabaseCheckup {
  typealias Check = Doctor.Check

  /// What the other checks need to know of it.
  struct Found {
    var numbers: [NumberRecord]
    var counts: JournalCounts
    var unclaimed: [(number: PhoneNumberID, entries: Int)]
    var mediaCounts: MediaCounts
    var mediaTroubles: [(reason: String, count: Int)]
  }

  let database: Database

  init(_ database: Database) {
    self.database = database
  }

  /// Looks at it.
  ///
  /// - Returns: The checks, and what was found in it; `nil` when nothing could be read.
  func look(quietly: Bool) async -> (checks: [Check], found: Found?) {
    var checks: [Check] = []
    if case .server(let address) = database.place {
      do {
        let report = try await ServerReport.ask(address) { SystemTime().now.milliseconds }
        checks += ServerCheckup(report).checks
      } catch {
        return ([unusable("\(database.name) does not answer: \(error.message)")], nil)
      }
    }
    do {
      let engine = try await database.open(looking: true, quietly: quietly)
      let schema = Self.schema(try await Schema.standing(of: engine))
      checks.insert(Check(name: "database", ok: true, detail: "\(database.name) opens"), at: 0)
      checks.append(schema)
      // Of other tables than this release's nobody knows what they hold.
      let found = schema.ok == true ? try await read(engine) : nil
      try await engine.close()
      return (checks, found)
    } catch {
      // What the server said of itself says why, if it is to blame.
      let isExplained = checks.contains { $0.ok == false }
      let failure = unusable("\(error)", remedy: isExplained ? "See below." : nil)
      return ([failure] + checks, nil)
    }
  }

  private func read(_ engine: any SQLEngine) async throws -> Found {
    try await engine.read { unit in
      Found(
        numbers: try Numbers.list(in: unit),
        counts: try Journal.counts(in: unit),
        unclaimed: try Journal.unclaimed(in: unit),
        mediaCounts: try MediaViews.counts(in: unit),
        mediaTroubles: try MediaViews.troubles(in: unit)
      )
    }
  }

  private func unusable(_ detail: String, remedy: String? = nil) -> Check {
    let usual =
      switch database.place {
      case .file: "Check CAREWINDOW_DATABASE and the folder's permissions."
      case .server:
        """
        Check host, port, user, password and database in CAREWINDOW_DATABASE, and that the server takes connections \
        from this machine (listen_addresses, pg_hba.conf, firewall).
        """
      }
    return Check(name: "database", ok: false, detail: detail, remedy: remedy ?? usual)
  }

  private static func schema(_ standing: Schema.Standing) -> Check {
    var check = Check(name: "database.schema", ok: true, detail: "its tables are this release's")
    switch standing {
    case .current: break
    case .older(let missing):
      check.ok = false
      check.detail = "its tables are an older release's, \(missing) steps behind"
      check.remedy =
        "Make a backup, then start carewindow serve of this release: it makes the steps."
    case .ahead(let step):
      check.detail = "its tables are the next release's (\(step)), which do for this one"
    case .newer(let step):
      check.ok = false
      check.detail = "its tables are a newer release's (\(step))"
      check.remedy = "Run that release, or restore a backup made before the upgrade."
    }
    return check
  }
}
