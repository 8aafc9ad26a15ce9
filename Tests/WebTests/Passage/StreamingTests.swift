import Carriers
import CloudAPI
import CustomerCare
import Gateway
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import ServiceLifecycle
import Support
import Synchronization
import Testing

@testable import Web

/// Files that are too large to be held, and partners that are slow.
@Suite(.serialized) struct StreamingTests {
  /// How many bytes went in at one end and came out at the other; the most that was between them.
  private final class Gauge: Sendable {
    private let state = Mutex((into: 0, out: 0, most: 0))
    private let moved = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    func into(_ count: Int) {
      state.withLock {
        $0.into += count
        $0.most = max($0.most, $0.into - $0.out)
      }
      moved.continuation.yield()
    }

    func out(_ count: Int) { state.withLock { $0.out += count } }

    var most: Int { state.withLock { $0.most } }
    var between: Int { state.withLock { $0.into - $0.out } }
    var all: (into: Int, out: Int) { state.withLock { ($0.into, $0.out) } }

    /// Returns once so many bytes are between the ends, or so many went in altogether.
    func fills(to count: Int, orAll all: Int) async {
      if isFull(count, all) { return }
      for await _ in moved.stream where isFull(count, all) { return }
    }

    private func isFull(_ count: Int, _ all: Int) -> Bool {
      state.withLock { $0.into - $0.out >= count || $0.into >= all }
    }
  }

  private static let piece = [UInt8](repeating: 0x61, count: 64 << 10)
  private static let pieces = 1536
  private static let bytes = pieces * piece.count
  /// What the kernel may hold on the way, none of it ours: 4 MiB in each socket that sends, 32 MiB in each that receives.
  private static let heldByKernel = 80 << 20
  /// What is held between us and a reader whose system keeps little: our socket's 4 MiB, and as much again for pieces.
  private static let heldForReader = 8 << 20

  /// A listener of the gateway in front of a Meta on another port.
  private static func play(
    media: (any MediaCarrier)? = nil,
    answer: @escaping Upstream.Answering,
    _ act: @escaping @Sendable (LiveScene) async throws -> Void
  ) async throws {
    try await Upstream(now: PassageStage.start, answer: answer).serve { connection in
      let scene = try await WebScene(passage: connection, media: media)
      try await LiveScene.visit(scene, act)
    }
  }

  private static func head(_ method: String, _ path: String, _ more: String = "") -> String {
    "\(method) \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(WebScene.token)\r\n\(more)\r\n"
  }

  @Test func `an upload of 96 MiB goes through without being held`() async throws {
    let gauge = Gauge()
    let answering: Upstream.Answering = { request, _ in
      var count = 0
      for try await buffer in request.body {
        // A slow Meta: takes nothing before the program is well ahead of it.
        await gauge.fills(to: 512 << 10, orAll: Self.bytes)
        count += buffer.readableBytes
        gauge.out(buffer.readableBytes)
      }
      let isWhole = count > Self.bytes && count < Self.bytes + 2048
      return Response(isWhole ? .ok : .badRequest, json: ["id": "4400000000000001"])
    }
    try await Self.play(answer: answering) { live in
      let form = PassageStage.form([], fields: [("messaging_product", "whatsapp")])
      let text = String(decoding: form, as: UTF8.self)
      let cut = try #require(text.firstRange(of: "\r\n\r\n")).upperBound
      let (before, after) = (String(text[..<cut]), String(text[cut...]))
      let head = Self.head(
        "POST",
        "/v24.0/900800700/media",
        "Content-Type: multipart/form-data; boundary=XX\r\nConnection: close\r\n"
          + "Content-Length: \(before.utf8.count + Self.bytes + after.utf8.count)\r\n"
      )
      let answer = try await live.connect { connection in
        try await connection.send(head + before)
        let buffer = ByteBuffer(bytes: Self.piece)
        for _ in 0..<Self.pieces {
          try await connection.channel.writeAndFlush(buffer)
          gauge.into(Self.piece.count)
        }
        try await connection.send(after)
        return try await connection.untilClosed()
      }
      #expect(answer.hasPrefix("HTTP/1.1 200 OK"), "\(answer.prefix(400))")
      #expect(gauge.all.into == Self.bytes)
      #expect(gauge.most < Self.heldByKernel, "\(gauge.most) bytes were held")
    }
  }

  @Test func `a download of 96 MiB goes to a slow reader without being held`() async throws {
    let gauge = Gauge()
    try await Self.play(answer: Self.serving(gauge)) { live in
      let path = try await Self.link(live)
      let got = try await live.connect(holding: 64 << 10) { connection in
        try await connection.send(Self.head("GET", path, "Connection: close\r\n"))
        var got = 0
        for try await buffer in connection.inbound {
          await gauge.fills(to: 512 << 10, orAll: Self.bytes)
          gauge.out(buffer.readableBytes)
          got += buffer.readableBytes
        }
        return got
      }
      #expect(got > Self.bytes && got < Self.bytes + 2048)
      #expect(gauge.all.into == Self.bytes)
      #expect(gauge.most < Self.heldByKernel, "\(gauge.most) bytes were held")
    }
  }

  /// Media from memory: as fast as they are taken, and counted.
  private struct Memory: MediaCarrier {
    let gauge: Gauge

    func resolve(
      _ media: String,
      of number: PhoneNumberID,
      with accessToken: AccessToken
    ) async -> Result<MediaAddress, MediaFailure> { .failure(.gone) }

    func download(
      _ address: MediaAddress,
      with accessToken: AccessToken
    ) async -> Result<MediaDownload, MediaFailure> {
      let chunks = AsyncThrowingStream<[UInt8], any Error> {
        guard gauge.all.into < StreamingTests.bytes else { return nil }
        gauge.into(StreamingTests.piece.count)
        return StreamingTests.piece
      }
      return .success(
        MediaDownload(mimeType: nil, bytes: Int64(StreamingTests.bytes), chunks: chunks)
      )
    }
  }

  @Test func `no piece is taken from Meta long before the reader can have it`() async throws {
    let gauge = Gauge()
    try await Self.play(media: Memory(gauge: gauge), answer: Self.serving(Gauge())) { live in
      let path = try await Self.link(live)
      try await live.connect(holding: 64 << 10) { connection in
        try await connection.send(Self.head("GET", path, "Connection: close\r\n"))
        for try await buffer in connection.inbound {
          await gauge.fills(to: 1 << 20, orAll: Self.bytes)
          gauge.out(buffer.readableBytes)
        }
      }
      #expect(gauge.all.into == Self.bytes)
      #expect(gauge.most < Self.heldForReader, "\(gauge.most) bytes were held")
    }
  }

  @Test func `who hangs up in the middle of a download ends it at Meta, too`() async throws {
    let gauge = Gauge()
    let ended = AsyncStream<Void>.makeStream()
    try await Self.play(answer: Self.serving(gauge) { ended.continuation.yield() }) { live in
      let path = try await Self.link(live)
      try await live.connect { connection in
        try await connection.send(Self.head("GET", path))
        _ = try await connection.inbound.first { _ in true }
        try await connection.channel.close()
      }
      // Comes only when Meta's side can write no more.
      for await _ in ended.stream { break }
      #expect(gauge.all.into < Self.bytes)
    }
  }

  @Test func `who hangs up in the middle of an upload ends it at Meta, too`() async throws {
    let ended = AsyncStream<Bool>.makeStream()
    let begun = AsyncStream<Void>.makeStream()
    let answering: Upstream.Answering = { request, _ in
      do {
        for try await _ in request.body { begun.continuation.yield() }
        ended.continuation.yield(true)
      } catch {
        ended.continuation.yield(false)
      }
      return Response(.ok, json: ["id": "4400000000000001"])
    }
    try await Self.play(answer: answering) { live in
      let form = PassageStage.form(Self.piece)
      try await live.connect { connection in
        let head = Self.head(
          "POST",
          "/v24.0/900800700/media",
          "Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: 10000000\r\n"
        )
        try await connection.send(head + String(decoding: form.prefix(60_000), as: UTF8.self))
        for await _ in begun.stream { break }
        try await connection.channel.close()
      }
      for await isWhole in ended.stream {
        #expect(!isWhole)
        break
      }
      let rows = try await live.scene.rows()
      #expect(rows["media_upload"] == 0)
    }
  }

  @Test func `a file larger than any medium is refused before Meta hears of it`() async throws {
    let heard = Mutex(0)
    let answering: Upstream.Answering = { _, _ in
      heard.withLock { $0 += 1 }
      return nil
    }
    try await Self.play(answer: answering) { live in
      let head = Self.head(
        "POST",
        "/v24.0/900800700/media",
        "Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: 200000000\r\n"
      )
      let answer = try await live.connect { connection in
        try await connection.send(head)
        return try await connection.untilClosed()
      }
      #expect(answer.hasPrefix("HTTP/1.1 413"), "\(answer.prefix(200))")
      #expect(heard.withLock { $0 } == 0)
    }
  }

  /// Uploads, tells where it lies, and serves 96 MiB there, counted as they leave.
  private static func serving(
    _ gauge: Gauge,
    _ broken: @escaping @Sendable () -> Void = {}
  ) -> Upstream.Answering {
    { request, channel in
      guard request.uri.path == "/film" else {
        if request.method == .get {
          let host = request.head.authority ?? ""
          return Response(
            .ok,
            json: ["url": .string("http://\(host)/film"), "mime_type": "video/mp4"]
          )
        }
        return nil
      }
      let buffer = ByteBuffer(bytes: piece)
      return Response(
        status: .ok,
        headers: [.contentType: "video/mp4"],
        body: ResponseBody(contentLength: bytes) { writer in
          do {
            for _ in 0..<pieces {
              try await writer.write(buffer)
              try await channel.eventLoop.submit {}.get()
              gauge.into(piece.count)
            }
            try await writer.finish(nil)
          } catch {
            broken()
            throw error
          }
        }
      )
    }
  }

  /// Uploads something and gives the path of the link to it.
  private static func link(_ live: LiveScene) async throws -> String {
    let form = String(decoding: PassageStage.form(Array("x".utf8)), as: UTF8.self)
    let upload = head(
      "POST",
      "/v24.0/900800700/media",
      "Content-Type: multipart/form-data; boundary=XX\r\nConnection: close\r\n"
        + "Content-Length: \(form.utf8.count)\r\n"
    )
    let uploaded = try await live.connect { connection in
      try await connection.send(upload + form)
      return try await connection.untilClosed()
    }
    let id = try #require(json(uploaded)["id"]?.text, "\(uploaded)")
    let told = try await live.connect { connection in
      try await connection.send(head("GET", "/v24.0/\(id)", "Connection: close\r\n"))
      return try await connection.untilClosed()
    }
    return PassageStage.path(try #require(json(told)["url"]?.text, "\(told)"))
  }

  private static func json(_ answer: String) -> JSON {
    guard let end = answer.firstRange(of: "\r\n\r\n") else { return .null }
    return (try? JSON.parse(text: String(answer[end.upperBound...]))) ?? .null
  }
}
