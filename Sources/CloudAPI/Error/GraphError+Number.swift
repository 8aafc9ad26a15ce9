extension GraphError {
  /// Registering numbers, Coexistence included.
  static let registration: [GraphError] = [
    row(
      133_000,
      "an earlier deregistration is incomplete",
      http: 500,
      [.response],
      .no,
      advice: "deregister again"
    ),
    row(
      133_004,
      "the server is temporarily unavailable",
      http: 503,
      [.response],
      .yesUnsafe,
      wait: .backoff(from: .seconds(1))
    ),
    row(133_005, "the two-step PIN is wrong", http: 400, [.response], .no),
    row(
      133_006,
      "the number must be verified again",
      http: 400,
      [.response],
      .later,
      wait: .until("the number is verified")
    ),
    row(
      133_008,
      "too many wrong PINs",
      http: 400,
      [.response],
      .later,
      wait: .until("the time in the details")
    ),
    row(
      133_009,
      "PINs were tried too fast",
      http: 400,
      [.response],
      .later,
      wait: .until("the time in the details")
    ),
    row(
      133_010,
      "the number is not registered",
      http: 400,
      [.response],
      .later,
      wait: .until("the number is registered")
    ),
    row(
      133_015,
      "the number was deleted a moment ago",
      http: 400,
      [.response],
      .later,
      wait: .atLeast(.seconds(300))
    ),
    row(
      133_016,
      "the number was registered ten times in 72 hours",
      http: 400,
      [.response],
      .later,
      wait: .atLeast(.seconds(259_200))
    ),
    row(
      136_024,
      "the verification code cannot be asked for now",
      http: nil,
      [.response],
      .later,
      wait: .until("a code may be asked for again")
    ),
    row(
      136_025,
      "the verification code is wrong or expired",
      http: nil,
      [.response],
      .later,
      wait: .until("a new code is asked for")
    ),
    row(2_388_001, "the number cannot be moved", http: nil, [.response], .no),
    row(2_388_012, "the number cannot be moved", http: nil, [.response], .no),
    row(2_388_091, "the number cannot be moved", http: nil, [.response], .no),
    row(2_388_093, "the number cannot be moved", http: nil, [.response], .no),
    row(2_388_103, "the number cannot be moved", http: nil, [.response], .no),
    row(
      2_494_100,
      "the number is in maintenance",
      http: nil,
      [.response],
      .yesUnsafe,
      wait: .backoff(from: .seconds(60))
    ),
    row(
      2_593_107,
      "the import was already asked for",
      http: 400,
      [.response],
      .no,
      advice: "onboard the number again"
    ),
    row(
      2_593_108,
      "the import was asked for after 24 hours",
      http: 400,
      [.response],
      .no,
      advice: "onboard the number again"
    ),
    row(2_593_109, "the business does not share its history", http: nil, [.value], .no),
  ]

  /// Calls.
  static let calling: [GraphError] = [
    row(138_000, "calling is not switched on", http: 401, [.response], .no),
    row(138_001, "the customer cannot be called", http: 400, [.response], .no),
    row(
      138_002,
      "more than 1,000 calls at once",
      http: 429,
      [.response],
      .yes,
      wait: .backoff(from: .seconds(1))
    ),
    row(
      138_003,
      "a call with the customer is already running",
      http: 400,
      [.response],
      .later,
      wait: .until("the call ends")
    ),
    row(
      138_004,
      "the connection failed",
      http: 500,
      [.response, .callEnd],
      .yes,
      wait: .backoff(from: .seconds(1))
    ),
    row(
      138_005,
      "too many calls per second",
      http: 429,
      [.response],
      .yes,
      wait: .backoff(from: .seconds(1))
    ),
    row(
      138_006,
      "the customer has not allowed calls",
      http: 401,
      [.response],
      .later,
      wait: .until("the customer allows calls")
    ),
    row(
      138_007,
      "the connection timed out",
      http: 500,
      [.response, .callEnd],
      .yes,
      wait: .backoff(from: .seconds(1))
    ),
    row(
      138_009,
      "permission was asked for too often",
      http: 400,
      [.response],
      .later,
      wait: .atLeast(.seconds(86_400))
    ),
    row(
      138_012,
      "as many calls as may be made in 24 hours",
      http: 400,
      [.response],
      .later,
      wait: .until("the time in the details")
    ),
    row(138_013, "calls by the business are not available", http: 400, [.response], .no),
    row(138_014, "calls are switched off because of quality", http: 400, [.response], .no),
    row(
      138_015,
      "calling cannot be switched on below a messaging limit of 2,000",
      http: 400,
      [.response],
      .no
    ),
    row(138_017, "there is a permanent permission already", http: 400, [.response], .no),
    row(138_018, "something that calling needs is missing", http: 400, [.response], .no),
    row(
      138_019...138_023,
      "the call had no media or lost it",
      http: nil,
      [.callEnd],
      .yes,
      wait: .backoff(from: .seconds(1))
    ),
  ]

  /// Block lists and usernames.
  static let management: [GraphError] = [
    row(
      139_100,
      "some customers could not be blocked",
      http: nil,
      [.response],
      .no,
      advice: "look at each customer"
    ),
    row(139_101, "the block list is full", http: nil, [.response], .no),
    row(
      139_102,
      "the block list was changed at the same time",
      http: nil,
      [.response],
      .yes,
      wait: .backoff(from: .seconds(1))
    ),
    row(
      139_103,
      "the block list had an internal error",
      http: nil,
      [.response],
      .yes,
      wait: .backoff(from: .seconds(1))
    ),
    row(147_001...147_005, "the business username is not possible", http: nil, [.response], .no),
  ]
}
