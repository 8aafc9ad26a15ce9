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
      "TooSlow": problem("The body did not arrive in time."),
      "TooLarge": problem("The body is too large."),
      "UnsupportedMediaType": problem("Not application/json."),
      "Refused": problem("The gate says no.", "RefusedMessage"),
      "Unavailable": problem("The database did not answer."),
      "GraphError": json("An error in the shape of Meta's Graph API.", "GraphError"),
    ]
  }

  /// An answer in JSON of a declared schema.
  static func json(_ description: String, _ schema: String) -> JSON {
    content(description, "application/json", schema)
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
