import CloudAPI
import CustomerCare
import Hummingbird
import Storage

/// `/v1/media`: the files that messages name.
struct MediaAPI: Sendable {
  let engine: any SQLEngine

  /// How long a caller waits before asking again for a file that is on its way, in seconds: most are there by then.
  private static let retryAfter = "2"

  var routes: [APIRoute] {
    [
      APIRoute(
        .get,
        "/v1/media/{phone_number_id}/{media_id}",
        "getMedia",
        scope: .read,
        run: media
      )
    ]
  }

  @Sendable private func media(_ call: APICall) async throws -> Response {
    let number = try call.number()
    let id = call.mediaID
    let (isAdded, found) = try await engine.read { unit in
      (
        try Numbers.find(number, in: unit) != nil, try MediaViews.find(id, of: number, in: unit)
      )
    }
    guard isAdded else { throw Problem.unknownNumber }
    guard let found else { throw Problem.unknownMedia }
    guard let content = found.content else {
      throw found.loss.map(Problem.lostMedia) ?? .pendingMedia(retryAfter: Self.retryAfter)
    }
    return KeptMedia(
      engine: engine,
      loop: call.context.channel.eventLoop,
      fact: found.fact,
      content: content
    ).response(to: call.request.headers)
  }
}

extension Problem {
  fileprivate static let unknownMedia = Problem(
    .notFound,
    "unknown_media",
    "No message of this number names such a file."
  )

  /// 409 and not 202: whoever looks only at whether it succeeded must not take this for the file.
  fileprivate static func pendingMedia(retryAfter: String) -> Problem {
    var problem = Problem(
      .conflict,
      "media_pending",
      "The file is being fetched from Meta. Ask again."
    )
    problem.headers[.retryAfter] = retryAfter
    return problem
  }

  fileprivate static func lostMedia(_ loss: MediaLoss) -> Problem {
    let why =
      switch loss {
      case .tooLarge: "It is larger than files of its kind may be."
      case .gone: "Meta has it no more."
      case .expired: "It could not be fetched while Meta had it."
      case .spoilt: "Meta handed out other bytes than it told of."
      case .pruned: "It was kept as long as files are kept here."
      }
    var problem = Problem(.gone, "media_lost", "The file is not here. \(why)")
    problem.members = [JSONMember("reason", .string(loss.rawValue))]
    return problem
  }
}

extension MediaView {
  /// Adds to Meta's object of a file where it is: its state, and our address instead of Meta's.
  func complete(_ json: inout JSON, publicURL: String, number: PhoneNumberID) {
    json.set("url", to: .string("\(publicURL)/v1/media/\(number)/\(fact.id)"))
    json.set("state", to: .string(state.rawValue))
    json.set("reason", to: loss.map { .string($0.rawValue) })
  }
}
