import CustomerCare

/// The one more try after Meta's 131047 against a certain opening: it belongs to one request, the first to claim it.
///
/// Held by the key of a row, so that two programs, or two nodes, cannot both make it. A request that
/// was not sent, or failed, gives it back: only its delivery, or a second 131047, says what the window is.
enum SecondTry {
  /// Whether the one more try on this window is the request's to make.
  static func isFree(
    for request: RequestID,
    on window: CareWindow,
    _ number: PhoneNumberID,
    in unit: any SQLUnit
  ) throws -> Bool {
    guard let report = window.report131047 else { return false }
    let holder: RequestID? = try unit.first(
      "SELECT request_id FROM second_try WHERE report = $report AND phone_number_id = $number",
      ["report": .text(report.eventID), "number": .id(number)]
    ) { row in try row.id("request_id") }
    return holder.map { $0 == request } ?? true
  }

  /// Makes it the request's, if the window leaves one to make and nobody has it.
  static func take(
    for request: RequestID,
    on window: CareWindow,
    _ number: PhoneNumberID,
    in unit: any SQLUnit
  ) throws {
    guard let report = window.report131047 else { return }
    try unit.run(
      """
      INSERT INTO second_try (phone_number_id, report, request_id)
      VALUES ($number, $report, $request) ON CONFLICT (report, phone_number_id) DO NOTHING
      """,
      [
        "number": .id(number), "report": .text(report.eventID), "request": .id(request),
      ]
    )
  }

  /// Leaves it to somebody else.
  static func giveBack(_ request: RequestID, in unit: any SQLUnit) throws {
    try unit.run("DELETE FROM second_try WHERE request_id = $id", ["id": .id(request)])
  }
}

extension CareWindow {
  /// The 131047 that makes the window uncertain; `nil` if something else does, or nothing.
  var report131047: LedgerEntry? {
    if case .uncertain(let doubt, _) = state { doubt.report } else { nil }
  }
}
