import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support

/// A day with everything in it: what every journal must be able to tell again.
enum Day {
  /// When everything was said.
  static let end = GatewayStage.start + .seconds(30 * 3_600)

  /// Plays the day; every kind of fact happens, in and out.
  static func play(on stage: GatewayStage) async throws {
    try stage.meta.set(["pair_limit": false])
    let reaction: JSON = ["type": "reaction"]
    try stage.meta.writes(GatewayStage.customer, ["name": "Anna", "text": "Hello"])
    try stage.meta.writes("US.13491208655302741918", ["type": "image"])
    try stage.meta.writes(GatewayStage.customer, ["group_id": "Y2FyZXdpbmRvdw"])
    try await stage.live(.seconds(10))
    _ = try await stage.send()
    try await stage.live(.seconds(10))
    try stage.meta.writes(GatewayStage.customer, reaction)
    try stage.meta.writes(GatewayStage.customer, ["type": "edit"])
    try stage.meta.writes("4917000000431", ["type": "unsupported"])
    try stage.meta.calls("4917000000432")
    // Dialled with the ninth digit; the answer says who that is.
    _ = try await stage.send(GatewayStage.template(to: "5531987654321"))
    try await stage.live(.seconds(60))
    // Meta's glitch, at once and by webhook: a doubt each, of which one is a journalled answer.
    try stage.meta.breaks(["kind": "glitch", "path": "http"])
    _ = try await stage.send(GatewayStage.text(to: "4917000000432"))
    try stage.meta.breaks(["kind": "glitch"])
    _ = try await stage.send()
    try await stage.live(.seconds(60))
    stage.meta.foretell(.unknownAfterAccepting)
    _ = try await stage.send(GatewayStage.text(to: "US.13491208655302741918"), through: .api)
    try await stage.live(.seconds(60))
    try stage.meta.changes("4917000000432", ["moves_to": "4917000000433"])
    try stage.meta.writes("4917000000433", ["delay_ms": 7_200_000])
    try await stage.live(.seconds(7_200))
    try await stage.hear(Bodies.change(["messages": .null]))
    try await stage.hear(preference)
    try await stage.hear(twoNumbers)
    stage.clock.advance(to: end)
    await stage.attend()
  }

  private static let preference = Bodies.change(
    [
      "user_preferences": [
        [
          "wa_id": .string(GatewayStage.customer), "category": "marketing_messages",
          "value": "stop", "timestamp": .string(String(GatewayStage.start.seconds)),
        ]
      ]
    ],
    field: "user_preferences"
  )

  /// One body for our number and for one nobody added.
  private static let twoNumbers: JSON = [
    "object": "whatsapp_business_account",
    "entry": .array(
      (Bodies.message("wamid.ours")["entry"]?.items ?? [])
        + (Bodies.message("wamid.theirs", number: "900800799")["entry"]?.items ?? [])
    ),
  ]

  /// The journal as it was kept, oldest first.
  static func journal(of stage: GatewayStage) async throws -> [JournalEntry] {
    try await stage.engine.read { unit in try Journal.page(after: nil, limit: 10_000, in: unit) }
  }
}
