import CustomerCare
package import Gateway

/// Carries messages to Meta's Cloud API.
package struct MetaCarrier: Carrier {
  private let connection: MetaConnection
  private let version: GraphVersion

  /// Makes a carrier.
  ///
  /// - Parameters:
  ///   - connection: The way to Meta; whoever made it closes it.
  ///   - version: The Graph version of parcels that name none.
  package init(connection: MetaConnection, version: GraphVersion) {
    self.connection = connection
    self.version = version
  }

  /// Hands one message to Meta and says what became of it; never takes longer than the connection's `limits.whole`.
  ///
  /// A parcel whose number, version or token cannot be part of a request is not sent.
  package func carry(_ parcel: Parcel) async -> Carried {
    guard let number = GraphNode(parcel.from.rawValue) else {
      return .notSent("the business number's id is not made of digits")
    }
    guard let version = parcel.version.map(GraphVersion.init) ?? self.version else {
      return .notSent("the Graph version is not written like v24.0")
    }
    let call = GraphCall(
      method: .post,
      version: version,
      target: .edge(number, parcel.road.edge),
      body: parcel.body,
      accessToken: parcel.accessToken
    )
    switch await connection.exchange(call) {
    case .success(let answer):
      let body = parcel.accessToken.removed(from: answer.body)
      let answer = MetaAnswer(status: answer.status, body: body)
      return Carried(outcome: .init(answer), answer: answer)
    case .failure(let failure):
      let reason = "\(failure)"
      return Carried(
        outcome: failure.hasBegun ? .unknown(reason: reason) : .notSent(reason: reason),
        answer: nil
      )
    }
  }
}

extension Parcel.Road {
  fileprivate var edge: GraphCall.Edge {
    switch self {
    case .messages: .messages
    case .marketingMessages: .marketingMessages
    }
  }
}

extension Carried {
  fileprivate static func notSent(_ reason: String) -> Carried {
    Carried(outcome: .notSent(reason: reason), answer: nil)
  }
}
