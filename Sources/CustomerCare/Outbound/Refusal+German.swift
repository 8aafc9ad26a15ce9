extension Refusal {
  var german: String {
    switch self {
    case .unknownNumber(let number):
      """
      Gesendet wird nur von einer Geschäftsnummer, die hier hinzugefügt ist, und \(number) ist es \
      nicht. Mit `carewindow number add` hinzufügen.
      """
    case .numberDisconnected(let number, let restriction):
      """
      Gesendet wird nur von einer Nummer, die mit der Cloud-API verbunden ist, und \(number) ist es \
      nicht: \(restriction.german). In Metas Geschäftseinstellungen neu verbinden.
      """
    case .numberRestricted(let number, let restriction):
      """
      Meta beschränkt, was die Nummer \(number) senden darf: \(restriction.german). Wie lange, steht \
      im WhatsApp Manager unter „Kontoqualität“; dort ist auch Einspruch möglich.
      """
    case .windowClosed(let since, let because, let coexistence):
      "\(Self.ruleInGerman) \(because.closingInGerman(since)) \(Self.next(coexistence))"
    case .neverOpened(let coexistence):
      """
      \(Self.ruleInGerman) Von dieser Kundin oder diesem Kunden kam an diese Nummer noch keines von \
      beiden. \(Self.next(coexistence))
      """
    case .uncertain(let doubt, let until, let coexistence):
      """
      \(Self.ruleInGerman) Ob das Fenster bis \(until.rfc3339) offen ist, ist nicht sicher: \
      \(doubt.german). Mitarbeitende dürfen es\(doubt.retryInGerman) versuchen. \
      \(Self.next(coexistence))
      """
    case .insideSafetyMargin(let closesAt, let margin, let coexistence):
      """
      \(Self.ruleInGerman) Das Fenster endet um \(closesAt.rfc3339), früher als in der \
      Sicherheitsfrist von \(margin.components.seconds) Sekunden, und Meta könnte die Nachricht für \
      verspätet halten. \(Self.next(coexistence))
      """
    case .kindNotAllowed(let kind, let refusal):
      "\(kind.german) kann nicht auf die nächste Nachricht des Gegenübers warten. \(refusal.german)"
    case .templateNeededButNoneChosen(let shortfall, let refusal):
      "\(shortfall.sentence(in: .german)) \(refusal.german)"
    case .tooManyParked(let max, let refusal):
      """
      Auf eine Antwort des Gegenübers warten schon \(max) Nachrichten, mehr werden nie aufgehoben. \
      Zuerst einige davon zurückziehen. \(refusal.german)
      """
    case .expiresBeforeItsTime(let expiresAt, let sendAt):
      """
      Die Nachricht soll um \(sendAt.rfc3339) hinausgehen, wäre aber um \(expiresAt.rfc3339) schon \
      verfallen. Einen späteren Verfall wählen, oder eine frühere Zeit.
      """
    case .scheduledInPast(let sendAt, let now):
      """
      Geplant wird nur für die Zukunft, und \(sendAt.rfc3339) war um \(now.rfc3339) schon vorbei. \
      Eine spätere Zeit wählen, oder keine, um sofort zu senden.
      """
    case .expired(let at, let now):
      """
      Die Nachricht sollte vor \(at.rfc3339) gesendet werden, und jetzt ist es \(now.rfc3339). Mit \
      einer späteren Frist noch einmal senden, falls sie noch wichtig ist.
      """
    }
  }

  private static let ruleInGerman = """
    Meta nimmt freie Nachrichten nur binnen 24 Stunden nach der letzten Nachricht oder dem letzten \
    Anruf des Gegenübers an.
    """

  private static func next(_ coexistence: Bool) -> String {
    """
    Jetzt eine genehmigte Vorlage senden, oder frei schreiben, sobald das Gegenüber geschrieben oder \
    angerufen hat\(coexistence ? "; eine Antwort aus der WhatsApp-Business-App auf dem Telefon ist jederzeit erlaubt und kostenlos" : "").
    """
  }
}

extension LedgerEntry {
  fileprivate func closingInGerman(_ since: Instant) -> String {
    guard let kind = openingKind else {
      return """
        Meta hat eine Nachricht, begonnen um \(at.rfc3339), mit Fehler 131047 abgelehnt; das Fenster \
        gilt seit \(since.rfc3339) als geschlossen.
        """
    }
    return """
      Zuletzt kam \(kind.german), um \(at.rfc3339); das Fenster ist seit \(since.rfc3339) geschlossen.
      """
  }
}

extension CareWindow.Doubt {
  fileprivate var german: String {
    let event = opening.map { "\($0.openingKind?.german ?? ""), um \($0.at.rfc3339)" } ?? ""
    switch reason {
    case .reaction, .callPermissionReply, .unsupported, .unavailable, .standby, .unknownKind:
      return "zuletzt kam \(event), und Meta sagt nicht, ob das genügt"
    case .connectionDay:
      return """
        die Nummer ist seit weniger als 24 Stunden verbunden, und was davor geschah, ist nicht bekannt
        """
    case .inherited:
      return """
        zuletzt kam \(event), noch vor dem Wechsel der Nummer, und Meta sagt nicht, ob das Fenster \
        mitgeht
        """
    case .reported131047:
      let refused = report.map { ", begonnen um \($0.at.rfc3339)," } ?? ""
      return
        "zuletzt kam \(event), doch Meta hat eine Nachricht\(refused) mit Fehler 131047 abgelehnt"
    }
  }

  fileprivate var retryInGerman: String {
    retryNotBefore.map { " ab \($0.rfc3339)" } ?? ""
  }
}

extension MessageKind {
  fileprivate var german: String {
    switch self {
    case .freeForm(let type): "Eine Nachricht der Art \(type)"
    case .template(let name, _): "Die Vorlage \(name)"
    case .reaction: "Eine Reaktion"
    case .pin: "Eine Anheftung"
    case .callPermissionRequest: "Eine Bitte um Anruferlaubnis"
    case .readReceipt: "Eine Lesebestätigung"
    case .typing: "Ein Tippzeichen"
    }
  }
}

extension Restriction {
  fileprivate var german: String {
    switch self {
    case .disconnected: "die Verbindung wurde entfernt"
    case .offboarded: "sie zieht auf ein anderes Gerät um"
    case .disabled: "das Konto ist gesperrt"
    case .noTemplates: "Vorlagen sind gesperrt"
    case .noReplies: "Antworten sind gesperrt"
    }
  }
}

extension OpeningKind {
  /// The event in a few words, with its article.
  fileprivate var german: String {
    switch self {
    case .text: "eine Textnachricht"
    case .image: "ein Bild"
    case .video: "ein Video"
    case .audio: "eine Sprach- oder Audionachricht"
    case .document: "ein Dokument"
    case .sticker: "ein Sticker"
    case .location: "ein Standort"
    case .contacts: "ein geteilter Kontakt"
    case .order: "eine Bestellung"
    case .buttonReply, .templateButton: "ein Tipp auf eine Schaltfläche"
    case .listReply: "eine Wahl aus einer Liste"
    case .productReply: "die Wahl eines Produkts"
    case .flowReply: "ein ausgefülltes Formular"
    case .welcome: "das Öffnen des Chats"
    case .userCall: "ein Anruf"
    case .acceptedCall: "ein angenommener Anruf von uns"
    case .reaction: "eine Reaktion"
    case .callPermissionReply: "eine Antwort auf die Bitte um Anruferlaubnis"
    case .unsupported: "eine Nachricht, deren Art Meta nicht herausgibt"
    case .unavailable: "eine Nachricht, die Meta nicht herausgeben konnte"
    case .standby: "eine Nachricht, um die sich eine andere Anwendung kümmert"
    case .unknown: "eine Nachricht neuer Art"
    default: "ein Ereignis der Art \(rawValue)"
    }
  }
}
