/// Why a template does not go out in a message's place.
package enum TemplateObstacle: Hashable, Sendable {
  /// The named fallback is not among the account's templates.
  case notFound
  /// Meta does not let it out now.
  case notApproved(TemplateStatus, reason: String?)
  /// Only its name is known: the listing was not read since.
  case neverRead
  /// It was edited since it was read.
  case edited
  /// It is for one-time codes.
  case authentication
  /// What Meta takes it for is not known.
  case unknownCategory
  /// The customer stopped marketing.
  case marketingStopped
  /// It is marketing, and a customer who never wrote did not agree to that.
  case marketingNeedsConsent
  /// It is in none of the customer's languages.
  case otherLanguage(wanted: [String])
  /// Nothing is known for some of its parameters, by name.
  case unknownValues([String])
  /// It begins with a file, and none is kept for it.
  case needsFile(TemplateForm.Media)
  /// It has a part whose content is chosen at each send, or that is not understood here, by name.
  case needsContent(String)
  /// Filled in, a part is longer than Meta takes.
  case tooLong(TemplateParameter.Place, limit: Int)
}

/// Whether a customer gets marketing.
package enum MarketingConsent: String, Sendable {
  /// Nothing was recorded.
  case unknown
  /// The customer agreed.
  case given
  /// The customer stopped it.
  case stopped
}
