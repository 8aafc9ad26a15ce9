import CloudAPI

/// Webhook bodies as Meta writes them, made by hand where the sandbox would not make them.
enum MetaBody {
  /// A body with text messages of customers.
  static func messages(
    _ messages: [(id: String, from: String, text: String)],
    at seconds: Int64,
    number: String = World.number
  ) -> [UInt8] {
    let items = messages.map { message -> JSON in
      [
        "from": .string(message.from), "id": .string(message.id),
        "timestamp": .string("\(seconds)"), "type": "text", "text": ["body": .string(message.text)],
      ]
    }
    return change("messages", ["messages": .array(items)], number: number).serialized()
  }

  /// A body around one change.
  static func change(_ field: String, _ members: JSON, number: String = World.number) -> JSON {
    var value: JSON = [
      "messaging_product": "whatsapp",
      "metadata": [
        "display_phone_number": "4930000001", "phone_number_id": .string(number),
      ],
    ]
    for member in members.members { value.set(member.key, to: member.value) }
    return [
      "object": "whatsapp_business_account",
      "entry": [
        [
          "id": .string(World.waba),
          "changes": [["field": .string(field), "value": value]],
        ]
      ],
    ]
  }
}
