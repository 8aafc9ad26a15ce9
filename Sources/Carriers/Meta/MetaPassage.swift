import AsyncHTTPClient
package import Gateway
import NIOCore
import NIOHTTP1
import NIOPosix

/// Makes the calls that pass to Meta and are no messages.
package struct MetaPassage: PassageCarrier {
  private let connection: MetaConnection

  /// Makes a way for them.
  ///
  /// - Parameter connection: The way to Meta; whoever made it closes it.
  package init(connection: MetaConnection) {
    self.connection = connection
  }

  /// Makes one call: within the connection's `limits.whole`, or `limits.stream` where a file goes with it.
  package func pass(_ parcel: PassageParcel) async -> PassageOutcome {
    guard let call = GraphCall(parcel) else {
      return .failed(hasBegun: false, reason: "the call cannot be written as a URL")
    }
    guard parcel.accessToken.isCarriable else {
      return .failed(hasBegun: false, reason: "the access token is not one a header can carry")
    }
    if case .file(let type, let bytes, let offset, let chunks) = parcel.body {
      var headers: HTTPHeaders = ["accept": "application/json", "content-type": type]
      if let offset { headers.add(name: "file_offset", value: "\(offset)") }
      let body = HTTPClientRequest.Body.file(chunks, bytes)
      return await send(call, headers, body, parcel.accessToken)
    }
    let exchanged = await connection.exchange(call, answerBytesMax: PassageLimits.answerBytesMax)
    switch exchanged {
    case .success(let answer):
      return Self.answered(answer.status, answer.headers, answer.body, parcel.accessToken)
    case .failure(let failure):
      if case .answerTooLarge = failure.cause { return .tooLong }
      return .failed(hasBegun: failure.hasBegun, reason: "\(failure)")
    }
  }

  private func send(
    _ call: GraphCall,
    _ headers: HTTPHeaders,
    _ body: HTTPClientRequest.Body,
    _ token: AccessToken
  ) async -> PassageOutcome {
    do {
      let answer = try await connection.begin(
        HTTPMethod(rawValue: call.method.rawValue),
        call.url(at: connection.base),
        token,
        headers: headers,
        body: body
      )
      let bytes = try await answer.body.collect(upTo: PassageLimits.answerBytesMax)
      return Self.answered(
        Int(answer.status.code),
        answer.headers,
        Array(buffer: bytes),
        token
      )
    } catch is NIOTooManyBytesError {
      return .tooLong
    } catch {
      // Whether a part of the file left, the client does not say; a connection that never came up is the one that says so.
      let hasBegun =
        !((error as? HTTPClientError) == .connectTimeout || error is NIOConnectionError)
      return .failed(
        hasBegun: hasBegun,
        reason: "\(ExchangeFailure(hasBegun: hasBegun, error: error))"
      )
    }
  }

  private static func answered(
    _ status: Int,
    _ headers: HTTPHeaders,
    _ body: [UInt8],
    _ token: AccessToken
  ) -> PassageOutcome {
    let kept = PassageReply.headersKept.compactMap { name in
      headers.first(name: name).map { (name: name, value: $0) }
    }
    return .answered(PassageReply(status: status, headers: kept, body: token.removed(from: body)))
  }
}

extension HTTPClientRequest.Body {
  /// A file that is taken as Meta takes it.
  fileprivate static func file(_ chunks: ByteChunks, _ bytes: Int64?) -> HTTPClientRequest.Body {
    func opened(
      _ chunks: some AsyncSequence<[UInt8], any Error> & Sendable
    ) -> HTTPClientRequest.Body {
      .stream(chunks.map { ByteBuffer(bytes: $0) }, length: bytes.map { .known($0) } ?? .unknown)
    }
    return opened(chunks)
  }
}

extension GraphCall {
  /// A call that passes; `nil` when its version or its object is none.
  fileprivate init?(_ parcel: PassageParcel) {
    guard let version = GraphVersion(parcel.version) else { return nil }
    let target: Target
    switch parcel.target {
    case .object(let id, let edge):
      guard let node = GraphNode(id) else { return nil }
      target = edge.map { .edge(node, $0.edge) } ?? .node(node)
    case .uploads: target = .uploads
    case .upload(let name):
      guard let upload = UploadName(name) else { return nil }
      target = .upload(upload)
    }
    let body: [UInt8]? = if case .json(let json) = parcel.body { json } else { nil }
    self.init(
      method: parcel.method.method,
      version: version,
      target: target,
      query: parcel.query,
      body: body,
      accessToken: parcel.accessToken
    )
  }
}

extension PassageMethod {
  fileprivate var method: GraphCall.Method {
    switch self {
    case .get: .get
    case .post: .post
    case .delete: .delete
    }
  }
}

extension PassageEdge {
  fileprivate var edge: GraphCall.Edge {
    switch self {
    case .media: .media
    case .profile: .profile
    case .blockedUsers: .blockedUsers
    case .phoneNumbers: .phoneNumbers
    case .templates: .templates
    }
  }
}
