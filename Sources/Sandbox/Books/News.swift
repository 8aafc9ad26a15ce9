import CloudAPI

/// One thing a business's webhook is told: a piece of `value` in a change.
struct News: Sendable {
  let wabaID: String
  /// `messages`, `calls`, `smb_message_echoes`, ….
  let field: String
  /// The business number, or nil for news about an account.
  let number: SandboxNumber?
  /// The items of `contacts`.
  var contacts: [JSON] = []
  /// The name of the array in `value`: `messages`, `statuses`, `calls`, ….
  var list = ""
  var items: [JSON] = []
  /// The whole `value` where it is no list.
  var value: JSON?
  /// `entry[].time` in seconds, which only account fields have.
  var time: Int64?

  /// News as items of a list in the value of a number's change.
  static func list(
    _ name: String,
    _ items: [JSON],
    field: String,
    number: SandboxNumber,
    contacts: [JSON] = []
  ) -> News {
    News(
      wabaID: number.wabaID,
      field: field,
      number: number,
      contacts: contacts,
      list: name,
      items: items
    )
  }

  /// News about an account.
  static func account(_ value: JSON, field: String, wabaID: String, at instant: Int64) -> News {
    News(wabaID: wabaID, field: field, number: nil, value: value, time: instant / 1000)
  }

  /// Whether other news can stand in the same `value`.
  fileprivate func joins(_ other: News) -> Bool {
    value == nil && other.value == nil && field == other.field && list == other.list
      && number?.phoneNumberID == other.number?.phoneNumberID
  }
}

extension JSON {
  /// The value, or nothing.
  ///
  /// In `condition ? value : nil` the compiler takes `nil` for `JSON.null`, which Meta would not write.
  func when(_ condition: Bool) -> JSON? {
    guard condition else { return Optional<JSON>.none }
    return self
  }
}

/// The body of a webhook.
enum WebhookBody {
  /// Puts news into one body: an entry for each account, a change for each number and field.
  ///
  /// Meta promises no grouping, so chance decides whether neighbours share a change.
  static func bytes(_ news: [News], chance: inout Chance) -> [UInt8] {
    var entries: [(wabaID: String, time: Int64?, changes: [News])] = []
    for piece in news {
      guard let last = entries.last, last.wabaID == piece.wabaID, last.time == piece.time,
        piece.time == nil
      else {
        entries.append((piece.wabaID, piece.time, [piece]))
        continue
      }
      let index = entries.count - 1
      if let end = entries[index].changes.last, end.joins(piece), chance.happens(0.5) {
        let position = entries[index].changes.count - 1
        entries[index].changes[position].items += piece.items
        let known = Set(end.contacts)
        entries[index].changes[position].contacts += piece.contacts.filter { !known.contains($0) }
      } else {
        entries[index].changes.append(piece)
      }
    }
    let body: JSON = [
      "object": "whatsapp_business_account",
      "entry": .array(
        entries.map { entry in
          .present([
            "id": .string(entry.wabaID), "time": entry.time.map { .integer($0) },
            "changes": .array(entry.changes.map(change)),
          ])
        }
      ),
    ]
    return body.serialized()
  }

  private static func change(_ news: News) -> JSON {
    if let value = news.value { return ["value": value, "field": .string(news.field)] }
    var value: JSON = ["messaging_product": "whatsapp"]
    if let number = news.number {
      value.set(
        "metadata",
        to: [
          "display_phone_number": .string(number.displayPhoneNumber),
          "phone_number_id": .string(number.phoneNumberID),
        ]
      )
    }
    if !news.contacts.isEmpty { value.set("contacts", to: .array(news.contacts)) }
    value.set(news.list, to: .array(news.items))
    return ["value": value, "field": .string(news.field)]
  }
}
