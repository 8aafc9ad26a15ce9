/// What happens to a free-form message while the window is closed.
package enum ClosedWindowPolicy: String, CaseIterable, Sendable {
  /// The best approved template goes out, and the original waits for the customer's answer.
  case template
  /// The original waits for the customer to write next.
  case park
  /// The message is refused at once.
  case refuse
}
