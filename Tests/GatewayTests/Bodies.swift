import CloudAPI
import CustomerCare
import Support

/// Webhook bodies as Meta writes them, one change each.
enum Bodies {
  /// One change of a field.
  static func change(
    _ value: JSON,
    field: String = "messages",
    number: PhoneNumberID = GatewayStage.number
  ) -> JSON {
    var value = value
    value.set("messaging_product", to: "whatsapp")
    value.set(
      "metadata",
      to: [
        "display_phone_number": "4930000001", "phone_number_id": .string(number.rawValue),
      ]
    )
    return [
      "object": "whatsapp_business_account",
      "entry": [
        [
          "id": .string(GatewayStage.waba.rawValue),
          "changes": [["value": value, "field": .string(field)]],
        ]
      ],
    ]
  }

  /// A message of a customer.
  static func message(
    _ id: String = "wamid.1",
    from customer: String = GatewayStage.customer,
    at instant: Instant = GatewayStage.start,
    number: PhoneNumberID = GatewayStage.number
  ) -> JSON {
    change(
      [
        "contacts": [["profile": ["name": "Anna"], "wa_id": .string(customer)]],
        "messages": [text(id, from: customer, at: instant)],
      ],
      number: number
    )
  }

  /// So many messages of as many customers in one body.
  static func many(_ count: Int) -> JSON {
    let customers = (0..<count).map { "4917\(20_000_000 + $0)" }
    return change(
      [
        "contacts": .array(
          customers.map { ["profile": ["name": "Anna"], "wa_id": .string($0)] }
        ),
        "messages": .array(customers.map { text("wamid.\(count).\($0)", from: $0) }),
      ]
    )
  }

  /// The item of one text.
  static func text(
    _ id: String,
    from customer: String = GatewayStage.customer,
    at instant: Instant = GatewayStage.start
  ) -> JSON {
    [
      "from": .string(customer), "id": .string(id),
      "timestamp": .string(String(instant.seconds)), "type": "text", "text": ["body": "Hello"],
    ]
  }
}
