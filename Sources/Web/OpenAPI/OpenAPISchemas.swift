import CloudAPI
import CustomerCare
import Storage

/// What comes and goes, for the OpenAPI document.
enum OpenAPISchemas {
  static var all: JSON {
    var schemas: JSON = [
      "Status": object(["status": text]),
      "Description": ["type": "object"],
      "Problem": problem([:]),
      "RefusedMessage": problem([
        "id": nullableText, "state": text, "verdict": reference("Verdict"),
      ]),
      "GraphError": object(["error": graphError]),
      "MetaError": object(["code": integer, "title": text, "details": text]),
      "Verdict": verdict,
    ]
    for (name, schema) in windows + messages + callbacks + templates {
      schemas.set(name, to: schema)
    }
    for item in [
      "Window", "LedgerEntry", "Conversation", "Message", "Callback", "Delivery", "Template",
    ] {
      let name = item == "LedgerEntry" ? "Ledger" : item
      schemas.set(
        name + "Page",
        to: object(["data": list(reference(item)), "next": nullableText])
      )
    }
    return schemas
  }

  private static var windows: [(String, JSON)] {
    [
      (
        "Customer",
        object(
          ["id": text, "wa_id": nullableText, "user_id": nullableText],
          optional: ["group_id": text]
        )
      ),
      ("Opening", object(["kind": text, "id": text, "at": time, "received_at": time])),
      (
        "Window",
        object([
          "phone_number_id": text, "customer": reference("Customer"), "state": windowState,
          "uncertain_because": nullableText, "opened_by": opening, "closes_at": nullableTime,
          "closed_since": nullableTime,
          "seconds_left": ["type": ["integer", "null"], "minimum": 0],
          "free_entry_point": object([
            "state": words(["none", "estimated", "confirmed", "rejected"]), "ends_at": nullableTime,
          ]),
          "allowed": list(words(AllowedMessage.allCases.map(\.rawValue))),
        ])
      ),
      (
        "LedgerEntry",
        object([
          "entry": words(["opening", "refutation", "proof"]), "kind": text, "id": text, "at": time,
          "received_at": time, "certain": flag, "uncertain_because": nullableText, "live": flag,
          "alias": text,
        ])
      ),
      (
        "Conversation",
        object(
          [
            "phone_number_id": text, "customer": reference("Customer"), "name": nullableText,
            "window": reference("Window"),
          ],
          optional: ["last_message_at": nullableTime]
        )
      ),
    ]
  }

  private static var callbacks: [(String, JSON)] {
    let kinds = list(words(CallbackKind.allCases.map(\.rawValue)))
    var someKinds = kinds
    someKinds.set("minItems", to: 1)
    let number: JSON = ["type": "string", "pattern": .string(PathParameter.phoneNumberID.pattern)]
    return [
      (
        "Callback",
        object([
          "id": text, "url": text, "kinds": kinds,
          "numbers": ["type": ["array", "null"], "items": text], "created_at": time,
          "pending": integer, "dead": integer,
        ])
      ),
      (
        "NewCallback",
        object(
          ["url": someText, "kinds": someKinds, "secret": someText],
          optional: ["numbers": ["type": ["array", "null"], "items": number, "minItems": 1]]
        )
      ),
      (
        "Delivery",
        object([
          "id": text, "kind": words(CallbackKind.allCases.map(\.rawValue)),
          "state": words(DeliveryView.State.allCases.map(\.rawValue)), "attempts": integer,
          "result": nullableText, "created_at": time, "tried_at": nullableTime,
          "next_at": nullableTime,
        ])
      ),
      (
        "NewRedelivery",
        object(
          [:],
          optional: [
            "delivery": [
              "type": ["string", "null"], "pattern": .string(PathParameter.id.pattern),
            ]
          ]
        )
      ),
      ("Redelivery", object(["redelivering": integer])),
    ]
  }

  private static var templates: [(String, JSON)] {
    [
      (
        "Template",
        object([
          "id": text, "waba_id": text, "name": text, "language": text, "status": text,
          "status_reason": nullableText, "category": nullableText,
          "quality": words(TemplateQuality.allCases.map(\.rawValue)),
          "parameter_format": nullableText,
          "components": ["type": ["array", "null"], "items": ["type": "object"]],
          "sendable": flag, "edited_since": flag, "checked_at": nullableTime,
        ])
      )
    ]
  }

  private static var messages: [(String, JSON)] {
    [
      (
        "Message",
        withContent(
          [
            "id": text, "wamid": text, "direction": words(["in", "out"]),
            "origin": words(Origin.allCases.map(\.rawValue)), "type": text, "at": time,
            "state": text,
          ],
          optional: [
            "in_reply_to": text, "edited_at": time, "revoked_at": time,
            "error": reference("MetaError"),
          ]
        )
      ),
      (
        "Request",
        withContent([
          "id": text, "from": text, "to": text, "type": text, "wamid": nullableText, "state": text,
          "delivery": words(Delivery.allCases.map(\.rawValue)), "verdict": reference("Verdict"),
          "failure": nullableText,
          "template_sent": orNull(
            object([
              "id": text, "name": text, "language": text, "reason": text, "state": text,
              "wamid": nullableText,
            ])
          ), "in_place_of": nullableText, "created_at": time, "expires_at": nullableTime,
          "send_at": nullableTime, "attempts": list(attempt),
          "history": list(object(["at": time, "event": text, "detail": nullableText])),
        ])
      ),
      (
        "Accepted",
        object([
          "id": text, "state": words(RequestState.allCases.map(\.rawValue)),
          "verdict": reference("Verdict"), "estimate": ["type": "null"],
        ])
      ),
      (
        "Preview",
        object([
          "verdict": reference("Verdict"), "window": windowState,
          "template": orNull(
            object([
              "name": text, "language": text, "category": words(["utility", "marketing"]),
              "body": text,
            ])
          ), "estimate": ["type": "null"],
        ])
      ),
      ("NewMessage", newMessage),
      (
        "CloudAPIMessage",
        [
          "type": "object", "required": ["messaging_product"],
          "description": "A message object of Meta's Cloud API.",
          "properties": ["messaging_product": ["const": "whatsapp"]],
        ]
      ),
    ]
  }

  private static var newMessage: JSON {
    withContent(
      ["from": ["type": "string", "pattern": "^[0-9]{1,20}$"], "to": someText, "type": someText],
      optional: [
        "if_closed": orNull(words(ClosedWindowPolicy.allCases.map(\.rawValue))),
        "expires_at": nullableTime,
        "send_at": nullableTime, "messaging_product": orNull(["const": "whatsapp"]),
        "recipient_type": orNull(words(["individual", "group"])),
        "context": orNull(["type": "object"]), "biz_opaque_callback_data": nullableText,
        "recipient_identity_key_hash": nullableText,
      ]
    )
  }

  private static var attempt: JSON {
    object([
      "number": integer, "dispatch_began_at": time, "outcome": nullableText,
      "ended_at": nullableTime, "wamid": nullableText,
      "error": ["oneOf": [reference("MetaError"), ["type": "null"]]], "reason": nullableText,
    ])
  }

  private static var verdict: JSON {
    let send = object([
      "decision": ["const": "send"], "evidence": words(["not_needed", "proven", "tried"]),
      "opened_by": opening, "closes_at": nullableTime,
    ])
    let refused = object(["decision": ["const": "refused"], "code": text, "reason": text])
    let parked = object([
      "decision": ["const": "wait"], "waits_for": ["const": "customer"], "code": text,
      "reason": text,
      "template": [
        "oneOf": [
          ["type": "null"],
          object([
            "state": ["const": "goes_out"], "name": text, "language": text, "reason": text,
          ]),
          object(["state": ["const": "pending"], "id": text]),
        ]
      ],
    ])
    let scheduled = object([
      "decision": ["const": "wait"], "waits_for": ["const": "time"], "until": time,
    ])
    return ["oneOf": [send, parked, scheduled, refused]]
  }

  private static var graphError: JSON {
    [
      "type": "object", "required": ["message", "type", "code"],
      "properties": [
        "message": text, "type": text, "code": integer, "error_subcode": integer,
        "is_transient": flag, "error_data": ["type": "object"], "fbtrace_id": text,
      ],
    ]
  }

  private static func problem(_ more: KeyValuePairs<String, JSON>) -> JSON {
    let all =
      [
        ("type", ["const": "about:blank"]), ("title", text), ("status", integer), ("code", text),
        ("detail", text),
      ] + more.map { ($0.key, $0.value) }
    return [
      "type": "object", "required": .array(all.map { .string($0.0) }),
      "properties": .object(all.map { JSONMember($0.0, $0.1) }),
    ]
  }
}

// MARK: - Small words

extension OpenAPISchemas {
  private static let text: JSON = ["type": "string"]
  private static let someText: JSON = ["type": "string", "minLength": 1]
  private static let nullableText: JSON = ["type": ["string", "null"]]
  private static let time: JSON = ["type": "string", "format": "date-time"]
  private static let nullableTime: JSON = ["type": ["string", "null"], "format": "date-time"]
  private static let integer: JSON = ["type": "integer"]
  private static let flag: JSON = ["type": "boolean"]
  private static let opening: JSON = ["oneOf": [reference("Opening"), ["type": "null"]]]
  private static let windowState = words(["open", "closed", "never_opened", "uncertain"])

  private static func reference(_ name: String) -> JSON { OpenAPIReference.schema(name) }

  private static func words(_ words: [String]) -> JSON {
    ["type": "string", "enum": .array(words.map(JSON.string))]
  }

  private static func orNull(_ schema: JSON) -> JSON { ["oneOf": [schema, ["type": "null"]]] }

  private static func list(_ item: JSON) -> JSON { ["type": "array", "items": item] }

  /// An object with these members and no others.
  private static func object(
    _ required: KeyValuePairs<String, JSON>,
    optional: KeyValuePairs<String, JSON> = [:]
  ) -> JSON {
    var schema = withContent(required, optional: optional)
    schema.set("description", to: nil)
    schema.set("additionalProperties", to: false)
    return schema
  }

  /// An object with these members, and one more that is named like its `type`.
  private static func withContent(
    _ required: KeyValuePairs<String, JSON>,
    optional: KeyValuePairs<String, JSON> = [:]
  ) -> JSON {
    [
      "type": "object",
      "description": "The content stands in a member named like the type, as Cloud API has it.",
      "required": .array(required.map { .string($0.key) }),
      "properties": .object(
        (Array(required) + Array(optional)).map { JSONMember($0.key, $0.value) }
      ),
    ]
  }
}
