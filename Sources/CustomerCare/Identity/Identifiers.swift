/// An id: a text that is compared, kept and handed on, and never taken apart.
package protocol Identifier: RawRepresentable<String>, Hashable, Comparable, Sendable,
  CustomStringConvertible, ExpressibleByStringLiteral
{
  /// Wraps the text unchanged.
  init(rawValue: String)
}

extension Identifier {
  /// Wraps the text unchanged.
  package init(_ text: String) { self.init(rawValue: text) }

  /// Wraps a literal, which keeps tests and samples readable.
  package init(stringLiteral text: String) { self.init(rawValue: text) }

  /// The text itself.
  package var description: String { rawValue }

  /// Orders ids by their text, so that ties are broken the same way everywhere.
  package static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
}

/// A business number, as Meta names it (`phone_number_id`).
package struct PhoneNumberID: Identifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// A WhatsApp Business account, which owns business numbers.
package struct WABAID: Identifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// A message, as Meta names it (`wamid.…`); unique over all numbers.
package struct MessageID: Identifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// A file, as Meta names it; good for the number whose webhook told it.
package struct MediaID: Identifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// A message template, as Meta names it; unique over all accounts, one for each language of a name.
package struct TemplateID: Identifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// A call, as Meta names it (`wacid.…`); the same for every event of the call.
package struct CallID: Identifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// A WhatsApp group.
package struct GroupID: Identifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// A customer, derived from what Meta told us about the person; see `Person`.
package struct CustomerID: Identifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// A request: one wish to send one message.
package struct RequestID: Identifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// One try to hand a request's message to Meta; a request owns up to five.
package struct AttemptID: Identifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// An access token of CareWindow's own; never the secret itself.
package struct TokenID: Identifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// A callback: an address that programs asked us to call.
package struct CallbackID: Identifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}
