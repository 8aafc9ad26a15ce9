import CustomerCare

extension Invitation {
  /// What invites the customer, as it is kept.
  var stored: StoredJSON {
    switch self {
    case .template(let reason): .members(["template": reason.stored])
    case .pending(let request): .members(["pending": .text(request.rawValue)])
    }
  }

  /// Reads what `stored` wrote.
  init(stored json: StoredJSON) throws(StoreError) {
    if let request = json["pending"]?.text {
      self = .pending(RequestID(request))
    } else if let reason = json["template"] {
      self = .template(try FallbackReason(stored: reason))
    } else {
      throw .unreadable("an invitation")
    }
  }
}

extension FallbackReason {
  /// Why a template was chosen, as it is kept.
  var stored: StoredJSON {
    .members([
      "name": .text(name), "language": .text(language),
      "marketing": .integer(isMarketing ? 1 : 0), "preferred": .integer(isPreferred ? 1 : 0),
      "source": .text(source.rawValue), "consent": .text(consent.rawValue),
      "passed": passedOver.isEmpty ? nil : .array(passedOver.map(\.stored)),
    ])
  }

  /// Reads what `stored` wrote.
  init(stored json: StoredJSON) throws(StoreError) {
    guard let name = json["name"]?.text, let language = json["language"]?.text,
      let source = json["source"]?.text.flatMap(LanguageChain.Source.init(rawValue:)),
      let consent = json["consent"]?.text.flatMap(MarketingConsent.init(rawValue:))
    else { throw .unreadable("a template that was chosen") }
    self.init(
      name: name,
      language: language,
      isMarketing: json["marketing"]?.integer == 1,
      isPreferred: json["preferred"]?.integer == 1,
      source: source,
      consent: consent,
      passedOver: try FallbackShortfall.Candidate.list(stored: json["passed"])
    )
  }
}

extension FallbackShortfall {
  /// What is missing, as it is kept.
  var stored: StoredJSON {
    .members([
      "candidates": .array(candidates.map(\.stored)), "others": .integer(Int64(others)),
    ])
  }

  /// Reads what `stored` wrote.
  init(stored json: StoredJSON) throws(StoreError) {
    self.init(
      candidates: try Candidate.list(stored: json["candidates"]),
      others: Int(json["others"]?.integer ?? 0)
    )
  }
}

extension FallbackShortfall.Candidate {
  fileprivate var stored: StoredJSON {
    .members([
      "name": .text(name), "language": .text(language), "obstacle": obstacle.stored,
    ])
  }

  fileprivate static func list(stored json: StoredJSON?) throws(StoreError) -> [Self] {
    var list: [Self] = []
    for item in json?.items ?? [] {
      list.append(
        Self(
          name: item["name"]?.text ?? "",
          language: item["language"]?.text ?? "",
          obstacle: try TemplateObstacle(stored: item["obstacle"] ?? .null)
        )
      )
    }
    return list
  }
}

extension TemplateObstacle {
  fileprivate var stored: StoredJSON {
    switch self {
    case .notFound: .members(["is": .text("not_found")])
    case .notApproved(let status, let reason):
      .members([
        "is": .text("not_approved"), "status": .text(status.word), "reason": .optional(reason),
      ])
    case .neverRead: .members(["is": .text("never_read")])
    case .edited: .members(["is": .text("edited")])
    case .authentication: .members(["is": .text("authentication")])
    case .unknownCategory: .members(["is": .text("unknown_category")])
    case .marketingStopped: .members(["is": .text("marketing_stopped")])
    case .marketingNeedsConsent: .members(["is": .text("marketing_needs_consent")])
    case .otherLanguage(let wanted):
      .members(["is": .text("other_language"), "names": .array(wanted.map(StoredJSON.text))])
    case .unknownValues(let names):
      .members(["is": .text("unknown_values"), "names": .array(names.map(StoredJSON.text))])
    case .needsFile(let media):
      .members(["is": .text("needs_file"), "media": .text(media.rawValue)])
    case .needsContent(let part): .members(["is": .text("needs_content"), "part": .text(part)])
    case .tooLong(let place, let limit):
      .members(["is": .text("too_long"), "place": place.stored, "limit": .integer(Int64(limit))])
    }
  }

  fileprivate init(stored json: StoredJSON) throws(StoreError) {
    let names = json["names"]?.items.compactMap(\.text) ?? []
    switch json["is"]?.text {
    case "not_found": self = .notFound
    case "not_approved":
      self = .notApproved(
        TemplateStatus(json["status"]?.text ?? ""),
        reason: json["reason"]?.text
      )
    case "never_read": self = .neverRead
    case "edited": self = .edited
    case "authentication": self = .authentication
    case "unknown_category": self = .unknownCategory
    case "marketing_stopped": self = .marketingStopped
    case "marketing_needs_consent": self = .marketingNeedsConsent
    case "other_language": self = .otherLanguage(wanted: names)
    case "unknown_values": self = .unknownValues(names)
    case "needs_file":
      self = .needsFile(
        json["media"]?.text.flatMap(TemplateForm.Media.init(rawValue:)) ?? .document
      )
    case "needs_content": self = .needsContent(json["part"]?.text ?? "")
    case "too_long":
      self = .tooLong(
        TemplateParameter.Place(stored: json["place"] ?? .null),
        limit: Int(json["limit"]?.integer ?? 0)
      )
    default: throw .unreadable("what is in a template's way")
    }
  }
}

extension TemplateParameter.Place {
  fileprivate var stored: StoredJSON {
    switch self {
    case .header: .text("header")
    case .body: .text("body")
    case .button(let index): .integer(Int64(index))
    }
  }

  fileprivate init(stored json: StoredJSON) {
    if let index = json.integer {
      self = .button(Int(index))
    } else {
      self = json.text == "header" ? .header : .body
    }
  }
}
