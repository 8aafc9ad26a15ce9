import CloudAPI
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// What a request comes with: its connection, so that a fault can end it.
struct SandboxContext: InitializableFromSource, Sendable {
  /// The connection.
  let channel: any Channel

  init(source: ApplicationRequestContextSource) { channel = source.channel }
}

/// Answers every request: the Graph API, and the tester's desk under `/_sandbox`.
struct SandboxResponder: HTTPResponder {
  typealias Context = SandboxContext

  /// The longest body: Meta's largest media, 100 MB, and its form.
  static let bodyBytesMax = 101 << 20

  /// How long a call that is never answered is held open, in milliseconds: longer than any client
  /// waits.
  static let silenceMost: Int64 = 600_000

  let world: SandboxWorld
  let isPublic: Bool

  func respond(to request: Request, context: SandboxContext) async throws -> Response {
    guard let host = HostCheck(isPublic: isPublic).host(of: request) else {
      return Self.response(
        .json(403, ["error": "Host and Origin must be this sandbox's own."])
      )
    }
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: Self.bodyBytesMax)
    } catch {
      return Self.response(.json(413, ["error": "The body is too large."]))
    }
    let call = Self.call(request, host: host, body: body)
    if call.path.first == "_sandbox" {
      return Self.response(await SandboxDesk(world: world).answer(call))
    }
    let reply = world.with { meta, now in meta.answer(call, now: now) }
    switch reply.manner {
    case .prompt: break
    case .slow(let wait): try await pause(wait)
    case .silence:
      try? await pause(Self.silenceMost)
      try? await context.channel.close()
    case .hangUp: try? await context.channel.close()
    }
    return Self.response(reply)
  }

  /// Waits in real time; ends early when the server stops.
  private func pause(_ milliseconds: Int64) async throws {
    let clock = world.clock
    try await cancelWhenGracefulShutdown { try await clock.sleep(milliseconds: milliseconds) }
  }

  private static func call(_ request: Request, host: String, body: ByteBuffer) -> GraphCall {
    let bearer = request.headers[.authorization].flatMap { header -> String? in
      header.lowercased().hasPrefix("bearer ") ? String(header.dropFirst(7)) : nil
    }
    return GraphCall(
      request.method.rawValue,
      request.uri.path.split(separator: "/").map { QueryText.plain($0) },
      query: QueryText.decode(request.uri.query ?? ""),
      bearer: bearer,
      contentType: request.headers[.contentType],
      body: Array(buffer: body),
      origin: "http://\(host)"
    )
  }

  private static func response(_ reply: GraphReply) -> Response {
    var headers = HTTPFields()
    headers[.contentType] = reply.contentType
    headers[.cacheControl] = "no-store"
    return Response(
      status: .init(code: reply.status),
      headers: headers,
      body: .init(byteBuffer: ByteBuffer(bytes: reply.body))
    )
  }
}

/// Keeps web pages elsewhere from talking to the sandbox through a browser on this machine.
struct HostCheck {
  let isPublic: Bool

  /// The host a request names, or nil if it is not for this sandbox or comes from another origin.
  func host(of request: Request) -> String? {
    guard let host = request.head.authority, !host.isEmpty else { return nil }
    guard isPublic || Self.isLoopback(name: Self.name(host)) else { return nil }
    if let origin = request.headers[.origin], origin != "http://\(host)",
      origin != "https://\(host)"
    {
      return nil
    }
    return host
  }

  /// Whether a name or address means this machine only.
  static func isLoopback(name: String) -> Bool {
    name == "localhost" || name == "::1" || name == "[::1]"
      || (name.hasPrefix("127.") && name.split(separator: ".").count == 4
        && name.split(separator: ".").allSatisfy { UInt8($0) != nil })
  }

  private static func name(_ host: String) -> String {
    if host.hasPrefix("[") { return String(host.prefix { $0 != "]" }) + "]" }
    return String(host.prefix { $0 != ":" }).lowercased()
  }
}
