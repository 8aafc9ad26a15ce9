/// What is known of a customer that a template's parameters can say.
///
/// Only named parameters are filled in by themselves: `{{1}}` does not say what belongs there, and a name in the place of an
/// order's number would be worse than no message.
package struct KnownValues: Hashable, Sendable {
  /// How the customer calls themselves; nil if that is not known.
  package var customerName: String?

  /// Makes values.
  package init(customerName: String? = nil) {
    self.customerName = customerName
  }

  /// The value for a parameter's name, fit to be sent; nil if none is known.
  package func value(named name: String) -> String? {
    guard let customer = customerName.map(Self.plain), !customer.isEmpty else { return nil }
    switch name.lowercased() {
    case "name", "full_name", "customer_name", "contact_name", "profile_name": return customer
    case "first_name", "firstname", "given_name", "customer_first_name":
      return customer.split(separator: " ").first.map(String.init)
    default: return nil
    }
  }

  /// A value as Meta takes it: one line, single spaces, no braces that would look like a parameter.
  ///
  /// Newlines, tabs and more than four spaces in a row are error 132018, after the message was accepted.
  /// Source: …/whatsapp/support/error-codes, 2026-09-11.
  static func plain(_ text: String) -> String {
    let cleaned = text.unicodeScalars.map { scalar -> Character in
      let isSpace = scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
      return isSpace || scalar == "{" || scalar == "}" ? " " : Character(scalar)
    }
    return cleaned.split(separator: " ").map { String($0) }.joined(separator: " ")
  }
}

/// A value in its place.
package struct FilledParameter: Hashable, Sendable {
  /// Where it goes.
  package var parameter: TemplateParameter
  /// What goes there.
  package var value: String

  /// Makes a value in its place.
  package init(_ parameter: TemplateParameter, _ value: String) {
    self.parameter = parameter
    self.value = value
  }
}

/// The values of a template, or what is in the way.
package enum TemplateFilling: Hashable, Sendable {
  case filled([FilledParameter])
  case impossible(TemplateObstacle)
}

extension TemplateForm {
  /// The longest header Meta takes, in characters, and the longest body, both filled in.
  ///
  /// Source: …/whatsapp/templates/components, 2026-09-11; longer is error 132005.
  static let headerMax = 60
  static let bodyMax = 1_024

  /// Fills in everything that has to be, in the order in which Meta wants it.
  package func filled(with known: KnownValues) -> TemplateFilling {
    if let obstacle = contentNeeded { return .impossible(obstacle) }
    var filled: [FilledParameter] = []
    var missing: [String] = []
    for parameter in parameters {
      if format == .named, let value = known.value(named: parameter.name) {
        filled.append(FilledParameter(parameter, value))
      } else if !missing.contains(parameter.name) {
        missing.append(parameter.name)
      }
    }
    guard missing.isEmpty else { return .impossible(.unknownValues(missing)) }
    func length(_ text: String, _ place: TemplateParameter.Place) -> Int {
      TemplateParameter.filling(text) { name in
        filled.first { $0.parameter.place == place && $0.parameter.name == name }?.value
      }.unicodeScalars.count
    }
    if case .text(let text) = header, length(text, .header) > Self.headerMax {
      return .impossible(.tooLong(.header, limit: Self.headerMax))
    }
    if length(body ?? "", .body) > Self.bodyMax {
      return .impossible(.tooLong(.body, limit: Self.bodyMax))
    }
    return .filled(filled)
  }

  /// What has to be chosen at each send and is no text; nil if nothing has.
  ///
  /// The sample of a header's file comes from Meta's listing as a link that expires, and is not sent again.
  /// Source: …/whatsapp/templates/components, 2026-09-11.
  private var contentNeeded: TemplateObstacle? {
    switch header {
    case .media(let media): return .needsFile(media)
    case .location: return .needsContent("LOCATION")
    case .other(let word): return .needsContent(word)
    case .text, nil: break
    }
    if let part = otherParts.first { return .needsContent(part) }
    for button in buttons {
      switch button.kind {
      case .copyCode: return .needsContent("COPY_CODE")
      case .flow: return .needsContent("FLOW")
      case .other: return .needsContent(button.text ?? "BUTTON")
      case .quickReply, .url, .phoneNumber, .voiceCall, .contactInfo, .catalogue: break
      }
    }
    return body == nil ? .needsContent("BODY") : nil
  }
}
