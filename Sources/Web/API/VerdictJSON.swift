import CloudAPI
import CustomerCare

extension Verdict {
  /// The verdict as the API shows it; a refusal in a sentence of the caller's language.
  func json(in language: Refusal.Language) -> JSON {
    switch self {
    case .send(.notNeeded):
      ["decision": "send", "evidence": "not_needed", "opened_by": .null, "closes_at": .null]
    case .send(.proven(let entry, let until)):
      [
        "decision": "send", "evidence": "proven", "opened_by": entry.openedByJSON,
        "closes_at": .time(until),
      ]
    case .send(.tried(let doubt, let until)):
      [
        "decision": "send", "evidence": "tried",
        "opened_by": doubt.opening.map(\.openedByJSON) ?? .null, "closes_at": .time(until),
      ]
    case .wait(.forCustomer(let refusal, let invitation)):
      [
        "decision": "wait", "waits_for": "customer", "code": .string(refusal.code),
        "reason": .string(refusal.sentence(in: language)),
        "template": invitation?.json(in: language) ?? .null,
      ]
    case .wait(.until(let instant)):
      ["decision": "wait", "waits_for": "time", "until": .time(instant)]
    case .refused(let refusal):
      [
        "decision": "refused", "code": .string(refusal.code),
        "reason": .string(refusal.sentence(in: language)),
      ]
    }
  }
}

extension Invitation {
  /// The template that invites the customer, as the API shows it.
  fileprivate func json(in language: Refusal.Language) -> JSON {
    switch self {
    case .template(let reason):
      [
        "state": "goes_out", "name": .string(reason.name), "language": .string(reason.language),
        "reason": .string(reason.sentence(in: language)),
      ]
    case .pending(let request): ["state": "pending", "id": .string(request.rawValue)]
    }
  }
}

extension Refusal.Language {
  /// The language a caller prefers (RFC 9110, 12.5.4); English where it names none of ours.
  init(acceptLanguage header: String?) {
    var best: (language: Refusal.Language, weight: Double)?
    for item in (header ?? "").split(separator: ",").prefix(20) {
      let parts = item.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
      guard let tag = parts.first?.split(separator: "-").first,
        let language = Refusal.Language(rawValue: String(tag))
      else { continue }
      let quality = parts.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2)
      let weight = quality.map { Double($0) ?? 0 } ?? 1
      if weight > best?.weight ?? 0 { best = (language, weight) }
    }
    self = best?.language ?? .english
  }
}
