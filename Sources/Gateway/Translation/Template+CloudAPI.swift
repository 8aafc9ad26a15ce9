package import CloudAPI
import CustomerCare
package import Storage

extension ListedTemplateRecord {
  /// A template of Meta's listing, in our words.
  package init(_ listed: ListedTemplate) {
    self.init(
      id: TemplateID(listed.id),
      name: listed.name,
      language: listed.language,
      status: TemplateStatus(listed.status),
      statusReason: listed.rejectedReason,
      category: listed.category.map { TemplateCategory($0) },
      quality: listed.quality.map { TemplateQuality($0) },
      components: String(decoding: listed.raw.serialized(), as: UTF8.self),
      form: TemplateForm(listed)
    )
  }
}

extension TemplateForm {
  fileprivate init(_ listed: ListedTemplate) {
    self.init(
      format: listed.parameterFormat?.uppercased() == "NAMED" ? .named : .positional,
      body: nil
    )
    for component in listed.components {
      switch component.type {
      case "HEADER": header = Header(component)
      case "BODY": body = component.text
      case "FOOTER": footer = component.text
      case "BUTTONS": buttons += component.buttons.map(Button.init)
      // Nothing is chosen at the send of either.
      case "CALL_PERMISSION_REQUEST": break
      default: otherParts.append(component.type)
      }
    }
  }
}

extension TemplateForm.Header {
  fileprivate init(_ component: TemplateComponent) {
    switch component.format {
    case "TEXT", nil: self = .text(component.text ?? "")
    case "IMAGE": self = .media(.image)
    case "VIDEO": self = .media(.video)
    case "DOCUMENT": self = .media(.document)
    case "GIF": self = .media(.animation)
    case "LOCATION": self = .location
    case let other?: self = .other(other)
    }
  }
}

extension TemplateForm.Button {
  fileprivate init(_ button: TemplateComponent.Button) {
    let kind: Kind =
      switch button.type {
      case "QUICK_REPLY": .quickReply
      case "URL": .url
      case "PHONE_NUMBER": .phoneNumber
      case "VOICE_CALL": .voiceCall
      case "REQUEST_CONTACT_INFO": .contactInfo
      case "CATALOG": .catalogue
      case "COPY_CODE": .copyCode
      case "FLOW": .flow
      default: .other
      }
    self.init(kind, text: kind == .other ? button.type : button.text, url: button.url)
  }
}
