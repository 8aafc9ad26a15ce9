import CloudAPI
import CustomerCare
import Foundation
import Gateway
import Support

@testable import Storage

/// What the gateway understands of a body, without a database.
enum Reading {
  /// The facts of a body received at the start of the stories.
  static func facts(
    _ body: JSON,
    receivedAt: Instant = GatewayStage.start
  ) throws -> [CareFact] {
    try entry(body.serialized(), receivedAt: receivedAt).changes.flatMap(\.facts)
  }

  /// Everything an entry says, with its flag.
  static func entry(
    _ body: [UInt8],
    receivedAt: Instant = GatewayStage.start
  ) throws -> EntryFacts {
    EntryFacts(told: try JournalEntry(row: Row(body: body, receivedAt: receivedAt)))
  }

  /// A body pywa's authors recorded or wrote; see Tests/Fixtures/pywa/README.md.
  static func fixture(_ file: String, _ name: String) throws -> JSON {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = tests.appending(path: "Fixtures/pywa/updates/\(file).json")
    guard let body = try JSON.parse(Array(Data(contentsOf: path)))[name] else {
      throw Unexpected("no \(name) in \(file)")
    }
    return body
  }

  private struct Row: SQLRow {
    let body: [UInt8]
    let receivedAt: Instant
    let columns = ["id", "received_at", "source", "body", "late"]

    func value(_ column: String) throws(StoreError) -> SQLValue {
      switch column {
      case "id": .integer(1)
      case "received_at": .instant(receivedAt)
      case "source": .text(JournalEntry.Source.webhook.rawValue)
      case "body": .bytes(body)
      case "late": .flag(false)
      default: throw .misuse("There is no column \(column)")
      }
    }
  }
}

extension [CareFact] {
  /// What bears on windows.
  var ledger: [LedgerEntry] {
    compactMap { if case .ledger(let entry) = $0 { entry } else { nil } }
  }

  /// The messages.
  var messages: [StoredMessage] {
    compactMap { if case .message(let fact) = $0 { fact.message } else { nil } }
  }

  /// The edits and revocations.
  var amendments: [Amendment] {
    compactMap { if case .amendment(let amendment) = $0 { amendment } else { nil } }
  }

  /// The statuses of our messages.
  var statuses: [StatusFact] {
    compactMap { if case .status(let status) = $0 { status } else { nil } }
  }

  /// Who is who.
  var identities: [IdentityFact] {
    compactMap { if case .identity(let fact) = $0 { fact } else { nil } }
  }

  /// What customers call themselves.
  var profiles: [ProfileFact] {
    compactMap { if case .profile(let fact) = $0 { fact } else { nil } }
  }

  /// What customers want to receive.
  var preferences: [PreferenceFact] {
    compactMap { if case .preference(let fact) = $0 { fact } else { nil } }
  }

  /// What Meta says of templates.
  var templates: [TemplateFact] {
    compactMap { if case .template(let fact) = $0 { fact } else { nil } }
  }

  /// What Meta took or gave back.
  var restrictions: [RestrictionFact] {
    compactMap { if case .restriction(let fact) = $0 { fact } else { nil } }
  }
}
