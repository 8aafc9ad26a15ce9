import CloudAPI
import Foundation
import Testing

/// Payloads that pywa's authors recorded or wrote; see Tests/Fixtures/pywa/README.md.
struct Fixture: Sendable, CustomTestStringConvertible {
  /// Webhook bodies by event.
  static let updates = [
    "updates/account_update.json", "updates/call_connect.json",
    "updates/call_permission_update.json", "updates/call_status.json",
    "updates/call_terminate.json", "updates/callback_button.json",
    "updates/callback_selection.json", "updates/deleted_message.json",
    "updates/edited_message.json", "updates/flow_completion.json", "updates/message.json",
    "updates/message_status.json", "updates/outgoing_message.json", "updates/system.json",
    "updates/template_category_update.json", "updates/template_components_update.json",
    "updates/template_quality_update.json", "updates/template_status_update.json",
    "updates/user_marketing_preferences.json",
  ].map(Fixture.init)

  /// Bodies that create templates, and Flow JSON documents: not webhooks, but JSON.
  static let documents = [
    "templates/authentication/examples.json", "templates/buttons/examples.json",
    "templates/carousel/examples.json", "templates/limited_time_offer/examples.json",
    "flows/2_1/examples.json", "flows/4_0/examples.json", "flows/5_0/examples.json",
    "flows/5_1/examples.json", "flows/6_0/examples.json", "flows/6_1/examples.json",
    "flows/6_2/examples.json", "flows/6_3/examples.json", "flows/7_1/examples.json",
  ].map(Fixture.init)

  let path: String

  var testDescription: String { path }

  func bytes() throws -> [UInt8] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return Array(try Data(contentsOf: tests.appending(path: "Fixtures/pywa/\(path)")))
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
