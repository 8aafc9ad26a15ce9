import AsyncHTTPClient
import CloudAPI
import NIOCore
import NIOHTTP1

/// Uploads and downloads files as programs do with Meta's Graph API, a piece at a time.
struct MediaClient: Sendable {
  private static let pieceBytes = 256 * 1024
  private static let boundary = "carewindow-benchmark"
  private static let patience: TimeAmount = .seconds(60)

  let port: Int
  let token: String

  /// Uploads a document; gives its id.
  func upload(bytes count: Int) async throws -> String {
    let head = """
      --\(Self.boundary)\r\nContent-Disposition: form-data; name="messaging_product"\r\n\r\nwhatsapp\r\n\
      --\(Self.boundary)\r\nContent-Disposition: form-data; name="file"; filename="plan.pdf"\r\n\
      Content-Type: application/pdf\r\n\r\n
      """
    let tail = "\r\n--\(Self.boundary)--\r\n"
    let piece = ByteBuffer(repeating: UInt8(ascii: "b"), count: Self.pieceBytes)
    let (pieces, continuation) = AsyncStream<ByteBuffer>.makeStream()
    continuation.yield(ByteBuffer(string: head))
    for start in stride(from: 0, to: count, by: Self.pieceBytes) {
      let length = min(Self.pieceBytes, count - start)
      continuation.yield(piece.getSlice(at: 0, length: length) ?? piece)
    }
    continuation.yield(ByteBuffer(string: tail))
    continuation.finish()
    var request = request("POST", "/v24.0/\(Webhooks.phoneNumberID)/media")
    request.headers.add(
      name: "Content-Type",
      value: "multipart/form-data; boundary=\(Self.boundary)"
    )
    let length = Int64(head.utf8.count + count + tail.utf8.count)
    request.body = .stream(pieces, length: .known(length))
    guard let id = try await json(request)["id"]?.text else {
      throw ChildProcessError(description: "an upload gave no id")
    }
    return id
  }

  /// The path at which a file's bytes are, for some minutes.
  func path(of id: String) async throws -> String {
    let url = try await json(request("GET", "/v24.0/\(id)"))["url"]?.text ?? ""
    // `http:`, the host, and the rest.
    let parts = url.split(separator: "/", maxSplits: 2)
    guard parts.count == 3 else { throw ChildProcessError(description: "a file has no address") }
    return "/" + parts[2]
  }

  /// Downloads what a path leads to; gives how many bytes came.
  func download(_ path: String) async throws -> Int {
    let response = try await HTTPClient.shared.execute(
      request("GET", path),
      timeout: Self.patience
    )
    guard response.status == .ok else {
      throw ChildProcessError(description: "a download was answered \(response.status)")
    }
    var bytes = 0
    for try await piece in response.body { bytes += piece.readableBytes }
    return bytes
  }

  /// Throws a file away.
  func delete(_ id: String) async throws {
    _ = try await json(request("DELETE", "/v24.0/\(id)"))
  }

  private func request(_ method: String, _ path: String) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
    request.method = .RAW(value: method)
    request.headers.add(name: "Authorization", value: "Bearer \(token)")
    return request
  }

  private func json(_ request: HTTPClientRequest) async throws -> JSON {
    let response = try await HTTPClient.shared.execute(request, timeout: Self.patience)
    let body = try await response.body.collect(upTo: 1 << 20)
    guard response.status == .ok else {
      throw ChildProcessError(
        description:
          "\(request.method.rawValue) of a file: \(response.status) \(String(buffer: body))"
      )
    }
    return try JSON.parse(Array(body.readableBytesView))
  }
}
