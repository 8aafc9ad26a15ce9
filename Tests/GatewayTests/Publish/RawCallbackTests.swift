import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

@Suite(.timeLimit(.minutes(2))) struct RawCallbackTests {
  private static let bot = "https://bot.example.com"

  private func play(_ act: (CallbackScene) async throws -> Void) async throws {
    try await GatewayStage.play { stage in try await act(CallbackScene(stage: stage)) }
  }

  private static func message(
    from number: PhoneNumberID,
    id: String = "wamid.one",
    account: String = "700100200300"
  ) -> JSON {
    [
      "object": "whatsapp_business_account",
      "entry": [
        [
          "id": .string(account),
          "changes": [
            [
              "value": [
                "messaging_product": "whatsapp",
                "metadata": [
                  "display_phone_number": "4930000001", "phone_number_id": .string(number.rawValue),
                ],
                "contacts": [["profile": ["name": "Ann"], "wa_id": "491700000042"]],
                "messages": [
                  [
                    "from": "491700000042", "id": .string(id), "timestamp": "1795255200",
                    "type": "text", "text": ["body": "Hello"],
                  ]
                ],
              ], "field": "messages",
            ]
          ],
        ]
      ],
    ]
  }

  @Test
  func `a program gets Meta's webhook byte by byte, signed as Meta signs, with its own secret`()
    async throws
  {
    try await play { scene in
      try await scene.add(Self.bot, "meta.raw")
      let body = Self.message(from: GatewayStage.number)
      try await scene.stage.hear(body)
      try await scene.deliver()
      let calls = scene.receiver.parcels(at: Self.bot)
      #expect(calls.map(\.body) == [body.serialized()])
      let signature = calls.first?[Signature.headerName]
      #expect(
        Signature.isValid(
          header: signature,
          body: body.serialized(),
          secrets: [CallbackScene.secret]
        )
      )
      #expect(calls.first?["webhook-signature"]?.hasPrefix("v1,") == true)
    }
  }

  @Test func `what is told about numbers nobody added, or not asked for, is told to nobody`()
    async throws
  {
    try await play { scene in
      try await scene.add(Self.bot, "meta.raw", numbers: [GatewayStage.number.rawValue])
      try await scene.stage.hear(Self.message(from: "111"))
      try await scene.deliver()
      #expect(scene.receiver.parcels(at: Self.bot).isEmpty)
    }
  }

  @Test(arguments: [("700100200300", 1), ("700100200301", 0)])
  func `what is told about an account goes to whoever has a number of it`(
    account: String,
    calls: Int
  ) async throws {
    try await play { scene in
      try await scene.add(Self.bot, "meta.raw")
      try await scene.stage.hear([
        "object": "whatsapp_business_account",
        "entry": [
          [
            "id": .string(account), "time": 1_795_255_200,
            "changes": [
              [
                "value": [
                  "event": "APPROVED", "message_template_id": 5,
                  "message_template_name": "hello", "message_template_language": "de",
                  "reason": "NONE",
                ], "field": "message_template_status_update",
              ]
            ],
          ]
        ],
      ])
      try await scene.deliver()
      #expect(scene.receiver.parcels(at: Self.bot).count == calls)
    }
  }

  @Test(arguments: [nil, "order-7"])
  func `the client's own reference comes back, and ours is never shown`(
    reference: String?
  ) async throws {
    try await play { scene in
      try await scene.add(Self.bot, "meta.raw")
      var message = GatewayStage.template()
      message.set("biz_opaque_callback_data", to: reference.map { .string($0) })
      _ = try await scene.stage.send(message)
      try await scene.stage.live(.seconds(60))
      try await scene.deliver()
      let bodies = scene.receiver.parcels(at: Self.bot).map {
        String(decoding: $0.body, as: UTF8.self)
      }
      #expect(bodies.contains { $0.contains(#""statuses""#) })
      for body in bodies where body.contains(#""statuses""#) {
        #expect(!body.contains("cw1/"))
        #expect(
          body.contains(#""biz_opaque_callback_data":"order-7""#) == (reference != nil),
          "\(body)"
        )
        #expect(body.contains("biz_opaque_callback_data") == (reference != nil))
      }
    }
  }
}
