import CloudAPI
import CustomerCare
import Gateway
import Hummingbird
import Storage

/// `/v1/conversations`: who wrote with which number, and what.
struct ConversationsAPI: Sendable {
  let engine: any SQLEngine
  let time: any TimeSource
  let margin: Duration
  /// How the world reaches us: what addresses of files begin with.
  let publicURL: String
  let limits: WebLimits

  var routes: [APIRoute] {
    [
      APIRoute(
        .get,
        "/v1/conversations",
        "listConversations",
        scope: .read,
        query: Paging.names,
        run: list
      ),
      APIRoute(
        .get,
        "/v1/conversations/{phone_number_id}/{customer}",
        "getConversation",
        scope: .read,
        run: conversation
      ),
      APIRoute(
        .get,
        "/v1/conversations/{phone_number_id}/{customer}/messages",
        "listMessages",
        scope: .read,
        query: Paging.names,
        run: messages
      ),
    ]
  }

  @Sendable private func list(_ call: APICall) async throws -> Response {
    let paging = try Paging(call.query, limits)
    let now = time.now
    let page = try await engine.read { unit in
      try Conversations.list(
        numbers: call.token.numbers,
        now: now,
        after: paging.cursor,
        limit: paging.limit,
        in: unit
      )
    }
    return Response(
      .ok,
      json: page.json { summary in
        var json = summary.conversation.json(margin: margin)
        json.set("last_message_at", to: .time(summary.lastMessageAt))
        return json
      }
    )
  }

  @Sendable private func conversation(_ call: APICall) async throws -> Response {
    let found = try await call.conversation(in: engine, at: time.now)
    return Response(.ok, json: found.json(margin: margin))
  }

  @Sendable private func messages(_ call: APICall) async throws -> Response {
    let number = try call.number()
    let paging = try Paging(call.query, limits)
    let page = try await engine.read { unit in
      try Conversations.messages(
        number: number,
        customer: call.customer,
        after: paging.cursor,
        limit: paging.limit,
        in: unit
      )
    }
    guard let page else { throw Problem.unknownNumber }
    return Response(.ok, json: page.json { $0.json(publicURL: publicURL) })
  }
}

extension Conversation {
  fileprivate func json(margin: Duration) -> JSON {
    [
      "phone_number_id": .string(number.rawValue), "customer": customerJSON, "name": .text(name),
      "window": windowJSON(margin: margin),
    ]
  }
}
