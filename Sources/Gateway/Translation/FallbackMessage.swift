package import CloudAPI
package import CustomerCare
import Storage

extension FallbackChoice {
  /// The message that sends the template to whom another is addressed.
  func message(id: RequestID, like original: [UInt8]) -> Reengage.Message {
    let addressed = (try? JSON.parse(original)) ?? [:]
    var json = message
    for name in ["messaging_product", "recipient_type", "to", "recipient"] {
      json.set(name, to: addressed[name])
    }
    do {
      let read = try SubmittedMessage(reading: json.serialized())
      return Reengage.Message(id: id, payload: read.payload, content: read.content)
    } catch {
      // The original was read before, and the rest is ours.
      preconditionFailure("A template was written that is no message: \(error.title)")
    }
  }

  /// The members of a message that sends the template: `type` and `template`.
  ///
  /// Components without parameters are left out, as Meta wants it.
  /// Source: developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview, read 2026-11-21.
  package var message: JSON {
    var template: JSON = [
      "name": .string(self.template.name), "language": ["code": .string(self.template.language)],
    ]
    let components = places.map(component)
    if !components.isEmpty { template.set("components", to: .array(components)) }
    return ["type": "template", "template": template]
  }

  /// The parts that have values, in order.
  private var places: [TemplateParameter.Place] {
    values.map(\.parameter.place).reduce(into: []) { places, place in
      if places.last != place { places.append(place) }
    }
  }

  private func component(_ place: TemplateParameter.Place) -> JSON {
    let parameters = values.filter { $0.parameter.place == place }.map { filled -> JSON in
      // Meta adds a button's value to its address as it is.
      let isAddress = if case .button = place { true } else { false }
      return .present([
        "type": "text",
        "parameter_name": template.form?.format == .named ? .string(filled.parameter.name) : nil,
        "text": .string(isAddress ? filled.value.percentEncoded : filled.value),
      ])
    }
    switch place {
    case .header: return ["type": "header", "parameters": .array(parameters)]
    case .body: return ["type": "body", "parameters": .array(parameters)]
    case .button(let index):
      return [
        "type": "button", "sub_type": "url", "index": .string(String(index)),
        "parameters": .array(parameters),
      ]
    }
  }
}

extension String {
  /// The text as it may end an address (RFC 3986, 2.3).
  fileprivate var percentEncoded: String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    for byte in utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: encoded.append(byte)
      default: encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}
