import Carriers
import CloudAPI
import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Sandbox
import ServiceLifecycle
import Synchronization

@testable import Web

/// A Meta that writes down what reaches it, byte by byte, and answers as the sandbox does.
final class Upstream: HTTPResponder {
  typealias Context = DoorContext

  /// One request as it came.
  struct Heard: Sendable {
    let method: String
    /// Path and query as they stood in the request line.
    let target: String
    let headers: HTTPFields
    let body: [UInt8]

    var line: String { "\(method) \(target)" }
    var json: JSON { (try? JSON.parse(body)) ?? .null }
    var path: String { String(target.prefix { $0 != "?" }) }
    var query: [String] {
      target.split(separator: "?").dropFirst().flatMap { $0.split(separator: "&") }
        .map { String($0.prefix { $0 != "=" }) }
    }
  }

  private let state = Mutex<[Heard]>([])
  private let meta: Mutex<SimulatedMeta>
  private let now: Int64
  private let answer: Answering

  /// Answers instead of the sandbox; `nil` leaves the answer to it.
  typealias Answering = @Sendable (Request, any Channel) async throws -> Response?

  /// - Parameters:
  ///   - now: What time it is, in milliseconds since 1970.
  ///   - answer: What is answered instead of the sandbox's answer; `nil` from it leaves the answer to the sandbox.
  init(
    now: Int64,
    answer: @escaping Answering = { _, _ in nil }
  ) {
    self.now = now
    self.answer = answer
    let numbers = [("900800700", "700100200300"), ("900800701", "700100200300")]
    meta = Mutex(
      SimulatedMeta(
        seed: 1,
        app: SandboxApp(secret: "s"),
        numbers: numbers.map { id, account in
          SandboxNumber(
            phoneNumberID: id,
            wabaID: account,
            displayPhoneNumber: "4930000001",
            tokens: ["meta-token"]
          )
        }
      )
    )
  }

  /// What came so far.
  var heard: [Heard] { state.withLock { $0 } }

  /// Forgets what came so far.
  func forget() { state.withLock { $0 = [] } }

  func respond(to request: Request, context: DoorContext) async throws -> Response {
    if let response = try await answer(request, context.channel) { return response }
    let body = Array(buffer: try await request.body.collect(upTo: 110 << 20))
    let target = request.head.path ?? ""
    state.withLock {
      $0.append(
        Heard(
          method: request.method.rawValue,
          target: target,
          headers: request.headers,
          body: body
        )
      )
    }
    let bearer = request.headers[.authorization].map { String($0.dropFirst("Bearer ".count)) }
    var query: [String: String] = [:]
    for pair in (request.uri.query ?? "").split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1).map(String.init)
      query[halves[0]] = halves.count == 2 ? halves[1].removingPercentEncoding ?? "" : ""
    }
    let call = GraphCall(
      request.method.rawValue,
      request.uri.path.split(separator: "/").map { $0.removingPercentEncoding ?? "" },
      query: query,
      bearer: bearer,
      contentType: request.headers[.contentType],
      body: body,
      origin: "http://\(request.head.authority ?? "")"
    )
    let reply = meta.withLock { $0.answer(call, now: now) }
    var headers = HTTPFields()
    headers[.contentType] = reply.contentType
    headers[.setCookie] = "meta=1"
    headers[.appUsage] = #"{"call_count":28}"#
    return Response(
      status: .init(code: reply.status),
      headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body))
    )
  }

  /// Runs it on a port of this machine, with a way to it.
  func serve(
    limits: CarrierLimits = CarrierLimits(),
    _ test: @escaping @Sendable (MetaConnection) async throws -> Void
  ) async throws {
    let (ports, told) = AsyncStream<Int>.makeStream()
    let application = Application(
      responder: self,
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { told.yield($0.localAddress?.port ?? 0) },
      logger: WebScene.quiet
    )
    let services = ServiceGroup(services: [application], logger: WebScene.quiet)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await services.run() }
      for await port in ports {
        let connection = MetaConnection(
          base: try GraphBase("http://127.0.0.1:\(port)"),
          limits: limits,
          release: "1.2.3"
        )
        do {
          try await test(connection)
        } catch {
          await connection.close()
          await services.triggerGracefulShutdown()
          throw error
        }
        await connection.close()
        break
      }
      await services.triggerGracefulShutdown()
      try await group.waitForAll()
    }
  }
}

/// A gateway in front of such a Meta; suites are serialized, because each has two servers and a database.
struct PassageStage: Sendable {
  let scene: WebScene
  let upstream: Upstream
  let client: any TestClientProtocol

  /// The instant at which scenes begin.
  static let start: Int64 = 1_795_255_200_000

  static func play(
    passing limits: PassageLimits = PassageLimits(),
    answer: @escaping Upstream.Answering = { _, _ in nil },
    _ act: @escaping @Sendable (PassageStage) async throws -> Void
  ) async throws {
    let upstream = Upstream(now: start, answer: answer)
    try await upstream.serve { connection in
      let scene = try await WebScene(passage: connection, passing: limits)
      try await scene.visit { client in
        try await act(PassageStage(scene: scene, upstream: upstream, client: client))
      }
    }
  }

  /// A form with a file, as pywa writes it: the file first.
  static func form(
    _ file: [UInt8],
    type: String = "image/png",
    fields: [(String, String)] = [("messaging_product", "whatsapp"), ("type", "image/png")],
    name: String = "bike.png"
  ) -> [UInt8] {
    var body = Array(
      "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\nContent-Type: \(type)\r\n\r\n"
        .utf8
    )
    body += file
    for (name, value) in fields {
      body += "\r\n--XX\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)".utf8
    }
    return body + "\r\n--XX--\r\n".utf8
  }

  /// Calls with bytes.
  func send(
    _ method: HTTPRequest.Method,
    _ uri: String,
    _ body: [UInt8],
    type: String = "multipart/form-data; boundary=XX",
    token: String = WebScene.token,
    headers: HTTPFields = [:]
  ) async throws -> Answer {
    var headers = headers
    headers[.authorization] = "Bearer \(token)"
    headers[.contentType] = type
    return try await client.execute(
      uri: uri,
      method: method,
      headers: headers,
      body: ByteBuffer(bytes: body)
    ) { Answer($0) }
  }

  /// Uploads a file and gives its id.
  func upload(_ file: [UInt8] = Array("a bike".utf8)) async throws -> String {
    let answer = try await send(.post, "/v24.0/900800700/media", Self.form(file))
    return answer.json["id"]?.text ?? "no id: \(answer.text)"
  }

  /// The path of one of our links.
  static func path(_ link: String) -> String {
    String(link.dropFirst(WebScene.publicURL.count))
  }
}

extension HTTPField.Name {
  /// How much of a limit of Meta's is used up.
  static let appUsage = HTTPField.Name("X-App-Usage") ?? .accept
}
