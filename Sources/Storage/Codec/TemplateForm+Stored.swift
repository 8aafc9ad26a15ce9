import CustomerCare

extension TemplateForm {
  /// As the column holds it.
  var stored: StoredJSON {
    .members([
      "format": .text(format.rawValue), "header": header?.stored, "body": .optional(body),
      "footer": .optional(footer),
      "buttons": buttons.isEmpty ? nil : .array(buttons.map(\.stored)),
      "others": otherParts.isEmpty ? nil : .array(otherParts.map(StoredJSON.text)),
    ])
  }

  /// Reads what `stored` wrote.
  init(stored json: StoredJSON) {
    self.init(
      format: json["format"]?.text.flatMap(Format.init(rawValue:)) ?? .positional,
      header: json["header"].map(Header.init(stored:)),
      body: json["body"]?.text,
      footer: json["footer"]?.text,
      buttons: json["buttons"]?.items.map(Button.init(stored:)) ?? [],
      otherParts: json["others"]?.items.compactMap(\.text) ?? []
    )
  }
}

extension TemplateForm.Header {
  fileprivate var stored: StoredJSON {
    switch self {
    case .text(let text): .members(["text": .text(text)])
    case .media(let media): .members(["media": .text(media.rawValue)])
    case .location: .members(["location": .integer(1)])
    case .other(let word): .members(["other": .text(word)])
    }
  }

  fileprivate init(stored json: StoredJSON) {
    if let text = json["text"]?.text {
      self = .text(text)
    } else if let media = json["media"]?.text.flatMap(TemplateForm.Media.init(rawValue:)) {
      self = .media(media)
    } else if json["location"] != nil {
      self = .location
    } else {
      // What a newer release wrote is not filled in by this one.
      self = .other(json["other"]?.text ?? "")
    }
  }
}

extension TemplateForm.Button {
  fileprivate var stored: StoredJSON {
    .members([
      "kind": .text(kind.rawValue), "text": .optional(text), "url": .optional(url),
    ])
  }

  fileprivate init(stored json: StoredJSON) {
    self.init(
      json["kind"]?.text.flatMap(Kind.init(rawValue:)) ?? .other,
      text: json["text"]?.text,
      url: json["url"]?.text
    )
  }
}
