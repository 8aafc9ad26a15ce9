import CloudAPI
import CustomerCare
import Gateway
import HTTPTypes
import Hummingbird
import Logging
import Storage

/// Programs that want the window itself call here: `/v1`.
struct API: Sendable {
  let engine: any SQLEngine
  let outbox: Outbox
  let callbacks: CallbackDesk
  let tokens: TokenGate
  let time: any TimeSource
  /// How long before its end a window is no longer used: what `allowed` says, the gate says.
  let margin: Duration
  let limits: WebLimits
  let routes: [APIRoute]

  init(
    engine: any SQLEngine,
    outbox: Outbox,
    callbacks: CallbackDesk,
    tokens: TokenGate,
    time: any TimeSource,
    margin: Duration,
    publicURL: String,
    limits: WebLimits
  ) {
    self.engine = engine
    self.outbox = outbox
    self.callbacks = callbacks
    self.tokens = tokens
    self.time = time
    self.margin = margin
    self.limits = limits
    let windows = WindowsAPI(engine: engine, time: time, margin: margin, limits: limits)
    let conversations = ConversationsAPI(
      engine: engine,
      time: time,
      margin: margin,
      publicURL: publicURL,
      limits: limits
    )
    let messages = MessagesAPI(
      engine: engine,
      outbox: outbox,
      time: time,
      margin: margin,
      limits: limits
    )
    let called = CallbacksAPI(engine: engine, desk: callbacks, time: time, limits: limits)
    let media = MediaAPI(engine: engine)
    let templates = TemplatesAPI(engine: engine, time: time, limits: limits)
    routes =
      windows.routes + conversations.routes + messages.routes + called.routes + media.routes
      + templates.routes
  }

  /// Answers a call whose path begins with `/v1`.
  func respond(
    to request: Request,
    at target: RequestTarget,
    _ context: DoorContext
  ) async -> Response {
    do {
      return try await run(request, target, context)
    } catch let problem as Problem {
      return problem.response
    } catch let error as StoreError {
      Logger(label: "carewindow.web").error(
        "A call could not be answered",
        metadata: ["store.error": "\(error)"]
      )
      return Problem.unavailable.response
    } catch {
      Logger(label: "carewindow.web").debug(
        "A call broke off",
        metadata: ["error.type": "\(type(of: error))"]
      )
      return Problem(.badRequest, "broken_off", "The body broke off.").response.last
    }
  }

  private func run(
    _ request: Request,
    _ target: RequestTarget,
    _ context: DoorContext
  ) async throws -> Response {
    let route = try route(request.method, target.segments)
    let token = try await admit(request, for: route)
    let query: QueryItems
    do {
      query = try QueryItems(target.query)
    } catch {
      throw Problem.invalid("query", "It is malformed, or has a parameter twice.")
    }
    if let unknown = query.names.first(where: { !route.query.contains($0) }) {
      let known = route.query.sorted().joined(separator: ", ")
      throw Problem(
        .badRequest,
        "unknown_parameter",
        "There is no query parameter `\(unknown.prefix(40))` here. Known: \(known.isEmpty ? "none" : known)."
      )
    }
    let parameters = route.parameters(in: target.segments)
    for (parameter, value) in parameters where !parameter.accepts(value) {
      throw Problem.invalid(parameter.rawValue, "It must match \(parameter.pattern).")
    }
    return try await route.run(
      APICall(
        request: request,
        context: context,
        token: token,
        parameters: parameters,
        query: query
      )
    )
  }

  /// The operation at a path: the most literal path wins, and then the method must be one of its.
  private func route(
    _ method: HTTPRequest.Method,
    _ segments: [String]
  ) throws(Problem) -> APIRoute {
    let matches = routes.compactMap { route in route.match(segments).map { (route, $0) } }
    guard let best = matches.map(\.1).max() else { throw .notFound }
    let here = matches.filter { $0.1 == best }.map(\.0)
    // A HEAD is a GET of which only the head is sent (RFC 9110, 9.3.2).
    let wanted = method == .head ? .get : method
    if let route = here.first(where: { $0.method == wanted }) { return route }
    throw .methodNotAllowed(here.flatMap { $0.method == .get ? [.get, .head] : [$0.method] })
  }

  private func admit(
    _ request: Request,
    for route: APIRoute
  ) async throws(Problem) -> TokenRecord {
    switch await tokens.admit(request.headers) {
    case .missing:
      throw .unauthorized("Show a CareWindow token in the header `Authorization: Bearer cw_…`.")
    case .unknown: throw .unauthorized("This is no CareWindow token, or it was revoked.")
    case .unavailable: throw .unavailable
    case .admitted(let token, _):
      guard token.scopes.contains(route.scope) else {
        throw Problem(
          .forbidden,
          "scope_missing",
          "This token has no scope `\(route.scope.rawValue)`."
        )
      }
      return token
    }
  }
}
