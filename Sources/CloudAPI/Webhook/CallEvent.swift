/// Something that happened in a call: `value.calls[]` of field `calls`.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/calling/user-initiated-calls, read 2026-11-21.
package struct CallEvent: Sendable, Hashable {
  /// What happened.
  package enum Kind: Sendable, Hashable {
    /// The call begins.
    case connect
    /// The call is over.
    case terminate
    /// The call exists; seen with SIP signalling.
    case created
    /// Something else, in Meta's word.
    case other(String)
  }

  /// Who calls.
  package enum Direction: Sendable, Hashable {
    /// The customer calls the business.
    case customerCalls
    /// The business calls the customer.
    case businessCalls
  }

  /// How it ended, on `terminate`.
  package enum Ending: Sendable, Hashable {
    /// Ended in order; answered only if there is a start time or a duration.
    case completed
    /// Did not come about.
    case failed
    /// Something else, in Meta's word.
    case other(String)
  }

  /// The call id (wacid).
  package var id: String
  /// What happened.
  package var kind: Kind
  /// Who calls; inferred from the numbers if Meta leaves it out, nil if they do not tell.
  package var direction: Direction?
  /// The caller's number in digits; Meta's samples contradict themselves, trust `direction`.
  package var from: String?
  /// The caller's BSUID, if the customer calls.
  package var fromUserID: String?
  /// The caller's parent BSUID, if the customer calls.
  package var fromParentUserID: String?
  /// The called number in digits.
  package var to: String?
  /// The called BSUID, if the business calls.
  package var toUserID: String?
  /// The called parent BSUID, if the business calls.
  package var toParentUserID: String?
  /// Seconds since 1970 by Meta's clock; nil if unreadable.
  package var timestamp: Int64?
  /// How it ended.
  package var ending: Ending?
  /// When it was picked up, in seconds since 1970; nil if nobody did.
  package var startedAt: Int64?
  /// When it ended, in seconds since 1970; nil if nobody picked it up.
  package var endedAt: Int64?
  /// How long it was, in seconds; nil if nobody picked it up.
  package var durationSeconds: Int64?
  /// What the sender gave as `biz_opaque_callback_data`.
  package var callbackData: String?
  /// What a call button carried.
  package var buttonPayload: String?
  /// What a call link carried.
  package var linkPayload: String?
  /// Why it failed.
  package var errors: [ReportedError]
  /// The event as Meta wrote it, with the session description.
  package var raw: JSON

  /// Creates an event whose `raw` is what Meta would write.
  package init(
    id: String,
    kind: Kind,
    direction: Direction?,
    from: String? = nil,
    fromUserID: String? = nil,
    fromParentUserID: String? = nil,
    to: String? = nil,
    toUserID: String? = nil,
    toParentUserID: String? = nil,
    timestamp: Int64?,
    ending: Ending? = nil,
    startedAt: Int64? = nil,
    endedAt: Int64? = nil,
    durationSeconds: Int64? = nil,
    callbackData: String? = nil,
    buttonPayload: String? = nil,
    linkPayload: String? = nil,
    errors: [ReportedError] = []
  ) {
    self.id = id
    self.kind = kind
    self.direction = direction
    self.from = from
    self.fromUserID = fromUserID
    self.fromParentUserID = fromParentUserID
    self.to = to
    self.toUserID = toUserID
    self.toParentUserID = toParentUserID
    self.timestamp = timestamp
    self.ending = ending
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.durationSeconds = durationSeconds
    self.callbackData = callbackData
    self.buttonPayload = buttonPayload
    self.linkPayload = linkPayload
    self.errors = errors
    raw = .null
    raw = encoded
  }
}

extension CallEvent {
  init?(_ json: JSON, businessNumber: String?, _ reader: inout WireReader) {
    guard let id = reader.requiredText("id", of: json),
      let word = reader.requiredText("event", of: json)
    else { return nil }
    self.id = id
    kind = Kind(word)
    from = reader.text("from", of: json)
    fromUserID = reader.text("from_user_id", of: json)
    fromParentUserID = reader.text("from_parent_user_id", of: json)
    to = reader.text("to", of: json)
    toUserID = reader.text("to_user_id", of: json)
    toParentUserID = reader.text("to_parent_user_id", of: json)
    direction =
      switch json["direction"]?.text?.uppercased() {
      case "USER_INITIATED": .customerCalls
      case "BUSINESS_INITIATED": .businessCalls
      default: Self.direction(from: from, to: to, businessNumber: businessNumber)
      }
    timestamp = reader.seconds("timestamp", of: json, isRequired: true)
    ending = json["status"]?.text.map(Ending.init)
    startedAt = reader.seconds("start_time", of: json)
    endedAt = reader.seconds("end_time", of: json)
    durationSeconds = json["duration"]?.integer
    callbackData = reader.text("biz_opaque_callback_data", of: json)
    buttonPayload = json["cta_payload"]?.text
    linkPayload = json["deeplink_payload"]?.text
    errors = reader.eachObject("errors", of: json) { ReportedError($0, &$1) }
    raw = json
  }

  /// One of Meta's samples of `connect` has no direction; then the business's own number tells.
  private static func direction(
    from: String?,
    to: String?,
    businessNumber: String?
  ) -> Direction? {
    guard let businessNumber, from != to else { return nil }
    if from?.decimalDigits == businessNumber { return .businessCalls }
    return to?.decimalDigits == businessNumber ? .customerCalls : nil
  }

  private var encoded: JSON {
    .present([
      "id": .string(id),
      "from": from.map(JSON.string),
      "from_user_id": fromUserID.map(JSON.string),
      "from_parent_user_id": fromParentUserID.map(JSON.string),
      "to": to.map(JSON.string),
      "to_user_id": toUserID.map(JSON.string),
      "to_parent_user_id": toParentUserID.map(JSON.string),
      "event": .string(kind.word),
      "timestamp": timestamp.map { .string(String($0)) },
      "direction": direction.map { $0 == .customerCalls ? "USER_INITIATED" : "BUSINESS_INITIATED" },
      "status": ending.map { .string($0.word) },
      "start_time": startedAt.map { .string(String($0)) },
      "end_time": endedAt.map { .string(String($0)) },
      "duration": durationSeconds.map(JSON.integer),
      "biz_opaque_callback_data": callbackData.map(JSON.string),
      "cta_payload": buttonPayload.map(JSON.string),
      "deeplink_payload": linkPayload.map(JSON.string),
      "errors": errors.isEmpty ? nil : .array(errors.map(\.json)),
    ])
  }
}

extension CallEvent.Kind {
  /// Reads Meta's word.
  package init(_ word: String) {
    switch word {
    case "connect": self = .connect
    case "terminate": self = .terminate
    case "call_created": self = .created
    default: self = .other(word)
    }
  }

  /// Meta's word.
  package var word: String {
    switch self {
    case .connect: "connect"
    case .terminate: "terminate"
    case .created: "call_created"
    case .other(let word): word
    }
  }
}

extension CallEvent.Ending {
  /// Reads Meta's word, in either case.
  package init(_ word: String) {
    switch word.uppercased() {
    case "COMPLETED": self = .completed
    case "FAILED": self = .failed
    default: self = .other(word)
    }
  }

  /// Meta's word.
  package var word: String {
    switch self {
    case .completed: "COMPLETED"
    case .failed: "FAILED"
    case .other(let word): word
    }
  }
}
