/// A customer's BSUID was replaced: `user_id_update[]`.
///
/// Meta's changelog of 2026-08-11 calls the field not subscribable; it is read where it comes.
package struct UserIDUpdate: Sendable, Hashable {
  /// The BSUID before.
  package var previousUserID: String?
  /// The BSUID now.
  package var currentUserID: String?
  /// The parent BSUID before.
  package var previousParentUserID: String?
  /// The parent BSUID now.
  package var currentParentUserID: String?
  /// The phone number in digits; nil when Meta withholds it.
  package var waID: String?
  /// A sentence for people.
  package var detail: String?
  /// When, in seconds since 1970; nil if unreadable.
  package var timestamp: Int64?

  /// Creates an update.
  package init(
    previousUserID: String?,
    currentUserID: String?,
    previousParentUserID: String? = nil,
    currentParentUserID: String? = nil,
    waID: String? = nil,
    detail: String? = nil,
    timestamp: Int64?
  ) {
    self.previousUserID = previousUserID
    self.currentUserID = currentUserID
    self.previousParentUserID = previousParentUserID
    self.currentParentUserID = currentParentUserID
    self.waID = waID
    self.detail = detail
    self.timestamp = timestamp
  }
}
