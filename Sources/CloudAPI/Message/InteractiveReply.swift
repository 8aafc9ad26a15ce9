/// The answer to an interactive message: `interactive`.
package enum InteractiveReply: Sendable, Hashable {
  /// A tapped reply button.
  case button(id: String?, title: String?)
  /// A chosen row of a list.
  case list(id: String?, title: String?, description: String?)
  /// A completed flow or address form.
  case form(FormReply)
  /// Whether we may call.
  case callPermission(CallPermissionReply)
  /// A product; its shape is not documented, see `raw` of the message.
  case product(JSON)
  /// A kind we do not know, with Meta's word for it.
  case unknown(type: String?)
}

/// A completed flow or address form: `nfm_reply`.
package struct FormReply: Sendable, Hashable {
  /// `flow` or `address_message`.
  package var name: String?
  /// Usually `Sent`.
  package var body: String?
  /// What was filled in: JSON as text, in the form's own words.
  package var responseJSON: String?
  /// The token that was sent with the flow, if the response names it.
  package var flowToken: String?

  /// Creates a reply; the token is read from the response.
  package init(name: String?, body: String?, responseJSON: String?) {
    self.name = name
    self.body = body
    self.responseJSON = responseJSON
    let response = responseJSON.flatMap { try? JSON.parse(text: $0) }
    flowToken = response?["flow_token"]?.text
  }
}

/// Whether we may call the customer: `call_permission_reply`.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/calling/user-call-permissions, read 2026-11-21.
package struct CallPermissionReply: Sendable, Hashable {
  /// `accept` or `reject`.
  package var response: String?
  /// Until revoked.
  package var isPermanent: Bool?
  /// When a temporary permission ends, in seconds since 1970.
  package var expiresAt: Int64?
  /// `user_action`, or `automatic` after the customer called.
  package var source: String?

  /// True if we may call.
  package var isAccepted: Bool { response == "accept" }

  /// Creates a reply.
  package init(response: String?, isPermanent: Bool? = nil, expiresAt: Int64?, source: String?) {
    self.response = response
    self.isPermanent = isPermanent
    self.expiresAt = expiresAt
    self.source = source
  }
}

extension InteractiveReply {
  /// Reads an `interactive` object; nil if the member that its type names is missing.
  init?(_ json: JSON, _ reader: inout WireReader) {
    guard json.isObject else { return nil }
    let type = json["type"]?.text
    guard let type, Self.knownTypes.contains(type) else {
      self = .unknown(type: type)
      return
    }
    guard let payload = json[type], payload.isObject else { return nil }
    switch type {
    case "button_reply": self = .button(id: payload["id"]?.text, title: payload["title"]?.text)
    case "list_reply":
      self = .list(
        id: payload["id"]?.text,
        title: payload["title"]?.text,
        description: payload["description"]?.text
      )
    case "nfm_reply":
      self = .form(
        FormReply(
          name: payload["name"]?.text,
          body: payload["body"]?.text,
          responseJSON: payload["response_json"]?.text
        )
      )
    case "call_permission_reply":
      self = .callPermission(
        CallPermissionReply(
          response: payload["response"]?.text,
          isPermanent: payload["is_permanent"]?.flag,
          expiresAt: reader.inside(type) { $0.seconds("expiration_timestamp", of: payload) },
          source: payload["response_source"]?.text
        )
      )
    default: self = .product(payload)
    }
  }

  private static let knownTypes: Set<String> = [
    "button_reply", "list_reply", "nfm_reply", "call_permission_reply", "product",
  ]

  var json: JSON {
    switch self {
    case .button(let id, let title):
      Self.wrap(
        "button_reply",
        .present(["id": id.map(JSON.string), "title": title.map(JSON.string)])
      )
    case .list(let id, let title, let description):
      Self.wrap(
        "list_reply",
        .present([
          "id": id.map(JSON.string), "title": title.map(JSON.string),
          "description": description.map(JSON.string),
        ])
      )
    case .form(let form):
      Self.wrap(
        "nfm_reply",
        .present([
          "name": form.name.map(JSON.string), "body": form.body.map(JSON.string),
          "response_json": form.responseJSON.map(JSON.string),
        ])
      )
    case .callPermission(let reply):
      Self.wrap(
        "call_permission_reply",
        .present([
          "response": reply.response.map(JSON.string),
          "is_permanent": reply.isPermanent.map(JSON.bool),
          "expiration_timestamp": reply.expiresAt.map(JSON.integer),
          "response_source": reply.source.map(JSON.string),
        ])
      )
    case .product(let product): Self.wrap("product", product)
    case .unknown(let type): .present(["type": type.map(JSON.string)])
    }
  }

  private static func wrap(_ type: String, _ payload: JSON) -> JSON {
    .object([JSONMember("type", .string(type)), JSONMember(type, payload)])
  }
}
