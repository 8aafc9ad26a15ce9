import CloudAPI
import CustomerCare
import Gateway
import Storage

/// The parameters of paths, queries and headers, for the OpenAPI document.
enum OpenAPIParameters {
  static func all(_ limits: WebLimits) -> JSON {
    var parameters: JSON = [
      "limit": query(
        "limit",
        [
          "type": "integer", "minimum": 1, "maximum": .integer(limits.pageItemsMax),
          "default": .integer(limits.pageItemsDefault),
        ],
        "How many items at most."
      ),
      "cursor": query(
        "cursor",
        ["type": "string", "pattern": "^[A-Za-z0-9._-]{1,512}$"],
        "`next` of the page before."
      ),
      "state": query("state", state, "Which windows."),
      "delivery_state": deliveryState,
      "closing_within": query(
        "closing_within",
        [
          "type": "integer", "minimum": 1,
          "maximum": .integer(CareWindow.length.components.seconds),
        ],
        "Only windows that close within so many seconds."
      ),
      "Idempotency-Key": header(
        "Idempotency-Key",
        [
          "type": "string", "pattern": "^[ -~]+$", "minLength": 1,
          "maxLength": .integer(OutboxLimits.idempotencyKeyMax),
        ],
        "The same key with the same body gives the first answer again, never a second message."
      ),
      "Accept-Language": header(
        "Accept-Language",
        ["type": "string"],
        "`de` for refusals in German."
      ),
      "CareWindow-If-Closed": header(
        "CareWindow-If-Closed",
        ["type": "string", "enum": ["template", "refuse"]],
        "What is to happen if the window is closed; otherwise the number's own policy."
      ),
      "X-Hub-Signature-256": header(
        "X-Hub-Signature-256",
        ["type": "string"],
        "Meta's signature over the raw body."
      ),
      "version": [
        "name": "version", "in": "path", "required": true,
        "schema": ["type": "string", "pattern": "^v[1-9][0-9]\\.[0-9]$"],
      ],
    ]
    for member in ofFiles.members { parameters.set(member.key, to: member.value) }
    for (name, parameter) in OpenAPIPassage.parameters { parameters.set(name, to: parameter) }
    for name in ["hub.mode", "hub.verify_token", "hub.challenge"] {
      parameters.set(name, to: query(name, ["type": "string"], "As Meta sends it."))
    }
    for parameter in PathParameter.allCases {
      parameters.set(
        parameter.rawValue,
        to: [
          "name": .string(parameter.rawValue), "in": "path", "required": true,
          "schema": ["type": "string", "pattern": .string(parameter.pattern)],
        ]
      )
    }
    return parameters
  }

  private static var ofFiles: JSON {
    [
      "Range": header("Range", ["type": "string"], "One part of the file: `bytes=0-1023`."),
      "If-Range": header(
        "If-Range",
        ["type": "string"],
        "The part only if this is still its ETag."
      ),
      "If-None-Match": header("If-None-Match", ["type": "string"], "304 if this is its ETag."),
    ]
  }

  private static var deliveryState: JSON {
    query(
      "delivery_state",
      [
        "type": "string",
        "enum": .array(DeliveryView.State.allCases.map { .string($0.rawValue) }),
      ],
      "Which deliveries; default: all."
    )
  }

  private static var state: JSON {
    [
      "type": "string", "default": .string(BoardFilter.State.open.rawValue),
      "enum": .array(BoardFilter.State.allCases.map { .string($0.rawValue) }),
    ]
  }

  private static func query(_ name: String, _ schema: JSON, _ description: String) -> JSON {
    [
      "name": .string(name), "in": "query", "description": .string(description), "schema": schema,
    ]
  }

  private static func header(_ name: String, _ schema: JSON, _ description: String) -> JSON {
    [
      "name": .string(name), "in": "header", "description": .string(description), "schema": schema,
    ]
  }
}
