package import CloudAPI
import CustomerCare
import Gateway
import Hummingbird
package import Storage

/// `/v1/templates`: what may be sent when a window is closed.
struct TemplatesAPI: Sendable {
  let engine: any SQLEngine
  let time: any TimeSource
  let limits: WebLimits

  var routes: [APIRoute] {
    [
      APIRoute(
        .get,
        "/v1/templates",
        "listTemplates",
        scope: .read,
        query: Paging.names,
        run: list
      )
    ]
  }

  @Sendable private func list(_ call: APICall) async throws -> Response {
    let paging = try Paging(call.query, limits)
    let now = time.now
    let page = try await engine.read { unit in
      // A token that is good for some numbers sees the templates of their accounts.
      let accounts = try call.token.numbers.map { numbers in
        Set(
          try Numbers.list(in: unit).map(\.facts)
            .filter { numbers.contains($0.phoneNumberID) }.map(\.wabaID)
        )
      }
      return try TemplateViews.list(
        of: accounts,
        after: paging.cursor,
        limit: paging.limit,
        at: now,
        in: unit
      )
    }
    return Response(.ok, json: page.json(\.json))
  }
}

extension TemplateRecord {
  /// The template as `/v1` and the verbs show it.
  package var json: JSON {
    [
      "id": .string(template.id.rawValue), "waba_id": .string(account.rawValue),
      "name": .string(template.name), "language": .string(template.language),
      "status": .string(template.status.word), "status_reason": .text(template.statusReason),
      "category": .text(template.category?.word), "quality": .string(template.quality.rawValue),
      "parameter_format": .text(template.form?.format.rawValue),
      "components": components.flatMap { try? JSON.parse(text: $0) } ?? .null,
      "sendable": .bool(template.obstacle == nil), "edited_since": .bool(template.isOutdated),
      "checked_at": .text(checkedAt?.rfc3339),
    ]
  }
}
