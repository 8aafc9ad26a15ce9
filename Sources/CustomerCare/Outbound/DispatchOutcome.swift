/// How one attempt to hand a message to Meta ended.
package enum DispatchOutcome: Hashable, Sendable {
  /// Meta took it under this id; `waID` and `userID` are whom it will reach, as Meta says.
  case accepted(MessageID, waID: String? = nil, userID: String? = nil)
  /// Meta did what was asked and gave no id, as it does for a read receipt; says nothing about a message.
  case acknowledged
  /// Meta refused it.
  case refused(MetaRefusal)
  /// It certainly never left, or Meta certainly did not take it and said so in an error: it may be tried again.
  case notSent(reason: String, MetaRefusal? = nil)
  /// Nobody knows whether Meta took it; only a status webhook or a person can tell.
  case unknown(reason: String)
}

/// Meta's own words when it refuses a message.
package struct MetaRefusal: Error, Hashable, Sendable {
  /// Meta's error code.
  package let code: Int
  /// Meta's title.
  package let title: String
  /// Meta's explanation; empty if there is none.
  package let details: String

  /// Creates a refusal.
  package init(code: Int, title: String, details: String = "") {
    self.code = code
    self.title = title
    self.details = details
  }
}
