import CustomerCare
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// Hands out the bytes of a file, a chunk at a time.
///
/// Each chunk is read when the one before has gone out, by a read of its own: a slow client holds one chunk, and no
/// snapshot of the database.
struct KeptMedia: Sendable {
  /// The bytes were thrown away while they were handed out: the connection ends, so that nobody takes a part for the whole.
  struct ThrownAway: Error {}

  let engine: any SQLEngine
  /// The connection's.
  let loop: any EventLoop
  let fact: MediaFact
  let content: MediaView.Content

  /// The answer to a request for the file, or for a part of it.
  func response(to headers: HTTPFields) -> Response {
    let tag = "\"\(content.hash.hex)\""
    var fields = head(tag)
    if Self.isKnown(tag, headers.single(.ifNoneMatch)) {
      return Response(status: .notModified, headers: fields)
    }
    // A part of what is no longer the same would be a part of something else.
    let isSame = headers[.ifRange].map { $0 == tag } ?? true
    let asked = isSame ? headers.single(.range) : nil
    switch ByteRange(asked, size: content.size) {
    case .whole:
      return Response(status: .ok, headers: fields, body: body(0..<content.size))
    case .part(let range):
      fields[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(content.size)"
      return Response(status: .partialContent, headers: fields, body: body(range))
    case .unsatisfiable:
      var problem = Problem(
        .rangeNotSatisfiable,
        "range_not_satisfiable",
        "The file has \(content.size) bytes."
      )
      problem.headers[.contentRange] = "bytes */\(content.size)"
      return problem.response
    }
  }

  private func head(_ tag: String) -> HTTPFields {
    [
      .contentType: MediaType.served(fact.mimeType),
      .contentDisposition: FileName(of: fact).disposition,
      // Whatever somebody sent us: not shown, not guessed at, not run, and kept by nobody on the way.
      .xContentTypeOptions: "nosniff",
      .contentSecurityPolicy: "sandbox; default-src 'none'",
      .cacheControl: "private",
      .eTag: tag,
      .acceptRanges: "bytes",
    ]
  }

  private static func isKnown(_ tag: String, _ header: String?) -> Bool {
    guard let header else { return false }
    return header.split(separator: ",").contains { known in
      let known = known.filter { $0 != " " }
      return known == "*" || known == tag || known == "W/" + tag
    }
  }

  private func body(_ range: Range<Int>) -> ResponseBody {
    ResponseBody(contentLength: range.count) { [engine, loop, content] writer in
      var position = range.lowerBound
      while position < range.upperBound {
        let number = position / MediaBytes.chunkBytes
        let chunk = try await engine.read { unit in
          try MediaBytes.chunk(number, of: content.place, hash: content.hash, in: unit)
        }
        let start = position % MediaBytes.chunkBytes
        guard let chunk, start < chunk.count else { throw ThrownAway() }
        let end = min(chunk.count, start + range.upperBound - position)
        try await writer.write(ByteBuffer(bytes: chunk[start..<end]))
        // The writer takes whatever comes until the loop has told it to wait, so each chunk waits until the loop has seen it.
        try await loop.submit {}.get()
        position += end - start
      }
      try await writer.finish(nil)
    }
  }
}
