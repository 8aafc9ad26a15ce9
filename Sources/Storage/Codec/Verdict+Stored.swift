import CustomerCare

extension Verdict {
  /// The verdict as it is kept, its evidence included.
  var stored: StoredJSON {
    switch self {
    case .send(.notNeeded): .members(["verdict": .text("not_needed")])
    case .send(.proven(let entry, let until)):
      .members(["verdict": .text("proven"), "entry": entry.stored, "until": .at(until)])
    case .send(.tried(let doubt, let until)):
      .members(["verdict": .text("tried"), "doubt": doubt.stored, "until": .at(until)])
    case .wait(.forCustomer(let refusal, let invitation)):
      .members([
        "verdict": .text("park"), "refusal": refusal.stored, "invitation": invitation?.stored,
      ])
    case .wait(.until(let instant)):
      .members(["verdict": .text("schedule"), "until": .at(instant)])
    case .refused(let refusal):
      .members(["verdict": .text("refused"), "refusal": refusal.stored])
    }
  }

  /// Reads what `stored` wrote.
  init(stored json: StoredJSON) throws(StoreError) {
    switch json["verdict"]?.text {
    case "not_needed": self = .send(.notNeeded)
    case "proven":
      self = .send(
        .proven(by: try LedgerEntry(stored: json["entry"] ?? .null), until: try json.at("until"))
      )
    case "tried":
      self = .send(
        .tried(
          try CareWindow.Doubt(stored: json["doubt"] ?? .null),
          until: try json.at("until")
        )
      )
    case "park":
      var invitation: Invitation?
      if let stored = json["invitation"] { invitation = try Invitation(stored: stored) }
      self = .wait(
        .forCustomer(because: try Refusal(stored: json["refusal"] ?? .null), invitation)
      )
    case "schedule": self = .wait(.until(try json.at("until")))
    case "refused": self = .refused(try Refusal(stored: json["refusal"] ?? .null))
    default: throw .unreadable("a verdict")
    }
  }
}

extension CareWindow.Doubt {
  fileprivate var stored: StoredJSON {
    .members([
      "reason": .text(reason.rawValue), "opening": opening?.stored, "report": report?.stored,
      "programs": .integer(programsMayTry ? 1 : 0),
    ])
  }

  fileprivate init(stored json: StoredJSON) throws(StoreError) {
    guard let reason = json["reason"]?.text.flatMap(UncertaintyReason.init(rawValue:)) else {
      throw .unreadable("a doubt")
    }
    var opening: LedgerEntry?
    if let entry = json["opening"] { opening = try LedgerEntry(stored: entry) }
    var report: LedgerEntry?
    if let entry = json["report"] { report = try LedgerEntry(stored: entry) }
    self.init(
      reason: reason,
      opening: opening,
      report: report,
      programsMayTry: json["programs"]?.integer == 1
    )
  }
}

extension Refusal {
  fileprivate var stored: StoredJSON {
    var members: [String: StoredJSON?] = ["code": .text(code)]
    switch self {
    case .unknownNumber(let number): members["number"] = .text(number.rawValue)
    case .numberDisconnected(let number, let restriction),
      .numberRestricted(let number, let restriction):
      members["number"] = .text(number.rawValue)
      members["restriction"] = .text(restriction.rawValue)
    case .windowClosed(let since, let entry, let coexistence):
      members["since"] = .at(since)
      members["entry"] = entry.stored
      members["coexistence"] = .integer(coexistence ? 1 : 0)
    case .neverOpened(let coexistence): members["coexistence"] = .integer(coexistence ? 1 : 0)
    case .uncertain(let doubt, let until, let coexistence):
      members["doubt"] = doubt.stored
      members["until"] = .at(until)
      members["coexistence"] = .integer(coexistence ? 1 : 0)
    case .insideSafetyMargin(let closesAt, let margin, let coexistence):
      members["until"] = .at(closesAt)
      members["margin"] = .integer(margin.wholeMilliseconds)
      members["coexistence"] = .integer(coexistence ? 1 : 0)
    case .kindNotAllowed(let kind, let refusal):
      members["kind"] = kind.stored
      members["because"] = refusal.stored
    case .templateNeededButNoneChosen(let shortfall, let refusal):
      members["shortfall"] = shortfall.stored
      members["because"] = refusal.stored
    case .tooManyParked(let max, let refusal):
      members["max"] = .integer(Int64(max))
      members["because"] = refusal.stored
    case .expiresBeforeItsTime(let expiresAt, let sendAt):
      members["until"] = .at(expiresAt)
      members["at"] = .at(sendAt)
    case .scheduledInPast(let sendAt, let now):
      members["at"] = .at(sendAt)
      members["now"] = .at(now)
    case .expired(let at, let now):
      members["at"] = .at(at)
      members["now"] = .at(now)
    }
    return .members(of: members)
  }

  fileprivate init(stored json: StoredJSON) throws(StoreError) {
    let number = PhoneNumberID(json["number"]?.text ?? "")
    let restriction =
      json["restriction"]?.text.flatMap(Restriction.init(rawValue:)) ?? .disconnected
    let coexistence = json["coexistence"]?.integer == 1
    func because() throws(StoreError) -> Refusal { try Refusal(stored: json["because"] ?? .null) }
    switch json["code"]?.text {
    case "unknown_number": self = .unknownNumber(number)
    case "number_disconnected": self = .numberDisconnected(number, restriction)
    case "number_restricted": self = .numberRestricted(number, restriction)
    case "window_closed":
      self = .windowClosed(
        since: try json.at("since"),
        because: try LedgerEntry(stored: json["entry"] ?? .null),
        coexistence: coexistence
      )
    case "never_opened": self = .neverOpened(coexistence: coexistence)
    case "window_uncertain":
      self = .uncertain(
        try CareWindow.Doubt(stored: json["doubt"] ?? .null),
        until: try json.at("until"),
        coexistence: coexistence
      )
    case "inside_safety_margin":
      self = .insideSafetyMargin(
        closesAt: try json.at("until"),
        margin: .milliseconds(json["margin"]?.integer ?? 0),
        coexistence: coexistence
      )
    case "kind_not_allowed":
      self = .kindNotAllowed(
        try MessageKind(stored: json["kind"] ?? .null),
        because: try because()
      )
    case "no_template_chosen":
      self = .templateNeededButNoneChosen(
        try FallbackShortfall(stored: json["shortfall"] ?? .null),
        because: try because()
      )
    case "too_many_parked":
      self = .tooManyParked(max: Int(json["max"]?.integer ?? 0), because: try because())
    case "expires_before_its_time":
      self = .expiresBeforeItsTime(expiresAt: try json.at("until"), sendAt: try json.at("at"))
    case "scheduled_in_past":
      self = .scheduledInPast(sendAt: try json.at("at"), now: try json.at("now"))
    case "expired": self = .expired(at: try json.at("at"), now: try json.at("now"))
    default: throw .unreadable("a refusal")
    }
  }
}

extension MessageKind {
  /// The kind as it is kept.
  var stored: StoredJSON {
    switch self {
    case .freeForm(let type): .members(["kind": .text("free_form"), "type": .text(type)])
    case .template(let name, let language):
      .members(["kind": .text("template"), "name": .text(name), "language": .text(language)])
    case .reaction: .members(["kind": .text("reaction")])
    case .pin: .members(["kind": .text("pin")])
    case .callPermissionRequest: .members(["kind": .text("call_permission_request")])
    case .readReceipt: .members(["kind": .text("read_receipt")])
    case .typing: .members(["kind": .text("typing")])
    }
  }

  /// Reads what `stored` wrote.
  init(stored json: StoredJSON) throws(StoreError) {
    switch json["kind"]?.text {
    case "free_form": self = .freeForm(type: json["type"]?.text ?? "")
    case "template":
      self = .template(
        name: json["name"]?.text ?? "",
        language: json["language"]?.text ?? ""
      )
    case "reaction": self = .reaction
    case "pin": self = .pin
    case "call_permission_request": self = .callPermissionRequest
    case "read_receipt": self = .readReceipt
    case "typing": self = .typing
    default: throw .unreadable("a message kind")
    }
  }
}

extension Sender {
  /// The sender as it is kept.
  var stored: String {
    switch self {
    case .employee: "employee"
    case .program(let token): "program:\(token.rawValue)"
    case .assistant: "assistant"
    case .automation: "automation"
    }
  }

  /// Reads what `stored` wrote.
  init(stored: String) throws(StoreError) {
    switch stored {
    case "employee": self = .employee
    case "assistant": self = .assistant
    case "automation": self = .automation
    default:
      guard stored.hasPrefix("program:") else { throw .unreadable("a sender") }
      self = .program(TokenID(String(stored.dropFirst("program:".count))))
    }
  }

  /// Who speaks in the conversation when this sender's message went out.
  var origin: Origin {
    switch self {
    case .employee: .employee
    case .program: .api
    case .assistant: .assistant
    case .automation: .automation
    }
  }
}

extension MetaRefusal {
  /// The refusal as it is kept.
  var stored: StoredJSON {
    .members([
      "code": .integer(Int64(code)), "title": .text(title), "details": .text(details),
    ])
  }

  /// Reads what `stored` wrote.
  init(stored json: StoredJSON) {
    self.init(
      code: Int(json["code"]?.integer ?? 0),
      title: json["title"]?.text ?? "",
      details: json["details"]?.text ?? ""
    )
  }
}

extension StoredJSON {
  /// An instant, in milliseconds since 1970.
  static func at(_ instant: Instant) -> StoredJSON { .integer(instant.milliseconds) }

  /// The instant in a member.
  func at(_ name: String) throws(StoreError) -> Instant {
    guard let milliseconds = self[name]?.integer else { throw .unreadable("an instant") }
    return Instant(milliseconds: milliseconds)
  }
}
