import CloudAPI
import HTTPTypes
import Storage

/// What can be called, for the OpenAPI document.
enum OpenAPIOperations {
  /// What is said about an operation of `/v1` beside its route.
  private struct Words {
    var summary: String
    /// The schema of the good answer; `nil` where there is none yet.
    var answer: String?
    var status = "200"
    var headers: [String] = []
    /// Errors beside those every operation has.
    var errors: [String] = []
    /// What is posted; `nil` where nothing is.
    var takes: Body?
    /// Whether it answers with the bytes of a file.
    var isFile = false
  }

  /// What is posted: a schema, and an example of it.
  private struct Body {
    var schema: String
    var example: JSON

    var json: JSON {
      [
        "required": true,
        "content": [
          "application/json": ["schema": OpenAPIReference.schema(schema), "example": example]
        ],
      ]
    }

    static let message = Body(
      schema: "NewMessage",
      example: [
        "from": "900800700", "to": "491700000042", "type": "text",
        "text": ["body": "Your parcel is ready."],
      ]
    )
    static let callback = Body(
      schema: "NewCallback",
      example: [
        "url": "https://crm.example.com/hook", "kinds": ["message.received", "window.closing"],
        "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      ]
    )
    static let redelivery = Body(schema: "NewRedelivery", example: .object([]))
  }

  private static let bodyErrors = ["404", "408", "413", "415", "422"]
  private static let callbackErrors = ["404", "408", "413", "415"]

  /// The words for each route, by its name; a route without words does not start.
  private static let words: [String: Words] = [
    "listWindows": Words(
      summary: "The window board, soonest to close first",
      answer: "WindowPage"
    ),
    "getWindow": Words(
      summary: "A customer's window; never opened for one that nobody knows",
      answer: "Window",
      errors: ["404"]
    ),
    "listLedger": Words(
      summary: "Every opening and refutation of a window, newest first",
      answer: "LedgerPage",
      errors: ["404"]
    ),
    "listConversations": Words(
      summary: "Conversations, the newest message first",
      answer: "ConversationPage"
    ),
    "getConversation": Words(
      summary: "A customer's conversation",
      answer: "Conversation",
      errors: ["404"]
    ),
    "listMessages": Words(
      summary: "The messages of a conversation, newest first",
      answer: "MessagePage",
      errors: ["404"]
    ),
    "sendMessage": Words(
      summary: "Send a message through the gate",
      answer: "Accepted",
      status: "202",
      headers: ["Idempotency-Key", "Accept-Language"],
      errors: bodyErrors + ["409", "429"],
      takes: .message
    ),
    "previewMessage": Words(
      summary: "What would happen to a message, without sending it",
      answer: "Preview",
      headers: ["Accept-Language"],
      errors: bodyErrors,
      takes: .message
    ),
    "getMessage": Words(
      summary: "Where a message stands, and its whole history",
      answer: "Request",
      headers: ["Accept-Language"],
      errors: ["404"]
    ),
    "withdrawMessage": Words(
      summary: "Withdraw a message that is parked or scheduled",
      answer: "Request",
      headers: ["Accept-Language"],
      errors: ["404", "409"]
    ),
    "getMedia": Words(
      summary: "The bytes of a file that a message names, or a part of them",
      headers: ["Range", "If-Range", "If-None-Match"],
      errors: ["404", "409", "410", "416"],
      isFile: true
    ),
    "listTemplates": Words(
      summary: "The message templates of the accounts, by account, name and language",
      answer: "TemplatePage"
    ),
    "listCallbacks": Words(summary: "Whom we call, oldest first", answer: "CallbackPage"),
    "addCallback": Words(
      summary: "Call an address for what happens from now on",
      answer: "Callback",
      status: "201",
      errors: callbackErrors + ["409"],
      takes: .callback
    ),
    "getCallback": Words(
      summary: "A callback, and how much it is still owed",
      answer: "Callback",
      errors: ["404"]
    ),
    "removeCallback": Words(
      summary: "Call an address no more, and forget what it is still owed",
      status: "204",
      errors: ["404"]
    ),
    "listDeliveries": Words(
      summary: "What a callback was owed, newest first",
      answer: "DeliveryPage",
      errors: ["404"]
    ),
    "redeliver": Words(
      summary: "Deliver again: everything that is dead, or one delivery that has ended",
      answer: "Redelivery",
      status: "202",
      errors: callbackErrors,
      takes: .redelivery
    ),
  ]

  private static let errorNames: [String: String] = [
    "400": "BadRequest", "401": "Unauthorized", "403": "Forbidden", "404": "NotFound",
    "408": "TooSlow", "409": "Conflict", "410": "Gone", "413": "TooLarge",
    "415": "UnsupportedMediaType",
    "416": "RangeNotSatisfiable", "422": "Refused", "429": "TooManyRequests", "503": "Unavailable",
  ]

  /// An operation of `/v1`.
  static func api(_ route: APIRoute) -> JSON {
    guard let words = words[route.name] else {
      preconditionFailure("\(route.name) is described")
    }
    var names: [String] = []
    for case .parameter(let parameter) in route.path { names.append(parameter.rawValue) }
    names += route.query.sorted() + words.headers
    var operation: JSON = [
      "operationId": .string(route.name), "summary": .string(words.summary),
      "description": .string("Needs a token with the scope `\(route.scope.rawValue)`."),
      "parameters": .array(names.map(OpenAPIReference.parameter)),
    ]
    if let body = words.takes { operation.set("requestBody", to: body.json) }
    var responses = JSON.object([])
    if let answer = words.answer {
      responses.set(words.status, to: OpenAPIResponses.json("What was asked for.", answer))
    } else if words.isFile {
      for (status, response) in OpenAPIResponses.file { responses.set(status, to: response) }
    } else if words.status == "204" {
      responses.set(words.status, to: ["description": "Done."])
    }
    for status in (["400", "401", "403", "503"] + words.errors).sorted() {
      responses.set(status, to: errorNames[status].map(OpenAPIReference.response))
    }
    operation.set("responses", to: responses)
    return operation
  }
}

// MARK: - Beside /v1

extension OpenAPIOperations {
  /// What is served beside `/v1`.
  static var beside: [(method: String, path: String, operation: JSON)] {
    [
      ("GET", "/healthz", open("alive", "Whether the process is up", "Status")),
      ("GET", "/readyz", ready),
      ("GET", "/openapi.json", open("describe", "This description", "Description")),
      ("GET", MetaWebhook.path, verifyWebhook),
      ("POST", MetaWebhook.path, takeWebhook),
      (
        "POST", "/{version}/{phone_number_id}/messages",
        graph("sendCloudAPI", "Send a message as Cloud API takes it")
      ),
      (
        "POST", "/{version}/{phone_number_id}/marketing_messages",
        graph("sendMarketing", "Send a marketing template as Cloud API takes it")
      ),
    ]
  }

  private static func open(_ name: String, _ summary: String, _ schema: String) -> JSON {
    [
      "operationId": .string(name), "summary": .string(summary), "security": [],
      "responses": ["200": OpenAPIResponses.json("Yes.", schema)],
    ]
  }

  private static var ready: JSON {
    var operation = open("ready", "Whether the process may take traffic", "Status")
    operation.set(
      "responses",
      to: [
        "200": OpenAPIResponses.json("Yes.", "Status"),
        "503": OpenAPIResponses.json("No.", "Status"),
      ]
    )
    return operation
  }

  private static var verifyWebhook: JSON {
    [
      "operationId": "verifyWebhook", "summary": "Meta checks the subscription", "security": [],
      "parameters": .array(
        ["hub.mode", "hub.verify_token", "hub.challenge"].map(OpenAPIReference.parameter)
      ),
      "responses": [
        "200": [
          "description": "The challenge.",
          "content": ["text/plain": ["schema": ["type": "string"]]],
        ],
        "403": ["description": "Another token, or no challenge."],
      ],
    ]
  }

  private static var takeWebhook: JSON {
    [
      "operationId": "takeWebhook", "summary": "Meta tells what happened", "security": [],
      "parameters": [OpenAPIReference.parameter("X-Hub-Signature-256")],
      "requestBody": ["content": ["application/json": ["schema": .object([])]]],
      "responses": [
        "200": ["description": "On disk."],
        "401": ["description": "No signature, or a wrong one."],
        "408": ["description": "The body came too slowly."],
        "413": ["description": "The body is larger than 4 MiB."],
        "503": ["description": "Not stored: send it again."],
      ],
    ]
  }

  private static func graph(_ name: String, _ summary: String) -> JSON {
    var responses: JSON = [
      "200": [
        "description":
          "Meta's own answer; or ours in its shape, with an id that begins with `carewindow.`, when the outcome is unknown.",
        "headers": headers, "content": ["application/json": ["schema": ["type": "object"]]],
      ]
    ]
    for status in ["400", "401", "403", "404", "408", "409", "413", "429", "500", "503"] {
      responses.set(status, to: OpenAPIReference.response("GraphError"))
    }
    let names = ["version", "phone_number_id", "Idempotency-Key", "CareWindow-If-Closed"]
    return [
      "operationId": .string(name), "summary": .string(summary),
      "parameters": .array(names.map(OpenAPIReference.parameter)),
      "requestBody": [
        "required": true,
        "content": ["application/json": ["schema": OpenAPIReference.schema("CloudAPIMessage")]],
      ],
      "responses": responses,
    ]
  }

  private static var headers: JSON {
    [
      "CareWindow-Request-Id": ["schema": ["type": "string"]],
      "CareWindow-Window": [
        "description":
          "`open; closes=TIME`, `closed; since=TIME`, `never-opened` or `uncertain`.",
        "schema": ["type": "string"],
      ],
      "CareWindow-Verdict": ["schema": ["type": "string"]],
    ]
  }
}
