import CloudAPI
import Gateway
import Storage

/// What passes to Meta, for the OpenAPI document: written from the list that the gate itself goes by.
///
/// OpenAPI cannot tell paths apart that differ by what an id is of: lines that share a path and a method are one operation.
enum OpenAPIPassage {
  /// The operations, in the order of the list.
  static var operations: [(method: String, path: String, operation: JSON)] {
    var places: [Place] = []
    var rules: [Place: [PassageRule]] = [:]
    for rule in PassageList.rules {
      let place = Place(method: rule.method.rawValue, path: path(of: rule))
      if rules[place] == nil { places.append(place) }
      rules[place, default: []].append(rule)
    }
    return places.map { place in
      (place.method, place.path, operation(place, rules[place] ?? []))
    } + [("GET", "/{version}/_media/{link}", media)]
  }

  private struct Place: Hashable {
    let method: String
    let path: String
  }

  /// Where a line of the list is found.
  static func path(of rule: PassageRule) -> String {
    let object =
      switch rule.object {
      case .number where rule.edge != nil: "{phone_number_id}"
      case .account: "{waba_id}"
      case .number, .template, .media: "{object_id}"
      case .uploads: "app/uploads"
      case .upload: "upload:{upload}"
      }
    return (["/{version}", object] + (rule.edge.map { [$0.rawValue] } ?? [])).joined(separator: "/")
  }

  /// What an object is called.
  private static func words(for object: PassageRule.Object) -> String {
    switch object {
    case .number: "a business number"
    case .account: "the account of a business number"
    case .template: "a template"
    case .media: "a file"
    case .uploads: "an upload of a sample that begins"
    case .upload: "an upload that began"
    }
  }

  private static func operation(_ place: Place, _ rules: [PassageRule]) -> JSON {
    let verb = ["GET": "Read", "POST": "Write", "DELETE": "Remove"][place.method] ?? place.method
    let edge = rules.first?.edge.map { "`\($0.rawValue)` of " } ?? ""
    let objects = rules.map { words(for: $0.object) }.joined(separator: ", ")
    let scopes = Set(rules.map { "`\($0.scope.rawValue)`" }).sorted().joined(separator: ", ")
    let query = rules.map(\.query).reduce([:]) { $0.merging($1) { old, _ in old } }
    var operation: JSON = [
      "operationId": .string(name(of: place)),
      "summary": .string("\(verb) \(edge)\(objects), as Graph API does"),
      "description": .string("Passes to Meta. Needs a token with the scope \(scopes)."),
      "parameters": .array(
        variables(in: place.path) + query.sorted { $0.key < $1.key }.map(parameter)
      ),
    ]
    if let body = rules.lazy.compactMap({ self.body($0.body) }).first {
      operation.set("requestBody", to: body)
    }
    operation.set("responses", to: responses)
    return operation
  }

  /// The same for the same call, in letters.
  private static func name(of place: Place) -> String {
    let words = place.path.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
    return "graph_"
      + ([place.method.lowercased()] + words.dropFirst().map(String.init))
      .joined(separator: "_")
  }

  private static var media: JSON {
    var responses = responses
    responses.set(
      "200",
      to: [
        "description": "The file, as Meta has it.",
        "content": ["*/*": .object([])],
      ]
    )
    responses.set("404", to: OpenAPIReference.response("GraphError"))
    return [
      "operationId": "graph_get_media_link",
      "summary": "Read the bytes of a file, by the `url` that was answered for it",
      "description": "Needs the token that asked for the `url`; for five minutes.",
      "parameters": .array(variables(in: "/{version}/_media/{link}")), "responses": responses,
    ]
  }
}

// MARK: - Parts

extension OpenAPIPassage {
  private static func variables(in path: String) -> [JSON] {
    path.split(separator: "/").compactMap { segment in
      guard let start = segment.firstIndex(of: "{") else { return nil }
      return OpenAPIReference.parameter(String(segment[start...].dropFirst().dropLast()))
    }
  }

  /// The parameters of its paths that no other operation has.
  static var parameters: [(name: String, parameter: JSON)] {
    let id: JSON = ["type": "string", "pattern": "^[0-9]{1,20}$"]
    let sealed: JSON = ["type": "string", "pattern": "^[A-Za-z0-9_-]{1,512}$"]
    let all: [(String, JSON, String)] = [
      ("object_id", id, "A business number, a template or a file."),
      ("waba_id", id, "The account of a business number."),
      ("upload", sealed, "What follows `upload:` in the answer that began it."),
      ("link", sealed, "The end of the `url` that was answered."),
    ]
    return all.map { name, schema, description in
      (
        name,
        [
          "name": .string(name), "in": "path", "required": true,
          "description": .string(description), "schema": schema,
        ]
      )
    }
  }

  private static func parameter(_ name: String, _ parameter: PassageParameter) -> JSON {
    let (pattern, most) =
      switch parameter {
      case .fields: ("^[a-z0-9_,]+$", PassageParameter.bytesMax)
      case .cursor: ("^[A-Za-z0-9_,=+/.-]+$", PassageParameter.bytesMax)
      case .number: ("^[0-9]+$", PassageParameter.digitsMax)
      case .text: ("^[^\\x00-\\x1f\\x7f-\\x9f]+$", PassageParameter.bytesMax)
      }
    var described: JSON = [
      "name": .string(name), "in": "query",
      "schema": [
        "type": "string", "pattern": .string(pattern), "maxLength": .integer(most),
      ],
    ]
    if case .text = parameter {
      // A schema counts characters.
      described.set("description", to: .string("At most \(most) bytes in UTF-8."))
    }
    return described
  }

  private static func body(_ body: PassageRule.Body) -> JSON? {
    // What it may say, Meta judges.
    let field: JSON = ["type": "string", "pattern": "^[ -~]*$"]
    let content: JSON
    switch body {
    case .none: return nil
    case .json(let shapes):
      let members = shapes.sorted { $0.key < $1.key }.map { JSONMember($0.key, schema($0.value)) }
      content = [
        "application/json": [
          "schema": [
            "type": "object", "properties": .object(members), "additionalProperties": false,
          ]
        ]
      ]
    case .form:
      content = [
        "multipart/form-data": [
          "schema": [
            "type": "object", "required": ["file", "messaging_product"],
            "properties": [
              "file": ["type": "string", "format": "binary"],
              "messaging_product": ["const": "whatsapp"], "type": field, "ttl_minutes": field,
            ],
            "additionalProperties": false,
          ]
        ]
      ]
    case .bytes: content = ["application/octet-stream": ["schema": .object([])]]
    }
    return ["required": true, "content": content]
  }

  private static func schema(_ shape: PassageShape) -> JSON {
    switch shape {
    case .text: ["type": "string"]
    case .plain: ["type": ["string", "number", "boolean"]]
    case .texts: ["oneOf": [["type": "array", "items": ["type": "string"]], ["const": ""]]]
    case .whatsapp: ["const": "whatsapp"]
    case .structure: ["type": ["object", "array"]]
    case .users:
      [
        "type": "array",
        "items": [
          "type": "object", "required": ["user"],
          "properties": ["user": ["type": ["string", "number"], "minLength": 1]],
          "additionalProperties": false,
        ],
      ]
    }
  }

  /// Meta's own answer, or an error in its shape.
  private static var responses: JSON {
    var responses: JSON = [
      "200": [
        "description": "Meta's own answer; links in it lead to us.",
        "content": ["application/json": ["schema": ["type": "object"]]],
      ]
    ]
    for status in ["400", "401", "403", "404", "408", "413", "429", "500", "502", "503", "504"] {
      responses.set(status, to: OpenAPIReference.response("GraphError"))
    }
    return responses
  }
}
