import CloudAPI
import CustomerCare
import Gateway
import Hummingbird
import Storage

/// `/v1/callbacks`: whom we call, and what they are still owed.
struct CallbacksAPI: Sendable {
  let engine: any SQLEngine
  let desk: CallbackDesk
  let time: any TimeSource
  let limits: WebLimits

  var routes: [APIRoute] {
    [
      APIRoute(.get, "/v1/callbacks", "listCallbacks", scope: .manage, run: list),
      APIRoute(.post, "/v1/callbacks", "addCallback", scope: .manage, run: add),
      APIRoute(.get, "/v1/callbacks/{id}", "getCallback", scope: .manage, run: callback),
      APIRoute(.delete, "/v1/callbacks/{id}", "removeCallback", scope: .manage, run: remove),
      APIRoute(
        .get,
        "/v1/callbacks/{id}/deliveries",
        "listDeliveries",
        scope: .manage,
        query: Paging.names.union(["delivery_state"]),
        run: deliveries
      ),
      APIRoute(
        .post,
        "/v1/callbacks/{id}/redeliver",
        "redeliver",
        scope: .manage,
        run: redeliver
      ),
    ]
  }

  @Sendable private func list(_ call: APICall) async throws -> Response {
    let (callbacks, counts) = try await engine.read { unit in
      (try Callbacks.list(in: unit), try CallbackDeliveries.counts(in: unit))
    }
    let seen = callbacks.filter(call.token.isGood(for:))
    return Response(
      .ok,
      json: ["data": .array(seen.map { $0.json(counts[$0.id] ?? (0, 0)) }), "next": .null]
    )
  }

  @Sendable private func add(_ call: APICall) async throws -> Response {
    let draft = try CallbackDesk.Draft(try await call.object(limits))
    let numbers = draft.numbers.map { $0.map { PhoneNumberID($0) } }
    // A token that is good for some numbers only cannot ask for all.
    guard numbers?.allSatisfy(call.token.isGood(for:)) ?? (call.token.numbers == nil) else {
      throw Problem.unknownNumber
    }
    do {
      return Response(.created, json: try await desk.add(draft).json((0, 0)))
    } catch let refusal as CallbackDesk.Refusal {
      switch refusal.cause {
      case .tooMany: throw Problem(.conflict, "too_many_callbacks", refusal.reason)
      case .unknownNumber: throw Problem.unknownNumber
      case .invalid: throw Problem.invalid(refusal.member, refusal.reason)
      }
    }
  }

  @Sendable private func callback(_ call: APICall) async throws -> Response {
    let found = try await find(call)
    let counts = try await engine.read { unit in try CallbackDeliveries.counts(in: unit) }
    return Response(.ok, json: found.json(counts[found.id] ?? (0, 0)))
  }

  @Sendable private func remove(_ call: APICall) async throws -> Response {
    let found = try await find(call)
    let isRemoved = try await engine.write(.rest) { unit in
      try Callbacks.remove(found.id, in: unit)
    }
    guard isRemoved else { throw Self.unknownCallback }
    return Response(bare: .noContent)
  }

  @Sendable private func deliveries(_ call: APICall) async throws -> Response {
    let paging = try Paging(call.query, limits)
    let state = try call.query["delivery_state"].map { text throws(Problem) in
      guard let state = DeliveryView.State(rawValue: text) else {
        throw .invalid("delivery_state", "It must be pending, delivered or dead.")
      }
      return state
    }
    let found = try await find(call)
    let page = try await engine.read { unit in
      try CallbackDeliveries.list(
        of: found.id,
        state: state,
        after: paging.cursor,
        limit: paging.limit,
        in: unit
      )
    }
    return Response(.ok, json: page.json(\.json))
  }

  @Sendable private func redeliver(_ call: APICall) async throws -> Response {
    let json = try await call.object(limits)
    try json.allow(["delivery"])
    let delivery = try json["delivery"].map { json throws(Problem) in
      guard case .string(let text) = json, PathParameter.id.accepts(text) else {
        throw .invalid("delivery", "It must be the id of a delivery.")
      }
      return text
    }
    let found = try await find(call)
    let now = time.now
    let count = try await engine.write(.rest) { unit in
      try CallbackDeliveries.redeliver(delivery, of: found.id, now: now, in: unit)
    }
    guard delivery == nil || count > 0 else {
      throw Problem(
        .notFound,
        "unknown_delivery",
        "The callback has no such delivery, or it has not ended."
      )
    }
    return Response(.accepted, json: ["redelivering": .integer(count)])
  }

  private func find(_ call: APICall) async throws -> CallbackRecord {
    let id = CallbackID(call.id)
    let found = try await engine.read { unit in try Callbacks.find(id, in: unit) }
    guard let found, call.token.isGood(for: found) else { throw Self.unknownCallback }
    return found
  }

  private static let unknownCallback = Problem(
    .notFound,
    "unknown_callback",
    "There is no such callback, or this token is not good for its numbers."
  )
}

extension TokenRecord {
  /// Whether the token is good for everything a callback is told.
  fileprivate func isGood(for callback: CallbackRecord) -> Bool {
    callback.numbers?.allSatisfy(isGood(for:)) ?? (numbers == nil)
  }
}

extension CallbackDesk.Draft {
  /// Reads what a program posts.
  fileprivate init(_ json: JSON) throws(Problem) {
    try json.allow(["url", "kinds", "numbers", "secret"])
    self.init(
      url: try json.required("url"),
      kinds: try json.texts("kinds") ?? [],
      numbers: try json.texts("numbers"),
      secret: try json.required("secret")
    )
  }
}

extension JSON {
  /// Refuses members that nobody would look at.
  fileprivate func allow(_ known: Set<String>) throws(Problem) {
    guard let unknown = members.first(where: { !known.contains($0.key) }) else { return }
    throw Problem(
      .badRequest,
      "unknown_member",
      "There is no member `\(unknown.key.prefix(40))` here."
    )
  }

  fileprivate func required(_ key: String) throws(Problem) -> String {
    guard case .string(let text) = self[key] else { throw .invalid(key, "It must be text.") }
    return text
  }

  fileprivate func texts(_ key: String) throws(Problem) -> [String]? {
    guard let value = self[key] else { return nil }
    guard case .array(let items) = value else { throw .invalid(key, "It must be a list.") }
    return try items.map { item throws(Problem) in
      guard case .string(let text) = item else { throw .invalid(key, "It must hold text.") }
      return text
    }
  }
}

extension CallbackRecord {
  fileprivate func json(_ count: (pending: Int, dead: Int)) -> JSON {
    [
      "id": .string(id.rawValue), "url": .string(url),
      "kinds": .array(kinds.map(\.rawValue).sorted().map(JSON.string)),
      "numbers": numbers.map { .array($0.map(\.rawValue).sorted().map(JSON.string)) } ?? .null,
      "created_at": .time(createdAt), "pending": .integer(count.pending),
      "dead": .integer(count.dead),
    ]
  }
}

extension DeliveryView {
  fileprivate var json: JSON {
    [
      "id": .string(id), "kind": .string(kind.rawValue), "state": .string(state.rawValue),
      "attempts": .integer(attempts), "result": .text(result), "created_at": .time(createdAt),
      "tried_at": .time(triedAt), "next_at": .time(nextAt),
    ]
  }
}
