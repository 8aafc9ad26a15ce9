import CloudAPI

/// An error as the Graph API words it.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
/// (2026-06-18), read 2026-11-21.
package struct MetaError: Error, Sendable, Hashable {
  /// Meta's code.
  package let code: Int

  /// The HTTP status when it is an answer.
  package let status: Int

  /// The title: what `message` says after the code.
  package let title: String

  /// The text of `error_data.details`, or nil.
  package let details: String?

  /// The subcode, which Meta still gives for unknown objects and template names; nil elsewhere.
  package let subcode: Int?

  /// `OAuthException` for nearly everything.
  package let type: String

  /// Creates an error.
  package init(
    _ code: Int,
    status: Int,
    _ title: String,
    details: String? = nil,
    subcode: Int? = nil,
    type: String = "OAuthException"
  ) {
    self.code = code
    self.status = status
    self.title = title
    self.details = details
    self.subcode = subcode
    self.type = type
  }

  /// The body of the answer.
  func body(trace: String) -> JSON {
    let data = details.map { details -> JSON in
      ["messaging_product": "whatsapp", "details": .string(details)]
    }
    return [
      "error": .present([
        "message": .string(code == 190 || subcode == 33 ? title : "(#\(code)) \(title)"),
        "type": .string(type),
        "code": .integer(code),
        "error_subcode": subcode.map { .integer($0) },
        "error_data": data,
        "fbtrace_id": .string(trace),
      ])
    ]
  }

  /// The item of `errors` in a `failed` status or on an inbound message.
  func item() -> JSON {
    .present([
      "code": .integer(code),
      "title": .string(title),
      "message": .string(title),
      "error_data": details.map { ["details": .string($0)] },
      "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    ])
  }
}

extension MetaError {
  /// The token is missing, unknown or withdrawn.
  static let badToken = MetaError(
    190,
    status: 401,
    "Invalid OAuth access token - Cannot parse access token"
  )

  /// The app itself must ask, not a person or system user of its.
  ///
  /// Source: developers.facebook.com/docs/graph-api/reference/application/subscriptions, read 2026-11-21.
  static let appTokenNeeded = MetaError(
    15,
    status: 400,
    "This method must be called with an app access_token."
  )

  /// The token may not do this with this object.
  static let notPermitted = MetaError(
    200,
    status: 403,
    "You do not have the necessary permissions required for this object."
  )

  /// The path names nothing this token can see.
  static func unknownObject(_ id: String, method: String) -> MetaError {
    MetaError(
      100,
      status: 400,
      """
      Unsupported \(method.lowercased()) request. Object with ID '\(id)' does not exist, cannot be \
      loaded due to missing permissions, or does not support this operation. Please read the Graph \
      API documentation at https://developers.facebook.com/docs/graph-api
      """,
      subcode: 33,
      type: "GraphMethodException"
    )
  }

  /// A parameter is wrong (100).
  static func invalidParameter(_ details: String) -> MetaError {
    MetaError(100, status: 400, "Invalid parameter", details: details)
  }

  /// A required parameter is missing (131008).
  static func missingParameter(_ details: String) -> MetaError {
    MetaError(131008, status: 400, "Required parameter is missing", details: details)
  }

  /// A parameter has a value that is not possible (131009).
  static func badValue(_ details: String) -> MetaError {
    MetaError(131009, status: 400, "Parameter value is not valid", details: details)
  }

  /// More than 24 hours have passed since the customer last wrote or called.
  static let reengagement = MetaError(
    131047,
    status: 400,
    "Re-engagement message",
    details:
      "Message failed to send because more than 24 hours have passed since the customer last replied to this number."
  )

  /// The number sends and receives more per second than it may.
  static let throughput = MetaError(
    130429,
    status: 400,
    "Rate limit hit",
    details: "Cloud API message throughput has been reached."
  )

  /// Too many messages to one person in a short time.
  static let pairLimit = MetaError(
    131056,
    status: 400,
    "(Business Account, Consumer Account) pair rate limit hit",
    details:
      "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time."
  )

  /// Not on WhatsApp, or not to be told why not.
  static let undeliverable = MetaError(
    131026,
    status: 400,
    "Message undeliverable",
    details: "Message Undeliverable."
  )

  /// Nobody pays.
  static let unpaid = MetaError(
    131042,
    status: 400,
    "Business eligibility payment issue",
    details:
      "Message failed to send because there were one or more errors related to your payment method."
  )

  /// The template is not there, or may not be sent.
  static func templateMissing(_ name: String, _ language: String) -> MetaError {
    MetaError(
      132001,
      status: 404,
      "Template name does not exist in the translation",
      details: "template name (\(name)) does not exist in \(language)"
    )
  }

  /// An error chosen by a fault, worded from Meta's table where it stands there.
  static func chosen(_ code: Int) -> MetaError {
    if let known = [reengagement, throughput, pairLimit, undeliverable, unpaid, badToken]
      .first(where: { $0.code == code })
    {
      return known
    }
    let row = GraphError.known(code: code)
    return MetaError(
      code,
      status: row?.httpStatus ?? 400,
      row?.meaning ?? "Simulated error",
      details: "Chosen by a fault of the sandbox."
    )
  }
}
