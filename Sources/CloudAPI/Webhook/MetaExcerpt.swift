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
  }

  /// The excerpt as bytes, each reference replaced, or left out where `replaced` gives nil.
  package func bytes(_ replaced: (String) -> String?) -> [UInt8] {
    references.isEmpty ? json.serialized() : Self.replacing(json, replaced).serialized()
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
