import CloudAPI
import CustomerCare
import Gateway
import HTTPTypes
import Hummingbird
import Metrics
import NIOCore
import Storage

// Calls that are no messages.
extension Facade {
  /// Lets a call pass that is on the list.
  func pass(
    _ request: Request,
    path: [String],
    version: String,
    query: String?,
    _ channel: any Channel
  ) async -> Response {
    let token: TokenRecord
    switch await tokens.admit(request.headers) {
    case .missing: return Self.noToken.response
    case .unknown: return Self.wrongToken.response
    case .unavailable: return Self.noDatabase.response
    case .admitted(let record, _): token = record
    }
    let items: QueryItems
    do {
      items = try QueryItems(query)
    } catch {
      return GraphAnswer.invalid("The query is malformed, or has a parameter twice.").response
    }
    let call = PassageCall(
      method: request.method.rawValue,
      version: version,
      path: path,
      query: items.names.map { (name: $0, value: items[$0] ?? "") },
      token: token
    )
    var name = "other"
    do throws(PassageRefusal) {
      let ticket = try await passage.judge(call)
      name = ticket.rule.name
      let content = try await content(of: request, for: ticket, channel)
      let outcome = await HangUp.cancelling(on: channel) { [passage] in
        do throws(PassageRefusal) {
          return Result<PassageReply, PassageRefusal>.success(
            try await passage.pass(ticket, with: content)
          )
        } catch {
          return .failure(error)
        }
      }
      let reply = try outcome.get()
      Self.count(name, "\(reply.status / 100)xx")
      return Self.response(to: reply)
    } catch {
      Self.count(name, error.word)
      return error.answer(to: request.method).response
    }
  }

  /// The body as far as the call takes one: short ones whole, files as they come.
  private func content(
    of request: Request,
    for ticket: PassageTicket,
    _ channel: any Channel
  ) async throws(PassageRefusal) -> PassageContent {
    switch ticket.rule.body {
    case .none:
      guard request.announcedBytes ?? 0 == 0, !request.headers.contains(.transferEncoding) else {
        throw .wrongBody("This call takes no body; send its parameters in the query.")
      }
      return .whole([])
    case .json:
      guard request.headers.announcesJSON else {
        throw .wrongBody("Send one JSON object with Content-Type: application/json.")
      }
      do {
        switch try await request.readBody(bytesMax: limits.requestBytesMax) {
        case .whole(let body): return .whole(body)
        case .tooLarge: throw PassageRefusal.tooLarge(bytesMax: limits.requestBytesMax)
        case .tooSlow: throw PassageRefusal.brokenOff
        }
      } catch {
        throw error as? PassageRefusal ?? .brokenOff
      }
    case .form, .bytes:
      guard request.headers[.contentEncoding].map({ $0 == "identity" }) ?? true else {
        throw .wrongBody("Packed bodies are not taken here.")
      }
      // Who has shown a good token may take longer than strangers may.
      HangUp.allow(PassageLimits.fileTime, for: channel)
      return .file(
        contentType: request.headers.single(.contentType),
        bytes: request.announcedBytes.map(Int64.init),
        offset: request.headers.single(.fileOffset).flatMap(Int64.init),
        request.body.map { Array($0.readableBytesView) }
      )
    }
  }

  private static func response(to reply: PassageReply) -> Response {
    var headers = HTTPFields()
    for (name, value) in reply.headers {
      if let name = HTTPField.Name(name) { headers[name] = value }
    }
    return Response(
      HTTPResponse.Status(code: reply.status),
      "application/json; charset=UTF-8",
      reply.body,
      headers: headers
    )
  }

  /// Streams a medium from Meta to whoever has the link and its token.
  func media(
    behind link: String,
    _ request: Request,
    _ target: RequestTarget,
    _ channel: any Channel
  ) async -> Response {
    let token: TokenRecord
    switch await tokens.admit(request.headers) {
    case .missing: return Self.noToken.response
    case .unknown: return Self.wrongToken.response
    case .unavailable: return Self.noDatabase.response
    case .admitted(let record, _): token = record
    }
    do throws(PassageRefusal) {
      guard request.method == .get, target.query?.isEmpty ?? true else { throw .notListed }
      let outcome = await HangUp.cancelling(on: channel) { [passage] in
        do throws(PassageRefusal) {
          return Result<PassingMedia, PassageRefusal>.success(
            try await passage.media(behind: link, for: token)
          )
        } catch {
          return .failure(error)
        }
      }
      let media = try outcome.get()
      Self.count("GET _media", "2xx")
      return Self.response(streaming: media, on: channel.eventLoop)
    } catch {
      Self.count("GET _media", error.word)
      return error.answer(to: request.method).response
    }
  }

  /// A medium as an attachment: whatever its sender says it is, no browser shows it on our address.
  private static func response(
    streaming media: PassingMedia,
    on loop: any EventLoop
  ) -> Response {
    var headers = HTTPFields()
    headers[.contentType] = harmless(media.download.mimeType)
    headers[.contentDisposition] = "attachment"
    headers[.xContentTypeOptions] = "nosniff"
    headers[.contentSecurityPolicy] = "sandbox"
    headers[.cacheControl] = "private, no-store"
    if let hash = media.hash { headers[.reprDigest] = "sha-256=:\(hash):" }
    let bytes = media.download.bytes.flatMap { Int(exactly: $0) }
    return Response(
      status: .ok,
      headers: headers,
      body: ResponseBody(contentLength: bytes) { writer in
        // Holds the medium's place among the calls under way until the last byte.
        for try await chunk in media.download.chunks {
          try await writer.write(ByteBuffer(bytes: chunk))
          // The writer takes whatever comes until the connection's loop has told it to wait, so that a loop that is busy
          // would let megabytes pile up: each piece waits until the loop has seen it.
          try await loop.submit {}.get()
        }
        try await writer.finish(nil)
      }
    )
  }

  /// A type as it may stand in a header.
  private static func harmless(_ type: String?) -> String {
    guard let type, (3...256).contains(type.utf8.count), type.contains("/"),
      type.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
    else { return "application/octet-stream" }
    return type
  }

  private static func count(_ call: String, _ result: String) {
    Counter(
      label: "carewindow_passage_total",
      dimensions: [("call", call), ("result", result)]
    ).increment()
  }
}
