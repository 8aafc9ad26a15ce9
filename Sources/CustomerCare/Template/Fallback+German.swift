extension FallbackShortfall {
  var german: String {
    guard !candidates.isEmpty else {
      return """
        Stattdessen kann keine Vorlage hinausgehen: Für das Konto ist keine bekannt. Eine von Meta \
        genehmigen lassen, dann `carewindow template sync` ausführen.
        """
    }
    let list = candidates.map { "\($0.name) (\($0.language)) \($0.obstacle.german)" }
    let rest = others > 0 ? "; \(others) weitere passen auch nicht" : ""
    return "Stattdessen kann keine Vorlage hinausgehen: \(list.joined(separator: "; "))\(rest)."
  }
}

extension FallbackReason {
  var german: String {
    let origin =
      isPreferred
      ? "Sie ist die Ersatzvorlage, die für die Nummer benannt ist"
      : "Sie ist die erste Vorlage des Kontos, die passt"
    let passed = passedOver.map { "\($0.name) (\($0.language)) \($0.obstacle.german)" }
    let others = passed.isEmpty ? "" : " Vor ihr: \(passed.joined(separator: "; "))."
    return """
      Die Vorlage \(name) (\(self.language)) geht hinaus. \(origin). Ihre Sprache ist \
      \(source.german). \(categoryInGerman)\(others)
      """
  }

  private var categoryInGerman: String {
    guard isMarketing else {
      return "Meta führt sie als Service, was keine Einwilligung in Werbung braucht."
    }
    return consent == .given
      ? "Meta führt sie als Werbung, in die das Gegenüber eingewilligt hat."
      : "Meta führt sie als Werbung, der das Gegenüber nicht widersprochen hat; keine Service-Vorlage passt vor ihr."
  }
}

extension LanguageChain.Source {
  fileprivate var german: String {
    switch self {
    case .customer: "die des Gegenübers"
    case .fallback: "die der Ersatzvorlage, die für die Nummer benannt ist"
    case .customersCountry: "die des Landes, aus dem die Nummer des Gegenübers ist"
    case .numbersCountry: "die des Landes, aus dem die Geschäftsnummer ist"
    }
  }
}

extension TemplateObstacle {
  fileprivate var german: String {
    switch self {
    case .notFound:
      "ist als Ersatzvorlage der Nummer benannt, aber nicht unter den Vorlagen des Kontos (`carewindow template sync` ausführen)"
    case .notApproved(let status, let reason):
      "ist \(status.german)\(reason.map { " (\($0))" } ?? "")"
    case .neverRead: "ist noch nicht von Meta gelesen (`carewindow template sync` ausführen)"
    case .edited:
      "ist geändert worden, seit sie gelesen wurde (`carewindow template sync` ausführen)"
    case .authentication: "ist nur für Einmalcodes"
    case .unknownCategory: "hat eine Kategorie, die hier nicht bekannt ist"
    case .marketingStopped: "ist Werbung, die das Gegenüber abbestellt hat"
    case .marketingNeedsConsent:
      "ist Werbung, und das Gegenüber hat nie geschrieben und nicht in Werbung eingewilligt"
    case .otherLanguage(let wanted):
      wanted.isEmpty
        ? "ist in einer Sprache, von der niemand weiß, ob das Gegenüber sie liest"
        : "ist in keiner der Sprachen \(wanted.joined(separator: ", "))"
    case .unknownValues(let names):
      "braucht Werte, die nicht bekannt sind: \(names.map { "{{\($0)}}" }.joined(separator: ", "))"
    case .needsFile(let media): "beginnt mit \(media.german), und keines ist dafür aufbewahrt"
    case .needsContent(let part): "hat einen Teil, der sich nicht von selbst ausfüllt: \(part)"
    case .tooLong(let place, let limit):
      "ist ausgefüllt länger als die \(limit) Zeichen, die Meta als \(place.german) nimmt"
    }
  }
}

extension TemplateStatus {
  fileprivate var german: String {
    switch self {
    case .approved: "genehmigt"
    case .pending: "bei Meta in Prüfung"
    case .rejected: "von Meta abgelehnt"
    case .paused: "von Meta pausiert"
    case .disabled: "von Meta abgeschaltet"
    case .inAppeal: "bei Meta im Einspruch"
    case .limitExceeded: "über der Höchstzahl des Kontos"
    case .pendingDeletion, .deleted: "gelöscht"
    case .archived: "archiviert"
    case .other(let word): "nicht genehmigt (\(word))"
    }
  }
}

extension TemplateForm.Media {
  fileprivate var german: String {
    switch self {
    case .image: "einem Bild"
    case .video: "einem Video"
    case .document: "einem Dokument"
    case .animation: "einem bewegten Bild"
    }
  }
}

extension TemplateParameter.Place {
  fileprivate var german: String {
    switch self {
    case .header: "Kopfzeile"
    case .body: "Text"
    case .button: "Schaltfläche"
    }
  }
}
