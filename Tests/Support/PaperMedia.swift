package import CustomerCare
package import Gateway
import Synchronization

/// Meta's media on paper: each file comes, or does not, as a test says.
package final class PaperMedia: MediaCarrier {
  /// A file as Meta has it.
  package struct File: Sendable {
    /// Its bytes.
    package var bytes: [UInt8]
    /// What Meta says of it.
    package var address = MediaAddress(url: "https://lookaside.fbsbx.com/file")
    /// How many bytes the media host announces; `nil`: it does not.
    package var announced: Int64?
    /// How many bytes come at once.
    package var pieceBytes = 100_000
    /// After how many pieces the connection breaks; `nil`: never.
    package var breaksAfter: Int?
    /// After how many pieces nothing comes any more, until the download is cancelled; `nil`: never.
    package var stallsAfter: Int?
    /// Called before each piece.
    package var beforePiece: @Sendable () -> Void = {}

    /// A file that comes without trouble.
    package init(_ bytes: [UInt8]) {
      self.bytes = bytes
    }
  }

  private struct State {
    var files: [String: File] = [:]
    var failures: [String: [MediaFailure]] = [:]
    var isDown: MediaFailure?
    var asked: [String] = []
    var tokens: Set<String> = []
  }

  /// Raised whenever somebody asks where a file is.
  package let asking = Tally()
  /// Raised whenever a download stands still.
  package let stalling = Tally()
  private let state = Mutex(State())

  /// Makes a Meta without files.
  package init() {}

  /// Which files were asked for, oldest first.
  package var asked: [String] { state.withLock { $0.asked } }
  /// With which tokens.
  package var tokens: Set<String> { state.withLock { $0.tokens } }

  /// Meta has a file.
  package func put(_ id: String, _ file: File) {
    state.withLock { $0.files[id] = file }
  }

  /// The next times a file is asked for go wrong.
  package func fail(_ id: String, _ failures: MediaFailure...) {
    state.withLock { $0.failures[id, default: []] += failures }
  }

  /// Everything goes wrong from now on; `nil`: no more.
  package func fail(_ failure: MediaFailure?) {
    state.withLock { $0.isDown = failure }
  }

  /// Says where a file is, if it was put there.
  package func resolve(
    _ media: String,
    of number: PhoneNumberID,
    with accessToken: AccessToken
  ) async -> Result<MediaAddress, MediaFailure> {
    let answer: Result<MediaAddress, MediaFailure> = state.withLock { state in
      state.asked.append(media)
      state.tokens.insert(accessToken.secret)
      if let down = state.isDown { return .failure(down) }
      if let next = state.failures[media]?.first {
        state.failures[media]?.removeFirst()
        return .failure(next)
      }
      guard var address = state.files[media]?.address else {
        return .failure(.refused(MetaRefusal(code: 100, title: "Unsupported get request.")))
      }
      address.url = media
      return .success(address)
    }
    asking.raise()
    return answer
  }

  /// Brings a file, piece by piece.
  package func download(
    _ address: MediaAddress,
    with accessToken: AccessToken
  ) async -> Result<MediaDownload, MediaFailure> {
    guard let file = state.withLock({ $0.files[address.url] }) else { return .failure(.gone) }
    let count = Mutex(0)
    let stalling = stalling
    let pieces = AsyncThrowingStream<[UInt8], any Error> {
      let piece = count.withLock { count in
        defer { count += 1 }
        return count
      }
      if let last = file.breaksAfter, piece >= last {
        throw MediaFailure.unavailable(reason: "it broke off")
      }
      if let last = file.stallsAfter, piece >= last {
        stalling.raise()
        for await _ in AsyncStream<Never>.makeStream().stream {}
        throw CancellationError()
      }
      file.beforePiece()
      let start = piece * file.pieceBytes
      guard start < file.bytes.count else { return nil }
      return Array(file.bytes[start..<min(start + file.pieceBytes, file.bytes.count)])
    }
    return .success(MediaDownload(mimeType: nil, bytes: file.announced, chunks: pieces))
  }
}
