import CloudAPI

/// The tester's desk: JSON under `/_sandbox`.
struct SandboxDesk {
  let world: SandboxWorld

  /// Answers one request.
  func answer(_ call: GraphCall) async -> GraphReply {
    do throws(MetaError) {
      return .json(200, try await route(call))
    } catch {
      return .json(
        error.status,
        ["error": ["message": .string(error.title), "details": .string(error.details ?? "")]]
      )
    }
  }

  private func route(_ call: GraphCall) async throws(MetaError) -> JSON {
    let path = Array(call.path.dropFirst())
    let json = try Self.body(call)
    switch (call.method, path.first ?? "", path.count) {
    case ("POST", "customers", 2), ("POST", "customers", 3):
      return try customer(path[1], path.count == 3 ? path[2] : "", json, call)
    case ("POST", "app", 2) where path[1] == "messages": return try world.appWrites(json)
    case ("GET", "clock", 1): return clock()
    case ("POST", "clock", 2) where path[1] == "advance": return try await advance(json)
    case ("GET", _, 1): return try look(path[0], call)
    case ("POST", _, 1): return try set(path[0], json, call)
    case ("DELETE", "faults", 1):
      world.with { meta, _ in meta.clearFaults() }
      return ["success": true]
    default: throw Self.unknown(call)
    }
  }

  private func customer(
    _ name: String,
    _ act: String,
    _ json: JSON,
    _ call: GraphCall
  ) throws(MetaError) -> JSON {
    switch act {
    case "messages": return try world.customerWrites(name, json)
    case "calls": return try world.customerCalls(name, json)
    case "":
      return try world.with { (meta, now) throws(MetaError) in
        try meta.customerChanges(name, json, now: now)
      }
    default: throw Self.unknown(call)
    }
  }

  private func look(_ what: String, _ call: GraphCall) throws(MetaError) -> JSON {
    try world.with { (meta, now) throws(MetaError) in
      switch what {
      case "outbox": return try meta.outbox(call.query, now: now)
      case "invoice": return meta.invoice(now: now)
      case "state": return meta.state(now: now)
      case "window": return try meta.windowState(call.query, now: now)
      default: throw Self.unknown(call)
      }
    }
  }

  private func set(_ what: String, _ json: JSON, _ call: GraphCall) throws(MetaError) -> JSON {
    try world.with { (meta, now) throws(MetaError) in
      switch what {
      case "faults": return try meta.addFault(json, now: now)
      case "settings": return try meta.set(json, now: now)
      case "numbers": return try meta.addNumber(json, now: now)
      case "templates": return try meta.setTemplate(json, now: now)
      case "history": return try meta.startHistory(json, now: now)
      case "reset":
        meta.reset()
        return ["success": true]
      default: throw Self.unknown(call)
      }
    }
  }

  private func clock() -> JSON {
    let now = world.clock.now
    return [
      "now_ms": .integer(now), "now": .integer(now / 1000),
      "mode": .string(world.clock.mode == .standing ? "manual" : "real"),
    ]
  }

  private func advance(_ json: JSON) async throws(MetaError) -> JSON {
    let milliseconds =
      json["milliseconds"]?.integer
      ?? json["seconds"]?.integer.flatMap {
        $0.multipliedReportingOverflow(by: 1000).overflow ? nil : $0 * 1000
      }
    guard let milliseconds, (0...SandboxClock.moveMax).contains(milliseconds) else {
      throw .invalidParameter(
        "seconds is a number from 0 to \(SandboxClock.moveMax / 1000); time runs forward only."
      )
    }
    let steps = await world.advance(milliseconds: milliseconds)
    var answer = clock()
    answer.set("steps", to: .integer(steps))
    return answer
  }

  /// The body of a request, JSON whatever the client calls it (curl says it is a form); an empty one counts as an
  /// empty object.
  private static func body(_ call: GraphCall) throws(MetaError) -> JSON {
    call.body.isEmpty ? [:] : try SimulatedMeta.json(call)
  }

  private static func unknown(_ call: GraphCall) -> MetaError {
    MetaError(
      404,
      status: 404,
      "There is nothing here",
      details: "\(call.method) /\(call.path.joined(separator: "/"))"
    )
  }
}
