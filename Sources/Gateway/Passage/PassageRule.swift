import CloudAPI
package import Storage

/// One line of the list: a call that may pass, and everything about it that may.
package struct PassageRule: Sendable {
  /// What the first part of a path names.
  package enum Object: String, Sendable, Hashable {
    /// A business number this token is good for.
    case number
    /// The account of such a number.
    case account
    /// A template of such an account.
    case template
    /// A medium that such a number has seen.
    case media
    /// Where uploads begin; belongs to the app, not to a number.
    case uploads
    /// An upload that this token began.
    case upload
  }

  /// What the body may be.
  package enum Body: Sendable {
    /// Nothing.
    case none
    /// A JSON object of these members, each of this shape.
    case json([String: PassageShape])
    /// A form with a file that is to be sent to customers.
    case form
    /// The bytes of a file.
    case bytes
  }

  /// What is changed in Meta's answer.
  enum Rewriting: Sendable {
    /// Nothing.
    case none
    /// Links to further pages lead to us.
    case pages
    /// Links to further pages lead to us, and only numbers this token is good for are told.
    case numbers
    /// The link to a medium leads to us.
    case link
    /// The name of an upload is one of ours.
    case upload
  }

  /// What it does.
  package let method: PassageMethod
  /// What the first part of its path names.
  package let object: Object
  /// What of the object it is about; `nil`: the object itself.
  package let edge: PassageEdge?
  /// What a token must be allowed to do.
  package let scope: TokenRecord.Scope
  /// The parameters that may stand in the query, and what each may be.
  package let query: [String: PassageParameter]
  /// What the body may be.
  package let body: Body
  let rewriting: Rewriting

  /// The call in stable words, for metrics.
  package var name: String { "\(method.rawValue) \(edge?.rawValue ?? object.rawValue)" }

  init(
    _ method: PassageMethod,
    _ object: Object,
    _ edge: PassageEdge? = nil,
    for scope: TokenRecord.Scope,
    query: [String: PassageParameter] = [:],
    body: Body = .none,
    rewriting: Rewriting = .none
  ) {
    self.method = method
    self.object = object
    self.edge = edge
    self.scope = scope
    self.query = query
    self.body = body
    self.rewriting = rewriting
  }
}

/// What a query parameter may be.
package enum PassageParameter: Sendable {
  /// Names of fields with commas between them.
  ///
  /// No braces, dots or brackets: with those, Graph's own language reads what is behind an object, and other lists.
  case fields
  /// A cursor of an answer before.
  case cursor
  /// Digits.
  case number
  /// What people call something.
  case text

  /// The longest value, in bytes: a template's name has up to 512, a cursor about 200, all fields of a number about 600.
  package static let bytesMax = 2048
  /// The longest number, in digits: an id of Meta's has up to 17, the largest of 64 bits has 20.
  package static let digitsMax = 20

  func accepts(_ value: String) -> Bool {
    guard (1...Self.bytesMax).contains(value.utf8.count) else { return false }
    return switch self {
    case .fields: value.utf8.allSatisfy(Self.isInField) && !Self.namesAnotherList(value)
    case .cursor:
      value.utf8.allSatisfy { Self.isInField($0) || Self.isLetter($0) || "-=+/.".utf8.contains($0) }
    case .number: value.utf8.count <= Self.digitsMax && value.utf8.allSatisfy(Self.isDigit)
    case .text: value.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
  }

  /// Whether a field is a list that has a line of its own, with a scope of its own.
  private static func namesAnotherList(_ fields: String) -> Bool {
    fields.split(separator: ",").contains { PassageList.edges.contains(String($0)) }
  }

  private static func isInField(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || isDigit(byte)
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ",")
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

/// What the value of a member may be.
package enum PassageShape: Sendable {
  /// A string.
  case text
  /// A string, a number or a truth value.
  case plain
  /// An array of strings, or the empty string for none.
  case texts
  /// The word `whatsapp`.
  case whatsapp
  /// An object or an array of whatever Meta makes of it.
  ///
  /// What templates are made of grows by the month. Nothing in it is an order to Meta, and `PassageBody.forbidden` may not
  /// stand in it at any depth.
  case structure
  /// Customers: `[{"user": "+49…"}]`, or their digits as a number.
  case users

  func accepts(_ value: JSON) -> Bool {
    switch (self, value) {
    case (.text, .string), (.plain, .string), (.plain, .number), (.plain, .bool): true
    case (.texts, .array(let items)):
      items.allSatisfy { if case .string = $0 { true } else { false } }
    case (.texts, .string("")), (.whatsapp, .string("whatsapp")): true
    case (.structure, .object), (.structure, .array): true
    case (.users, .array(let items)):
      items.allSatisfy { item in
        item.members.count == 1 && item.members[0].key == "user" && item["user"]?.text != nil
      }
    default: false
    }
  }
}

/// The body of a call, read once.
enum PassageBody {
  /// Members that nothing we pass on has, wherever they would stand: they are Graph's own language for calls within calls, for
  /// tokens, and for sending webhooks elsewhere.
  static let forbidden: Set<String> = [
    "access_token", "appsecret_proof", "batch", "callback_url", "include_headers", "method",
    "override_callback_uri", "relative_url", "subscribed_fields", "verify_token",
    "webhook_configuration",
  ]

  /// Reads a body, judges it, and writes it again.
  static func read(
    _ bytes: [UInt8],
    _ shapes: [String: PassageShape]
  ) throws(PassageRefusal) -> [UInt8] {
    guard case .object(let members)? = try? JSON.parse(bytes) else {
      throw .wrongBody("The body must be one JSON object.")
    }
    for member in members {
      guard let shape = shapes[member.key] else {
        let known = shapes.keys.sorted().joined(separator: ", ")
        throw .wrongBody(
          "`\(member.key.prefix(40))` is not passed on with this call. Known: \(known)."
        )
      }
      guard shape.accepts(member.value) else {
        throw .wrongBody("`\(member.key)` has a value that is not possible.")
      }
      if let key = found(in: member.value) { throw .wrongBody("`\(key)` is never passed on.") }
    }
    return JSON.object(members).serialized()
  }

  /// A forbidden member, if there is one.
  private static func found(in value: JSON) -> String? {
    switch value {
    case .object(let members):
      for member in members {
        if forbidden.contains(member.key.lowercased()) { return member.key }
        if let key = found(in: member.value) { return key }
      }
    case .array(let items):
      for item in items { if let key = found(in: item) { return key } }
    default: break
    }
    return nil
  }
}
