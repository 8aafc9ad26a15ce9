extension GraphError {
  /// Groups.
  static let group: [GraphError] = [
    row(
      131_201,
      "the request succeeded only in part",
      http: 206,
      [.response],
      .no,
      advice: "look at each participant"
    ),
    row(131_202, "a participant is named twice", http: 400, [.response], .no),
    row(131_204, "too many participants", http: 400, [.response], .no),
    row(
      131_207,
      "the group is suspended",
      http: 403,
      [.response],
      .later,
      wait: .until("the suspension ends")
    ),
    row(
      131_208,
      "too many group operations",
      http: 429,
      [.response],
      .yes,
      wait: .backoff(from: .seconds(1))
    ),
    row(131_209, "the picture is not square", http: 400, [.response], .no),
    row(131_210, "the picture is smaller than 192 pixels", http: 400, [.response], .no),
    row(131_211, "there are too many groups", http: 400, [.response], .no),
    row(131_212, "not a participant", http: 400, [.response], .no),
    row(131_213, "there is no such request to join", http: 400, [.response], .no),
    row(131_214, "groups cannot be created", http: 400, [.response], .no),
    row(131_215, "the number may not have groups", http: 400, [.response], .no),
  ]

  /// Templates, flows and marketing.
  static let template: [GraphError] = [
    row(
      132_000,
      "the number of parameters is not that of the template",
      http: 400,
      [.response],
      .no,
      advice: "correct the parameters"
    ),
    row(
      132_001,
      "the template does not exist in this language or is not approved",
      http: 404,
      [.response],
      .no
    ),
    row(
      132_005,
      "the text with its parameters is too long",
      http: 400,
      [.response],
      .no,
      advice: "shorten the parameters"
    ),
    row(132_007, "the template's content violates policy", http: 400, [.response], .no),
    row(
      132_008,
      "the value of a parameter is invalid",
      http: nil,
      [.response],
      .no,
      advice: "correct the parameters"
    ),
    row(
      132_012,
      "the format of a parameter is not that of the template",
      http: 400,
      [.response],
      .no,
      advice: "correct the parameters"
    ),
    row(
      132_015,
      "the template is paused",
      http: 400,
      [.response, .status],
      .later,
      wait: .until("the pause ends")
    ),
    row(132_016, "the template is disabled for good", http: 400, [.response], .no),
    row(
      132_018,
      "the parameters are invalid",
      http: 400,
      [.response],
      .no,
      advice: "correct the parameters"
    ),
    row(132_068, "the flow is blocked", http: 400, [.response], .no),
    row(
      132_069,
      "the flow may send ten messages an hour and has",
      http: 400,
      [.response],
      .yes,
      wait: .atMost(.seconds(3600))
    ),
    row(134_100, "only marketing templates may be sent this way", http: 400, [.response], .no),
    row(
      134_101,
      "the template is still being copied",
      http: 400,
      [.response],
      .later,
      wait: .atLeast(.seconds(600))
    ),
    row(134_102, "the template is not available", http: 500, [.response], .no),
    row(139_000...139_004, "a flow could not be changed", http: nil, [.response], .no),
    row(
      200_005...200_007,
      "template insights are not available or not switched on",
      http: nil,
      [.response],
      .no
    ),
    row(1_752_041, "the account is already being set up", http: 400, [.response], .no),
    row(2_388_019, "the account has as many templates as it may", http: nil, [.response], .no),
    row(2_388_040, "a part of the template is too long", http: nil, [.response], .no),
    row(2_388_047, "the template's header is wrong", http: nil, [.response], .no),
    row(2_388_072, "the template's body is wrong", http: nil, [.response], .no),
    row(2_388_073, "the template's footer is wrong", http: nil, [.response], .no),
    row(
      2_388_293,
      "the template has too many variables for its length",
      http: nil,
      [.response],
      .no
    ),
    row(2_388_299, "a variable stands at the edge of the template", http: nil, [.response], .no),
  ]
}
