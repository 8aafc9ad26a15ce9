extension FallbackShortfall {
  /// In a few sentences: that no template fits, what is missing for each, and what to do.
  package func sentence(in language: Refusal.Language) -> String {
    switch language {
    case .english: english
    case .german: german
    }
  }

  private var english: String {
    guard !candidates.isEmpty else {
      return """
        No template can go out instead: none is known for the account. Have one approved by Meta, and \
        run `carewindow template sync`.
        """
    }
    let list = candidates.map { "\($0.name) (\($0.language)) \($0.obstacle.english)" }
    let rest = others > 0 ? "; \(others) more do not fit either" : ""
    return "No template can go out instead: \(list.joined(separator: "; "))\(rest)."
  }
}

extension FallbackReason {
  /// In a few sentences: which template goes out, and why this one.
  package func sentence(in language: Refusal.Language) -> String {
    switch language {
    case .english: english
    case .german: german
    }
  }

  private var english: String {
    let origin =
      isPreferred
      ? "it is the fallback that was named for the number"
      : "it is the first of the account's templates that fits"
    let passed = passedOver.map { "\($0.name) (\($0.language)) \($0.obstacle.english)" }
    let others = passed.isEmpty ? "" : " Before it: \(passed.joined(separator: "; "))."
    return """
      The template \(name) (\(self.language)) goes out: \(origin). Its language is \
      \(source.english). \(categoryInEnglish)\(others)
      """
  }

  private var categoryInEnglish: String {
    guard isMarketing else {
      return "Meta takes it for utility, which needs no consent to marketing."
    }
    return consent == .given
      ? "Meta takes it for marketing, to which the customer agreed."
      : "Meta takes it for marketing, which the customer did not stop; no utility template fits before it."
  }
}

extension LanguageChain.Source {
  fileprivate var english: String {
    switch self {
    case .customer: "the customer's"
    case .fallback: "that of the fallback named for the number"
    case .customersCountry: "that of the country of the customer's phone number"
    case .numbersCountry: "that of the country of the business number"
    }
  }
}

extension TemplateObstacle {
  /// What is in the way, as the end of a sentence that begins with the template.
  fileprivate var english: String {
    switch self {
    case .notFound:
      "is the fallback named for the number, but not among the account's templates (run `carewindow template sync`)"
    case .notApproved(let status, let reason):
      "is \(status.english)\(reason.map { " (\($0))" } ?? "")"
    case .neverRead: "was not read from Meta yet (run `carewindow template sync`)"
    case .edited: "was edited since it was read (run `carewindow template sync`)"
    case .authentication: "is for one-time codes only"
    case .unknownCategory: "has a category that is not known here"
    case .marketingStopped: "is marketing, which the customer stopped"
    case .marketingNeedsConsent:
      "is marketing, and the customer never wrote and did not agree to marketing"
    case .otherLanguage(let wanted):
      wanted.isEmpty
        ? "is in a language of which nobody knows whether the customer reads it"
        : "is in none of the languages \(wanted.joined(separator: ", "))"
    case .unknownValues(let names):
      "needs values that are not known: \(names.map { "{{\($0)}}" }.joined(separator: ", "))"
    case .needsFile(let media): "begins with \(media.english), and none is kept for it"
    case .needsContent(let part): "has a part that cannot be filled in by itself: \(part)"
    case .tooLong(let place, let limit):
      "is, filled in, longer than the \(limit) characters that Meta takes of \(place.english)"
    }
  }
}

extension TemplateStatus {
  fileprivate var english: String {
    switch self {
    case .approved: "approved"
    case .pending: "in review at Meta"
    case .rejected: "rejected by Meta"
    case .paused: "paused by Meta"
    case .disabled: "disabled by Meta"
    case .inAppeal: "in appeal at Meta"
    case .limitExceeded: "over the account's limit"
    case .pendingDeletion, .deleted: "deleted"
    case .archived: "archived"
    case .other(let word): "not approved (\(word))"
    }
  }
}

extension TemplateForm.Media {
  fileprivate var english: String {
    switch self {
    case .image: "an image"
    case .video: "a video"
    case .document: "a document"
    case .animation: "an animation"
    }
  }
}

extension TemplateParameter.Place {
  fileprivate var english: String {
    switch self {
    case .header: "a header"
    case .body: "a body"
    case .button: "a button"
    }
  }
}
