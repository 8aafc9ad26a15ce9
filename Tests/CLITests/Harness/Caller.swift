import AsyncHTTPClient
import CloudAPI
import NIOCore
import NIOHTTP1

/// An answer over HTTP.
struct Answer: Sendable {
  let status: Int
  let headers: HTTPHeaders
  let body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }

  /// The body; `null` when it is no JSON.
  var json: JSON { (try? JSON.parse(body)) ?? .null }

  /// Meta's id of the message that was sent, or ours in its place.
  var messageID: String? { json["messages"]?.items.first?["id"]?.text }

  /// The code of an error in Graph's shape.
  var errorCode: Int64? { json["error"]?["code"]?.integer }

  subscript(header: String) -> String? { headers.first(name: header) }
}

/// Calls one server over HTTP.
struct Caller: Sendable {
  let base: String
  var token: String?

  /// One for all tests; a server that is not there is said at once, not tried again.
  private static let client: HTTPClient = {
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()

  /// Sends a request; what goes wrong on the way is thrown.
  func ask(
    _ method: HTTPMethod,
    _ path: String,
    _ json: JSON? = nil,
    headers: [(String, String)] = [],
    atMost: TimeAmount = .seconds(60)
  ) async throws -> Answer {
    try await ask(
      method,
      path,
      bytes: json?.serialized(),
      headers: (json == nil ? [] : [("Content-Type", "application/json")]) + headers,
      atMost: atMost
    )
  }

  /// Sends a request with a body as it is.
  func ask(
    _ method: HTTPMethod,
    _ path: String,
    bytes: [UInt8]?,
    headers: [(String, String)],
    atMost: TimeAmount = .seconds(60)
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: base + path)
    request.method = method
    if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let bytes { request.body = .bytes(ByteBuffer(bytes: bytes)) }
    let response = try await Self.client.execute(request, timeout: atMost)
    let body = try await response.body.collect(upTo: 64 << 20)
    return Answer(
      status: Int(response.status.code),
      headers: response.headers,
      body: Array(body.readableBytesView)
    )
  }

  func get(_ path: String) async throws -> Answer { try await ask(.GET, path) }

  func post(_ path: String, _ json: JSON = [:]) async throws -> Answer {
    try await ask(.POST, path, json)
  }

  /// All items of a list of `/v1`, page by page.
  func list(_ path: String) async throws -> [JSON] {
    var items: [JSON] = []
    var cursor: String?
    repeat {
      let page = try await get(
        path + (path.contains("?") ? "&" : "?") + "limit=200"
          + (cursor.map { "&cursor=\($0)" } ?? "")
      )
      guard page.status == 200 else {
        throw HarnessError("GET \(path) answered \(page.status): \(page.text)")
      }
      items += page.json["data"]?.items ?? []
      cursor = page.json["next"]?.text
    } while cursor != nil
    return items
  }
}
