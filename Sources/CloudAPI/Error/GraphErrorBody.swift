/// The error that Meta's API answers with: `{"error":{...}}`.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes, read 2026-11-21.
package struct GraphErrorBody: Error, Sendable, Hashable {
  /// Meta's code.
  package var code: Int
  /// `(#code) title`.
  package var message: String
  /// Usually `OAuthException`.
  package var type: String?
  /// What exactly is wrong (`error_data.details`).
  package var details: String?
  /// Not sent by Meta since v16.0.
  package var subcode: Int?
  /// A title for people.
  package var userTitle: String?
  /// A sentence for people.
  package var userMessage: String?
  /// True if Meta says that trying again will help.
  package var isTransient: Bool?
  /// What Meta's support asks for.
  package var traceID: String?

  /// Creates an error; `title` becomes `(#code) title`.
  package init(
    code: Int,
    title: String,
    details: String? = nil,
    type: String? = "OAuthException",
    isTransient: Bool? = nil,
    traceID: String? = nil
  ) {
    self.code = code
    message = "(#\(code)) \(title)"
    self.type = type
    self.details = details
    self.isTransient = isTransient
    self.traceID = traceID
  }

  /// Reads an answer; nil if it is no error of this shape.
  package init?(_ json: JSON) {
    guard let error = json["error"], let code = error["code"]?.integer.flatMap({ Int(exactly: $0) })
    else { return nil }
    self.code = code
    message = error["message"]?.text ?? ""
    type = error["type"]?.text
    details = (error["error_data"]?["details"] ?? error["error_data"])?.text
    subcode = error["error_subcode"]?.integer.flatMap { Int(exactly: $0) }
    userTitle = error["error_user_title"]?.text
    userMessage = error["error_user_msg"]?.text
    isTransient = error["is_transient"]?.flag
    traceID = error["fbtrace_id"]?.text
  }

  /// What is known about the code.
  package var known: GraphError? { GraphError.known(code: code) }

  /// The status to answer with; 400 where the table does not say.
  package var httpStatus: Int { known?.httpStatus ?? 400 }

  /// The body as Meta writes it.
  package var json: JSON {
    [
      "error": .present([
        "message": .string(message),
        "type": type.map(JSON.string),
        "code": .integer(code),
        "error_subcode": subcode.map(JSON.integer),
        "is_transient": isTransient.map(JSON.bool),
        "error_user_title": userTitle.map(JSON.string),
        "error_user_msg": userMessage.map(JSON.string),
        "error_data": details.map {
          ["messaging_product": "whatsapp", "details": .string($0)]
        },
        "fbtrace_id": traceID.map(JSON.string),
      ])
    ]
  }
}
