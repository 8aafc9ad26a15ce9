/// What is known about one of Meta's error codes.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes, read 2026-11-21.
package struct GraphError: Sendable, Hashable {
  /// Whether and when the same message may be sent again.
  package enum RetryClass: String, Sendable, Hashable {
    /// Certainly not sent: safe to send again.
    case yes
    /// The first attempt may have gone out: sending again may send twice.
    case yesUnsafe
    /// Sending again gives the same answer.
    case no
    /// Sending again helps only after the event that `wait` names.
    case later
  }

  /// A way on which a code reaches us.
  ///
  /// Any code may come on any way; the table has the usual ones.
  package enum Path: String, Sendable, Hashable {
    /// In the answer to a call.
    case response
    /// On a `failed` status.
    case status
    /// On an inbound message.
    case inbound
    /// In `value.errors`, belonging to no message.
    case value
    /// On a call that ended.
    case callEnd
  }

  /// How long to wait before the next attempt.
  package enum Wait: Sendable, Hashable {
    /// There is nothing to wait for.
    case none
    /// Not before this time, growing with each attempt.
    case backoff(from: Duration)
    /// About this long.
    case atMost(Duration)
    /// At least this long.
    case atLeast(Duration)
    /// 4^n seconds before attempt n, from n = 0.
    case powersOfFour
    /// Until something happens, in words.
    case until(String)
  }

  /// The codes; most rows have one.
  package let codes: ClosedRange<Int>
  /// What it means, as a fragment.
  package let meaning: String
  /// The status of the answer; nil where it is not known or there is no answer.
  package let httpStatus: Int?
  /// The usual ways.
  package let paths: Set<Path>
  /// Whether and when to send again.
  package let retry: RetryClass
  /// How long to wait before.
  package let wait: Wait
  /// What helps, as a fragment; nil where waiting or nothing does.
  package let advice: String?

  /// What is known about a code; nil for codes that are not in Meta's table.
  ///
  /// An unknown code is never tried again.
  package static func known(code: Int) -> GraphError? {
    if let row = byCode[code] { return row }
    return ranges.first { $0.codes.contains(code) }
  }

  /// Every row of the table.
  package static let table: [GraphError] =
    platform + messaging + restriction + group + template + registration + calling + management

  private static let byCode: [Int: GraphError] = Dictionary(
    table.filter { $0.codes.count == 1 }.map { ($0.codes.lowerBound, $0) },
    uniquingKeysWith: { first, _ in first }
  )

  private static let ranges: [GraphError] = table.filter { $0.codes.count > 1 }

  static func row(
    _ code: Int,
    _ meaning: String,
    http: Int?,
    _ paths: Set<Path>,
    _ retry: RetryClass,
    wait: Wait = .none,
    advice: String? = nil
  ) -> GraphError {
    row(code...code, meaning, http: http, paths, retry, wait: wait, advice: advice)
  }

  static func row(
    _ codes: ClosedRange<Int>,
    _ meaning: String,
    http: Int?,
    _ paths: Set<Path>,
    _ retry: RetryClass,
    wait: Wait = .none,
    advice: String? = nil
  ) -> GraphError {
    GraphError(
      codes: codes,
      meaning: meaning,
      httpStatus: http,
      paths: paths,
      retry: retry,
      wait: wait,
      advice: advice
    )
  }
}
