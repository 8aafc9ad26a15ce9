import CloudAPI

/// The answers that many operations share, for the OpenAPI document.
enum OpenAPIResponses {
  static var all: JSON {
    [
      "BadRequest": problem("The request is wrong."),
      "Unauthorized": problem("No token, or a wrong one."),
      "Forbidden": problem("The token has not the scope."),
      "NotFound": problem("There is no such thing, or this token is not good for it."),
      "Conflict": problem("Not in this state."),
      "Gone": problem("It was there, and is no more; `reason` says why."),
      "RangeNotSatisfiable": problem("The file has no such part."),
      "TooSlow": problem("The body did not arrive in time."),
      "TooLarge": problem("The body is too large."),
      "UnsupportedMediaType": problem("Not application/json."),
      "Refused": problem("The gate says no.", "RefusedMessage"),
      "TooManyRequests": problem("A limit of Meta's on speed leaves no slot that is near."),
      "Unavailable": problem("The database did not answer."),
      "GraphError": json("An error in the shape of Meta's Graph API.", "GraphError"),
    ]
  }

  /// An answer in JSON of a declared schema.
  static func json(_ description: String, _ schema: String) -> JSON {
    content(description, "application/json", schema)
  }

  /// The answers with the bytes of a file, by their status.
  static var file: [(status: String, response: JSON)] {
    let types = (MediaType.endings.keys + [MediaType.bytes]).sorted()
    let content = JSON.object(types.map { JSONMember($0, .object([])) })
    return [
      ("200", ["description": "The file.", "content": content]),
      ("206", ["description": "The part of the file that was asked for.", "content": content]),
      ("304", ["description": "What the client has is the file."]),
    ]
  }

  private static func problem(_ description: String, _ schema: String = "Problem") -> JSON {
    content(description, "application/problem+json", schema)
  }

  private static func content(_ description: String, _ type: String, _ schema: String) -> JSON {
    [
      "description": .string(description),
      "content": .object([JSONMember(type, ["schema": OpenAPIReference.schema(schema)])]),
    ]
  }
}
