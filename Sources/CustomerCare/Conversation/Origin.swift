/// Who spoke.
package enum Origin: String, CaseIterable, Sendable {
  case customer
  case employee
  case assistant
  /// A program with a token of ours.
  case api
  case automation
  /// Somebody in the WhatsApp Business app of a Coexistence number.
  case phone
  /// Imported from the app's history; who of the company spoke is not known.
  case history
}
