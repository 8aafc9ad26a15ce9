extension GraphError {
  /// The Graph API itself: tokens, permissions, call rates.
  static let platform: [GraphError] = [
    row(
      0,
      "the app or user could not be authenticated",
      http: 401,
      [.response],
      .no,
      advice: "set a new access token"
    ),
    row(
      1,
      "an unknown problem of the API, or a bad request",
      http: 400,
      [.response],
      .yesUnsafe,
      wait: .backoff(from: .seconds(1))
    ),
    row(
      2,
      "the service is down or overloaded",
      http: 503,
      [.response],
      .yesUnsafe,
      wait: .backoff(from: .seconds(1))
    ),
    row(
      3,
      "a capability or permission is missing",
      http: 500,
      [.response],
      .no,
      advice: "grant the app the permission"
    ),
    row(
      4,
      "the app made too many calls",
      http: 400,
      [.response],
      .yes,
      wait: .atMost(.seconds(3600)),
      advice: "read the usage headers"
    ),
    row(
      10,
      "a permission is missing or was withdrawn",
      http: 403,
      [.response],
      .no,
      advice: "grant the permission again"
    ),
    row(33, "the phone number was deleted", http: 400, [.response], .no),
    row(
      100,
      "a parameter is invalid or misspelled",
      http: 400,
      [.response],
      .no,
      advice: "correct the request"
    ),
    row(
      190,
      "the access token is expired or invalid",
      http: 401,
      [.response],
      .no,
      advice: "stop sending with this token and set a new one"
    ),
    row(
      200...299,
      "a permission is missing, or the token lacks access to the asset",
      http: 403,
      [.response],
      .no,
      advice: "grant the permission"
    ),
    row(
      368,
      "temporarily blocked for violations of policy",
      http: 403,
      [.response],
      .later,
      wait: .until("the restriction ends")
    ),
    row(
      613,
      "too many questions for call permission",
      http: 429,
      [.response],
      .yes,
      wait: .backoff(from: .seconds(1))
    ),
    row(
      80_007,
      "the account made too many management calls",
      http: 400,
      [.response],
      .yes,
      wait: .atMost(.seconds(3600))
    ),
  ]

  /// Sending and receiving messages.
  static let messaging: [GraphError] = [
    row(
      130_403,
      "this business blocked the customer",
      http: nil,
      [.response],
      .no,
      advice: "unblock the customer first"
    ),
    row(
      130_429,
      "the number sends too many messages per second",
      http: 400,
      [.response, .status, .value],
      .yes,
      wait: .backoff(from: .seconds(1))
    ),
    row(
      131_000,
      "something went wrong",
      http: 500,
      [.response, .status, .value],
      .yesUnsafe,
      wait: .backoff(from: .seconds(1))
    ),
    row(131_005, "access is denied", http: 403, [.response], .no, advice: "grant the permission"),
    row(
      131_008,
      "a required parameter is missing",
      http: 400,
      [.response],
      .no,
      advice: "correct the request"
    ),
    row(
      131_009,
      "a parameter's value is invalid, or a reaction is to a message that is too old or unknown",
      http: 400,
      [.response, .status],
      .no,
      advice: "correct the request"
    ),
    row(
      131_016,
      "the service is unavailable",
      http: 500,
      [.response],
      .yesUnsafe,
      wait: .backoff(from: .seconds(1))
    ),
    row(131_020, "the group has only one member", http: 400, [.response], .no),
    row(131_021, "recipient and sender are the same", http: 400, [.response], .no),
    row(
      131_026,
      "undeliverable: not on WhatsApp, terms not accepted, client too old, or an API number",
      http: 400,
      [.response, .status],
      .no,
      advice: "try by hand later"
    ),
    row(
      131_030,
      "a test number may only write to its list of recipients",
      http: 400,
      [.response],
      .no,
      advice: "add the recipient to the list"
    ),
    row(
      131_035,
      "a webhook could not be delivered within an hour and is lost",
      http: nil,
      [.value],
      .no
    ),
    row(
      131_036,
      "the customer's device could not decrypt the message",
      http: nil,
      [.status],
      .no,
      advice: "may be sent again by hand"
    ),
    row(
      131_037,
      "the display name of the number is not approved",
      http: 400,
      [.response],
      .later,
      wait: .until("the display name is approved")
    ),
    row(131_041, "the group is unknown, or the business is not in it", http: 400, [.response], .no),
    row(
      131_047,
      "the care window is closed",
      http: 400,
      [.status, .response],
      .no,
      advice: "send a template or wait for the customer"
    ),
    row(131_051, "the type of message is not supported", http: 400, [.response, .inbound], .no),
    row(
      131_052,
      "media that the customer sent could not be fetched",
      http: 400,
      [.inbound, .value],
      .no,
      advice: "ask the customer to send it again"
    ),
    row(
      131_053,
      "media was rejected: wrong type, too large, or the link cannot be reached",
      http: 400,
      [.response, .status],
      .no,
      advice: "correct the file"
    ),
    row(131_055, "the method is not allowed here", http: 400, [.response], .no),
    row(
      131_056,
      "too many messages to this customer",
      http: 400,
      [.response, .status],
      .yes,
      wait: .powersOfFour
    ),
    row(
      131_057,
      "the account is in maintenance",
      http: 500,
      [.response],
      .yesUnsafe,
      wait: .atMost(.seconds(60))
    ),
    row(
      131_059,
      "the paging cursor is bad",
      http: 400,
      [.response],
      .no,
      advice: "start paging again"
    ),
    row(
      131_060,
      "the content of this message is currently unavailable",
      http: nil,
      [.inbound],
      .no,
      advice: "open the phone to read it"
    ),
    row(
      131_062,
      "this message cannot go to a BSUID",
      http: nil,
      [.response],
      .no,
      advice: "send to the phone number"
    ),
    row(
      135_000,
      "a parameter of the request is wrong",
      http: 400,
      [.response, .status],
      .no,
      advice: "correct the request"
    ),
    row(
      137_000,
      "the customer's identity has changed",
      http: 400,
      [.response, .status],
      .no,
      advice: "make sure who the customer is"
    ),
  ]

  /// What Meta holds back: spam, marketing, payment, policy.
  static let restriction: [GraphError] = [
    row(130_472, "the customer is part of Meta's marketing experiment", http: 400, [.status], .no),
    row(
      130_497,
      "the account may not write to this country",
      http: 403,
      [.response, .status],
      .no
    ),
    row(
      131_031,
      "the account is locked, or the PIN was wrong",
      http: 403,
      [.response],
      .no,
      advice: "appeal in WhatsApp Manager"
    ),
    row(
      131_042,
      "a problem with payment",
      http: 400,
      [.response, .status],
      .later,
      wait: .until("the payment method works")
    ),
    row(
      131_044,
      "a problem with payment for calls",
      http: 400,
      [.callEnd],
      .later,
      wait: .until("the payment method works")
    ),
    row(
      131_045,
      "the registration of the number has a problem",
      http: 500,
      [.response, .status],
      .later,
      wait: .until("the number is registered")
    ),
    row(
      131_048,
      "the number is restricted because customers blocked or reported it",
      http: 400,
      [.response, .status],
      .no,
      advice: "stop for some days"
    ),
    row(
      131_049,
      "Meta held the marketing message back",
      http: 400,
      [.status],
      .later,
      wait: .atLeast(.seconds(86_400))
    ),
    row(
      131_050,
      "the customer stopped marketing",
      http: 400,
      [.status],
      .no,
      advice: "wait until the customer resumes it"
    ),
    row(
      131_063,
      "marketing is switched off on this API for the account",
      http: nil,
      [.response],
      .no,
      advice: "use the Marketing Messages API"
    ),
    row(
      131_064,
      "the limit was lowered because templates were in the wrong category",
      http: nil,
      [.response, .status],
      .later,
      wait: .until("Meta lifts the limit")
    ),
    row(
      134_011,
      "the terms of WhatsApp Payments are not accepted",
      http: 400,
      [.response],
      .later,
      wait: .until("the terms are accepted")
    ),
  ]
}
