package import CustomerCare

/// A callback as it is remembered.
package struct CallbackRecord: Sendable, Hashable {
  /// Its id, which is no secret.
  package var id: CallbackID
  /// Where it is called; checked by whoever wrote it.
  package var url: String
  /// What it is called for; not empty.
  package var kinds: Set<CallbackKind>
  /// The numbers it is called for; `nil`: all.
  package var numbers: Set<PhoneNumberID>?
  /// The secret that signs, sealed by the caller.
  package var sealedSecret: [UInt8]
  /// When it was added.
  package var createdAt: Instant

  /// Makes a record.
  package init(
    id: CallbackID,
    url: String,
    kinds: Set<CallbackKind>,
    numbers: Set<PhoneNumberID>? = nil,
    sealedSecret: [UInt8],
    createdAt: Instant
  ) {
    self.id = id
    self.url = url
    self.kinds = kinds
    self.numbers = numbers
    self.sealedSecret = sealedSecret
    self.createdAt = createdAt
  }

  /// Whether it is to be called for something that happened to a number.
  package func wants(_ kind: CallbackKind, of number: PhoneNumberID) -> Bool {
    kinds.contains(kind) && numbers?.contains(number) ?? true
  }
}
