import CloudAPI
import Foundation
import Testing

/// Payloads that pywa's authors recorded or wrote; see Tests/Fixtures/pywa/README.md.
struct Fixture: Sendable, CustomTestStringConvertible {
  /// Webhook bodies by event.
  static let updates = [
    "pywa/updates/account_update.json", "pywa/updates/call_connect.json",
    "pywa/updates/call_permission_update.json", "pywa/updates/call_status.json",
    "pywa/updates/call_terminate.json", "pywa/updates/callback_button.json",
    "pywa/updates/callback_selection.json", "pywa/updates/deleted_message.json",
    "pywa/updates/edited_message.json", "pywa/updates/flow_completion.json",
    "pywa/updates/message.json",
    "pywa/updates/message_status.json", "pywa/updates/outgoing_message.json",
    "pywa/updates/system.json",
    "pywa/updates/template_category_update.json", "pywa/updates/template_components_update.json",
    "pywa/updates/template_quality_update.json", "pywa/updates/template_status_update.json",
    "pywa/updates/user_marketing_preferences.json",
  ].map(Fixture.init)

  /// Bodies that create templates, and Flow JSON documents: not webhooks, but JSON.
  static let documents = [
    "pywa/templates/authentication/examples.json", "pywa/templates/buttons/examples.json",
    "pywa/templates/carousel/examples.json", "pywa/templates/limited_time_offer/examples.json",
    "pywa/flows/2_1/examples.json", "pywa/flows/4_0/examples.json", "pywa/flows/5_0/examples.json",
    "pywa/flows/5_1/examples.json", "pywa/flows/6_0/examples.json", "pywa/flows/6_1/examples.json",
    "pywa/flows/6_2/examples.json", "pywa/flows/6_3/examples.json", "pywa/flows/7_1/examples.json",
  ].map(Fixture.init)

  let path: String

  var testDescription: String { path }

  func bytes() throws -> [UInt8] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return Array(try Data(contentsOf: tests.appending(path: "Fixtures/\(path)")))
  }

  /// The named bodies in the file.
  func cases() throws -> [(name: String, body: [UInt8])] {
    try JSON.parse(bytes()).members.map { ($0.key, $0.value.serialized()) }
  }
}

/// Chance that gives the same numbers on every run (SplitMix64).
struct SeededChance: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
