/// The port through which a callback is called.
package protocol CallbackCarrier: Sendable {
  /// Posts a delivery and says what became of it; it never throws, and never takes longer than a claim lasts.
  func post(_ parcel: CallbackParcel) async -> CallbackOutcome
}

/// One delivery on its way.
package struct CallbackParcel: Sendable {
  /// Where to.
  package var url: String
  /// The headers that sign it, in order.
  package var headers: [(name: String, value: String)]
  /// JSON.
  package var body: [UInt8]

  /// Makes a parcel.
  package init(url: String, headers: [(name: String, value: String)], body: [UInt8]) {
    self.url = url
    self.headers = headers
    self.body = body
  }
}

/// What became of one attempt: the answer's status or a word, and nothing the receiver said.
package enum CallbackOutcome: Sendable, Hashable {
  /// A status from 200 to 299.
  case delivered(status: Int)
  /// Another status; redirects are among them, because none is followed.
  case answered(status: Int)
  /// No status came.
  case failed(Failure)
  /// Nobody was called, because there is nothing to tell yet.
  case withheld

  /// Why no status came.
  package enum Failure: String, Sendable {
    /// The host has no address.
    case unknownHost = "unknown_host"
    /// The address is one that is never called, or not called unless it is listed.
    case forbiddenAddress = "forbidden_address"
    /// Plain HTTP, to somewhere that is not listed.
    case plainHTTP = "plain_http"
    /// Nobody took the connection, or it broke.
    case connection
    /// No status came in time.
    case timeout
    /// The secret cannot be opened, or what is to be posted cannot be read.
    case unreadable
  }

  /// The outcome in a stable word.
  package var word: String {
    switch self {
    case .delivered(let status), .answered(let status): "http_\(status)"
    case .failed(let failure): failure.rawValue
    case .withheld: "withheld"
    }
  }
}
