import HTTPTypes
import Hummingbird
import Logging
import Metrics
import NIOCore

/// What a request brings along beside itself: its connection.
///
/// Nothing is made per request.
struct DoorContext: InitializableFromSource, Sendable {
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    channel = source.channel
  }
}

/// The one door of the public listener: decides by the first segment of the path who answers.
///
/// A router of our own instead of Hummingbird's: that one forgives doubled slashes, and what is judged here must be what
/// is meant. It also answers 405 where only the method is wrong.
struct FrontDoor: HTTPResponder {
  let webhook: MetaWebhook
  let facade: Facade
  let api: API
  let health: Health
  let openAPI: OpenAPIDocument
  let limits: WebLimits

  func respond(to request: Request, context: DoorContext) async throws -> Response {
    let path = request.head.path ?? ""
    let target = RequestTarget(path, bytesMax: limits.targetBytesMax)
    let (interface, response) = await answer(request, path, target, context)
    count(response, interface)
    return request.method == .head ? response.createHeadResponse() : response
  }

  private func answer(
    _ request: Request,
    _ path: String,
    _ target: RequestTarget?,
    _ context: DoorContext
  ) async -> (interface: String, response: Response) {
    guard let target else {
      let isAPI = path == "/v1" || path.hasPrefix("/v1/")
      return isAPI
        ? ("api", Problem.notFound.response) : ("facade", GraphAnswer.unknownPath.response)
    }
    switch target.segments.first {
    case "v1": return ("api", await api.respond(to: request, at: target, context))
    case "webhooks" where target.segments == ["webhooks", "meta"]:
      return ("webhook", verification(request, target))
    case "healthz" where target.segments.count == 1:
      return ("health", reading(request) { health.alive() })
    case "readyz" where target.segments.count == 1:
      return ("health", await reading(request) { await health.ready() })
    case "openapi.json" where target.segments.count == 1:
      return ("api", reading(request) { openAPI.response })
    default:
      return (
        "facade", await facade.respond(to: request, at: target, channel: context.channel)
      )
    }
  }

  private func verification(_ request: Request, _ target: RequestTarget) -> Response {
    // `WebhookDoor` takes every webhook before it comes this far; what gets here nobody has verified.
    if request.method == .post { return Response(bare: .unauthorized) }
    guard request.method == .get || request.method == .head else {
      return Problem.methodNotAllowed([.get, .head, .post]).response
    }
    return webhook.verify(target.query)
  }

  private func reading(_ request: Request, _ answer: () async -> Response) async -> Response {
    guard request.method == .get || request.method == .head else {
      return Problem.methodNotAllowed([.get, .head]).response
    }
    return await answer()
  }

  private func reading(_ request: Request, _ answer: () -> Response) -> Response {
    guard request.method == .get || request.method == .head else {
      return Problem.methodNotAllowed([.get, .head]).response
    }
    return answer()
  }

  private func count(_ response: Response, _ interface: String) {
    Counter(
      label: "carewindow_http_requests_total",
      dimensions: [("interface", interface), ("status", "\(response.status.code)")]
    ).increment()
  }
}
