/// What a webhook body says about one number or one account, as Meta wrote it.
///
/// Entries and changes about others are left out; order of members and text of numbers stay. The `url` of
/// media is left out: it opens only with Meta's own token.
package struct MetaExcerpt: Sendable, Hashable {
  private static let mediaKinds: Set = ["image", "video", "audio", "document", "sticker", "voice"]
  private static let referenceKey = "biz_opaque_callback_data"

  private let json: JSON
  /// Every `biz_opaque_callback_data` in it.
  package let references: Set<String>
  /// Those of messages that failed because no window was open (131047).
  package let closedWindows: Set<String>

  /// Takes an excerpt; `nil` when the body says nothing about the subject.
  ///
  /// - Parameters:
  ///   - body: A webhook body.
  ///   - subject: A `phone_number_id`, for changes that name one; or an account's id, for those that do not.
  package init?(_ body: JSON, about subject: String) {
    var body = body
    var references: Set<String> = []
    let entries = (body["entry"]?.items ?? []).compactMap { entry -> JSON? in
      let changes = (entry["changes"]?.items ?? []).filter { change in
        let number = change["value"]?["metadata"]?["phone_number_id"]?.text
        return number.map { $0 == subject } ?? (entry["id"]?.text == subject)
      }
      guard !changes.isEmpty else { return nil }
      var entry = entry
      entry.set("changes", to: .array(changes.map { Self.cleaned($0, &references) }))
      return entry
    }
    guard !entries.isEmpty else { return nil }
    body.set("entry", to: .array(entries))
    json = body
    self.references = references
    closedWindows = Set(
      Self.changes(of: body).flatMap { $0["value"]?["statuses"]?.items ?? [] }
        .compactMap(Self.closedWindow(of:))
    )
  }

  /// The excerpt as bytes, each reference replaced, or left out where `replaced` gives nil.
  ///
  /// - Parameters:
  ///   - withheld: Which of `closedWindows` are left out with their statuses.
  ///   - replaced: What stands in the place of a reference.
  /// - Returns: The bytes; `nil` when nothing is left.
  package func bytes(
    withholding withheld: Set<String> = [],
    _ replaced: (String) -> String?
  ) -> [UInt8]? {
    guard let json = withheld.isEmpty ? json : Self.without(withheld, json) else { return nil }
    return references.isEmpty ? json.serialized() : Self.replacing(json, replaced).serialized()
  }

  private static func changes(of body: JSON) -> [JSON] {
    (body["entry"]?.items ?? []).flatMap { $0["changes"]?.items ?? [] }
  }

  /// The reference of a status that says: failed, no window was open.
  private static func closedWindow(of status: JSON) -> String? {
    guard status["status"]?.text == "failed",
      status["errors"]?.items.contains(where: { $0["code"]?.integer == 131047 }) == true
    else { return nil }
    return status[referenceKey]?.text
  }

  /// A body without some statuses, and without what is empty then.
  private static func without(_ withheld: Set<String>, _ body: JSON) -> JSON? {
    let entries = (body["entry"]?.items ?? []).compactMap { entry -> JSON? in
      let changes = (entry["changes"]?.items ?? []).compactMap { change -> JSON? in
        guard var value = change["value"], let statuses = value["statuses"]?.items else {
          return change
        }
        let left = statuses.filter { closedWindow(of: $0).map(withheld.contains) != true }
        guard left.count < statuses.count else { return change }
        guard !left.isEmpty || value["messages"] != nil else { return nil }
        value.set("statuses", to: left.isEmpty ? nil : .array(left))
        var change = change
        change.set("value", to: value)
        return change
      }
      guard !changes.isEmpty else { return nil }
      var entry = entry
      entry.set("changes", to: .array(changes))
      return entry
    }
    guard !entries.isEmpty else { return nil }
    var body = body
    body.set("entry", to: .array(entries))
    return body
  }

  /// An object of a message without the `url` of its media.
  package static func withoutMediaURL(_ value: JSON, under key: String) -> JSON {
    guard mediaKinds.contains(key), value.isObject else { return value }
    var value = value
    value.set("url", to: nil)
    return value
  }

  private static func cleaned(_ json: JSON, _ references: inout Set<String>) -> JSON {
    switch json {
    case .object(let members):
      .object(
        members.map { member in
          if member.key == referenceKey, case .string(let text) = member.value {
            references.insert(text)
          }
          let value = cleaned(member.value, &references)
          return JSONMember(member.key, withoutMediaURL(value, under: member.key))
        }
      )
    case .array(let items): .array(items.map { cleaned($0, &references) })
    default: json
    }
  }

  private static func replacing(_ json: JSON, _ replaced: (String) -> String?) -> JSON {
    switch json {
    case .object(let members):
      .object(
        members.compactMap { member in
          if member.key == referenceKey, case .string(let text) = member.value {
            return replaced(text).map { JSONMember(member.key, .string($0)) }
          }
          return JSONMember(member.key, replacing(member.value, replaced))
        }
      )
    case .array(let items): .array(items.map { replacing($0, replaced) })
    default: json
    }
  }
}
