import CustomerCare
import PostgresEngine

/// What a PostgreSQL server says of itself, judged.
struct ServerCheckup {
  typealias Check = Doctor.Check

  private let report: ServerReport

  init(_ report: ServerReport) {
    self.report = report
  }

  var checks: [Check] {
    [version, text, primary, durability, connections, encryption, clock]
  }

  private var version: Check {
    Check(
      name: "database.version",
      ok: report.isNewEnough,
      detail: "the server is PostgreSQL \(report.version)",
      remedy: report.isNewEnough
        ? "" : "PostgreSQL \(PostgresEngine.versionMin / 10_000) or newer is needed."
    )
  }

  private var text: Check {
    Check(
      name: "database.text",
      ok: report.hasOurText,
      detail: "encoding and collation are \(report.text)",
      remedy: report.hasOurText
        ? ""
        : "Make a database with: createdb --template=template0 --encoding=UTF8 --locale=C carewindow"
    )
  }

  private var primary: Check {
    Check(
      name: "database.primary",
      ok: report.isPrimary,
      detail: report.isPrimary
        ? "the server takes writes" : "the server is a standby, which takes no writes",
      remedy: report.isPrimary
        ? ""
        : "Name every host in CAREWINDOW_DATABASE (host1,host2): the one that takes writes is found. Or promote it."
    )
  }

  private var durability: Check {
    let bad = report.durability.filter { ["off", "local"].contains($0.value) }
    let said = report.durability.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
    return Check(
      name: "database.durability",
      ok: bad.isEmpty,
      detail: said,
      remedy: bad.isEmpty
        ? ""
        : "Set \(bad.map { "\($0.name) = on" }.joined(separator: ", ")) in postgresql.conf: "
          + "a power cut may lose what Meta was told is stored."
    )
  }

  /// Whether one more node would find its connections, when those that run have all of theirs.
  private var connections: Check {
    let perNode = PostgresEngine.Options().connectionsMax
    let connections = report.connections
    let nodes = (connections.ours + perNode - 1) / perNode
    let needed = (nodes + 1) * perNode - connections.ours
    let isFine = connections.free >= needed
    return Check(
      name: "database.connections",
      ok: isFine,
      detail: """
        \(connections.free) of \(connections.max) are free, \(connections.ours) are CareWindow's; \
        a node takes up to \(perNode)
        """,
      remedy: isFine
        ? ""
        : "Raise max_connections, or the limit of the database or its user: a further node needs \(needed)."
    )
  }

  private var encryption: Check {
    var check = Check(name: "database.encryption", ok: true, detail: "")
    let advice =
      "Add ?sslmode=verify-full to CAREWINDOW_DATABASE, with a certificate on the server."
    switch (report.encryption, report.distance) {
    case (let version?, _) where report.isVerified || report.distance == .local:
      check.detail = "the connection is encrypted with \(version)"
    case (let version?, _):
      check.ok = nil
      check.detail = "encrypted with \(version), but nobody checks that it is the right server"
      check.remedy = advice
    case (nil, .local): check.detail = "the server is on this machine"
    case (nil, .near):
      check.ok = nil
      check.detail =
        "not encrypted; whether the private network in between is yours alone, nobody can tell"
      check.remedy = advice
    case (nil, .far):
      check.ok = false
      check.detail = "customers' messages cross a network in the clear"
      check.remedy = advice
    }
    return check
  }

  private var clock: Check {
    let clocks = report.clocks
    let gap = ClockGap(
      before: Instant(milliseconds: clocks.before),
      theirs: Instant(milliseconds: clocks.server),
      after: Instant(milliseconds: clocks.after),
      resolution: .milliseconds(1)
    )
    return .clock(gap, name: "database.clock", of: "the server's clock")
  }
}
