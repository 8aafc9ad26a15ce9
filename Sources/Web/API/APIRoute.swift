import CloudAPI
import CustomerCare
import HTTPTypes
import Hummingbird
import Storage

/// One operation of `/v1`: where it is, who may call it, what it does.
struct APIRoute: Sendable {
  /// A segment of a path.
  enum Part: Sendable, Hashable {
    case literal(String)
    case parameter(PathParameter)
  }

  let method: HTTPRequest.Method
  let path: [Part]
  /// What the token must be good for.
  let scope: TokenRecord.Scope
  /// The query parameters that are understood; any other is an error.
  let query: Set<String>
  /// The operation's name in the OpenAPI document.
  let name: String
  let run: @Sendable (APICall) async throws -> Response

  /// Declares an operation; `path` is written as in OpenAPI, `/v1/messages/{id}`.
  init(
    _ method: HTTPRequest.Method,
    _ path: String,
    _ name: String,
    scope: TokenRecord.Scope,
    query: Set<String> = [],
    run: @escaping @Sendable (APICall) async throws -> Response
  ) {
    self.method = method
    self.path = path.split(separator: "/").map { segment in
      guard segment.first == "{" else { return .literal(String(segment)) }
      guard let parameter = PathParameter(rawValue: String(segment.dropFirst().dropLast())) else {
        preconditionFailure("\(segment) is a path parameter that is declared")
      }
      return .parameter(parameter)
    }
    self.scope = scope
    self.query = query
    self.name = name
    self.run = run
  }

  /// The path as OpenAPI writes it.
  var template: String {
    path.map { part in
      switch part {
      case .literal(let text): "/\(text)"
      case .parameter(let parameter): "/{\(parameter.rawValue)}"
      }
    }.joined()
  }

  /// How many segments are literally the same; `nil` when the path is another one.
  func match(_ segments: [String]) -> Int? {
    guard segments.count == path.count else { return nil }
    var literals = 0
    for (part, segment) in zip(path, segments) {
      if case .literal(let text) = part {
        guard text == segment else { return nil }
        literals += 1
      }
    }
    return literals
  }

  /// What stands in the parameters' places.
  func parameters(in segments: [String]) -> [PathParameter: String] {
    var values: [PathParameter: String] = [:]
    for case (.parameter(let parameter), let segment) in zip(path, segments) {
      values[parameter] = segment
    }
    return values
  }
}

/// What may stand in a path.
enum PathParameter: String, Sendable, CaseIterable {
  case phoneNumberID = "phone_number_id"
  case customer
  case id
  case mediaID = "media_id"

  /// What is allowed, as a regular expression for the OpenAPI document; `accepts` says the same.
  var pattern: String {
    switch self {
    case .phoneNumberID: "^[0-9]{1,20}$"
    case .customer: "^[A-Za-z0-9._:=@+-]{1,128}$"
    case .id, .mediaID: "^[A-Za-z0-9._-]{1,64}$"
    }
  }

  /// Whether a decoded segment can be meant.
  func accepts(_ text: String) -> Bool {
    let bytes = text.utf8
    return switch self {
    case .phoneNumberID: (1...20).contains(bytes.count) && bytes.allSatisfy(\.isASCIIDigit)
    case .customer:
      (1...128).contains(bytes.count)
        && bytes.allSatisfy { $0.isWord || ".:=@+-".utf8.contains($0) }
    case .id, .mediaID:
      (1...64).contains(bytes.count) && bytes.allSatisfy { $0.isWord || ".-".utf8.contains($0) }
    }
  }
}

extension UInt8 {
  /// Whether the byte is an ASCII letter, digit or underscore.
  fileprivate var isWord: Bool {
    isASCIIDigit || self == UInt8(ascii: "_")
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
  }
}

/// A call of an operation: admitted, matched, its parameters checked.
struct APICall: Sendable {
  let request: Request
  let context: DoorContext
  let token: TokenRecord
  let parameters: [PathParameter: String]
  let query: QueryItems

  /// The business number in the path.
  ///
  /// - Throws: `Problem` when this token is not good for it, the same as when there is no such number.
  func number() throws(Problem) -> PhoneNumberID {
    let number = PhoneNumberID(parameters[.phoneNumberID] ?? "")
    guard token.isGood(for: number) else { throw .unknownNumber }
    return number
  }

  /// The customer in the path: a phone number in digits, a BSUID, a group id, or our id.
  var customer: String { parameters[.customer] ?? "" }

  /// The conversation of the number and the customer in the path.
  ///
  /// - Throws: `Problem` as `number()` does; an error of the store's when it did not answer.
  func conversation(in engine: any SQLEngine, at now: Instant) async throws -> Conversation {
    let number = try number()
    let found = try await engine.read { unit in
      try Windows.window(
        number: number,
        customer: customer,
        seenAt: token.numbers,
        now: now,
        in: unit
      )
    }
    guard let found else { throw Problem.unknownNumber }
    return found
  }

  /// The id in the path.
  var id: String { parameters[.id] ?? "" }

  /// The file in the path.
  var mediaID: MediaID { MediaID(parameters[.mediaID] ?? "") }

  /// The body's bytes, if it says that it is JSON.
  func body(_ limits: WebLimits) async throws -> [UInt8] {
    guard request.headers.announcesJSON else {
      throw Problem(
        .unsupportedMediaType,
        "unsupported_media_type",
        "Send one JSON object with Content-Type: application/json."
      )
    }
    switch try await request.readBody(bytesMax: limits.requestBytesMax) {
    case .whole(let body): return body
    case .tooLarge: throw Problem.tooLarge(limits.requestBytesMax)
    case .tooSlow: throw Problem.tooSlow
    }
  }

  /// The body as one JSON object.
  func object(_ limits: WebLimits) async throws -> JSON {
    try JSON.parsedObject(try await body(limits))
  }
}
