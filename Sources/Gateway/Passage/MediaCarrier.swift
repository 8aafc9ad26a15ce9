package import CustomerCare

/// Bytes on their way, a piece at a time; whoever takes the next piece lets it come.
package typealias ByteChunks = any AsyncSequence<[UInt8], any Error> & Sendable

/// The port through which media come from Meta.
package protocol MediaCarrier: Sendable {
  /// Asks Meta where a medium lies; the address is good for five minutes.
  ///
  /// - Parameters:
  ///   - media: Meta's id of the medium.
  ///   - number: The business number it belongs to.
  ///   - accessToken: Meta's token of that number.
  /// - Returns: The address, or why there is none.
  func resolve(
    _ media: String,
    of number: PhoneNumberID,
    with accessToken: AccessToken
  ) async -> Result<MediaAddress, MediaFailure>

  /// Begins to fetch what lies at an address; nothing is read before somebody takes it.
  ///
  /// The address may only be on one of Meta's media hosts, and no redirect is followed: the token goes with the request.
  func download(
    _ address: MediaAddress,
    with accessToken: AccessToken
  ) async -> Result<MediaDownload, MediaFailure>
}

/// Where a medium lies, and what Meta says of it.
package struct MediaAddress: Sendable, Hashable {
  /// The URL; it works for five minutes, with the number's token only.
  package var url: String
  /// Its type, such as `image/jpeg`; `nil` when Meta does not say.
  package var mimeType: String?
  /// The SHA-256 of its bytes as Meta writes it, in hex or base64; `nil` when Meta does not say.
  package var sha256: String?
  /// How many bytes it has; `nil` when Meta does not say.
  package var bytes: Int64?

  /// Makes an address.
  package init(url: String, mimeType: String? = nil, sha256: String? = nil, bytes: Int64? = nil) {
    self.url = url
    self.mimeType = mimeType
    self.sha256 = sha256
    self.bytes = bytes
  }
}

/// A medium that is on its way.
package struct MediaDownload: Sendable {
  /// Its type as the media host says; `nil` when it does not.
  package var mimeType: String?
  /// How many bytes come; `nil` when the host does not say.
  package var bytes: Int64?
  /// The bytes, to be taken once.
  ///
  /// Taking throws a `MediaFailure` when they do not come whole; who stops taking ends the download.
  package var chunks: ByteChunks

  /// Makes a download.
  package init(mimeType: String?, bytes: Int64?, chunks: ByteChunks) {
    self.mimeType = mimeType
    self.bytes = bytes
    self.chunks = chunks
  }
}

/// Why a medium does not come.
package enum MediaFailure: Error, Sendable, Hashable {
  /// Meta says no: there is no such medium, or the token may not have it. Asking again does not help.
  case refused(MetaRefusal)
  /// Nothing lies at the address any more; a new one may be asked for.
  case gone
  /// The address is on no media host of Meta's; nobody was asked.
  case foreignAddress
  /// It has more bytes than any medium has.
  case tooLarge
  /// Meta could not be reached, did not answer in time, or broke off; asking again may help.
  case unavailable(reason: String)
}
