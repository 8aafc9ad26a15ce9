import AsyncHTTPClient
import CloudAPI
package import CustomerCare
package import Gateway
import NIOCore
import NIOHTTP1

/// Fetches media from Meta, a piece at a time.
package struct MetaMedia: MediaCarrier {
  private let connection: MetaConnection
  private let version: GraphVersion

  /// Makes a way to Meta's media.
  ///
  /// - Parameters:
  ///   - connection: The way to Meta; whoever made it closes it.
  ///   - version: The Graph version in which addresses are asked for.
  package init(connection: MetaConnection, version: GraphVersion) {
    self.connection = connection
    self.version = version
  }

  /// Asks Meta where a medium lies.
  package func resolve(
    _ media: String,
    of number: PhoneNumberID,
    with accessToken: AccessToken
  ) async -> Result<MediaAddress, MediaFailure> {
    guard let node = GraphNode(media) else {
      return .failure(.refused(MetaRefusal(code: 100, title: "A media id is made of digits")))
    }
    let call = GraphCall(
      version: version,
      target: .node(node),
      query: [("phone_number_id", number.rawValue)],
      accessToken: accessToken
    )
    switch await connection.exchange(call) {
    case .failure(let failure): return .failure(.unavailable(reason: "\(failure)"))
    case .success(let answer): return Self.address(in: answer)
    }
  }

  private static func address(in answer: GraphAnswer) -> Result<MediaAddress, MediaFailure> {
    let json = try? JSON.parse(answer.body)
    if let json, answer.status == 200, let url = json["url"]?.text {
      return .success(
        MediaAddress(
          url: url,
          mimeType: json["mime_type"]?.text,
          sha256: json["sha256"]?.text,
          bytes: json["file_size"]?.integer
        )
      )
    }
    guard let error = json.flatMap(GraphErrorBody.init), answer.status < 500,
      error.known.map({ $0.retry == .no }) ?? true
    else { return .failure(.unavailable(reason: "HTTP \(answer.status) without an address")) }
    return .failure(.refused(error.refusal))
  }

  /// Begins to fetch what lies at an address.
  package func download(
    _ address: MediaAddress,
    with accessToken: AccessToken
  ) async -> Result<MediaDownload, MediaFailure> {
    guard connection.mediaHosts.allow(address.url), accessToken.isCarriable else {
      return .failure(.foreignAddress)
    }
    let answer: HTTPClientResponse
    do {
      answer = try await connection.begin(.GET, address.url, accessToken)
    } catch {
      return .failure(.unavailable(reason: "\(ExchangeFailure(hasBegun: false, error: error))"))
    }
    switch answer.status.code {
    case 200: break
    case 401, 403:
      let title = "The media host answered HTTP \(answer.status.code)"
      return .failure(.refused(MetaRefusal(code: Int(answer.status.code), title: title)))
    case 404, 410: return .failure(.gone)
    default: return .failure(.unavailable(reason: "HTTP \(answer.status.code)"))
    }
    let announced = answer.headers.first(name: "content-length").flatMap(Int64.init)
    guard announced ?? 0 <= Int64(MediaBytes.bytesMax) else { return .failure(.tooLarge) }
    return .success(
      MediaDownload(
        mimeType: answer.headers.first(name: "content-type"),
        bytes: announced,
        chunks: MediaBytes(body: answer.body, until: .now() + TimeAmount(connection.limits.stream))
      )
    )
  }
}

/// The bytes of a medium, counted, and in time.
struct MediaBytes: AsyncSequence, Sendable {
  /// The most bytes of one medium: 100 MB is Meta's largest document, and nobody says whether of 1,000 or 1,024.
  ///
  /// Source: developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
  /// (2025-12-02), read 2026-11-22.
  static let bytesMax = 101 << 20

  let body: HTTPClientResponse.Body
  let until: NIODeadline

  func makeAsyncIterator() -> Iterator {
    Iterator(body: body.makeAsyncIterator(), until: until)
  }

  struct Iterator: AsyncIteratorProtocol {
    var body: HTTPClientResponse.Body.AsyncIterator
    let until: NIODeadline
    private var bytes = 0

    init(body: HTTPClientResponse.Body.AsyncIterator, until: NIODeadline) {
      self.body = body
      self.until = until
    }

    mutating func next() async throws -> [UInt8]? {
      let piece: ByteBuffer?
      do {
        piece = try await body.next()
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        throw MediaFailure.unavailable(reason: "\(ExchangeFailure(hasBegun: true, error: error))")
      }
      guard let piece else { return nil }
      bytes += piece.readableBytes
      guard bytes <= MediaBytes.bytesMax else { throw MediaFailure.tooLarge }
      guard NIODeadline.now() < until else {
        throw MediaFailure.unavailable(reason: "it took too long")
      }
      return Array(buffer: piece)
    }
  }
}
