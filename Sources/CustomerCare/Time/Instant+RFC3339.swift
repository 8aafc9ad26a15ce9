extension Instant {
  /// The instant as RFC 3339 in UTC: `2026-11-21T10:50:00Z`, with milliseconds only if there are any.
  package var rfc3339: String {
    let second = seconds
    let (year, month, day) = Self.date(ofDay: floorDivide(second, 86_400))
    let inDay = second - floorDivide(second, 86_400) * 86_400
    let millisecond = milliseconds - second * 1000
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    let time =
      "\(padded(inDay / 3600, 2)):\(padded(inDay / 60 % 60, 2)):\(padded(inDay % 60, 2))"
    return "\(date)T\(time)\(millisecond == 0 ? "" : ".\(padded(millisecond, 3))")Z"
  }

  /// Reads an RFC 3339 date-time with any offset; nil if the text is anything else.
  ///
  /// Digits beyond the millisecond are dropped. A leap second (`:60`) reads as the next second, since
  /// Unix time has none.
  package init?(rfc3339 text: String) {
    var rest = Substring(text)[...]
    guard
      let year = rest.takeNumber(4), rest.take("-"),
      let month = rest.takeNumber(2), rest.take("-"), (1...12).contains(month),
      let day = rest.takeNumber(2), (1...Self.days(inMonth: month, of: year)).contains(day),
      rest.take("T") || rest.take("t") || rest.take(" "),
      let hour = rest.takeNumber(2), rest.take(":"), hour < 24,
      let minute = rest.takeNumber(2), rest.take(":"), minute < 60,
      let second = rest.takeNumber(2), second <= 60,
      let millisecond = rest.takeMilliseconds(),
      let offset = rest.takeOffset(), rest.isEmpty
    else { return nil }
    let days = Self.day(ofYear: year, month: month, day: day)
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
    self.init(milliseconds: seconds * 1000 + millisecond)
  }

  // The two conversions below count in the proleptic Gregorian calendar with years that begin in
  // March, so that the leap day is the last of its year: Howard Hinnant, "chrono-Compatible
  // Low-Level Date Algorithms", 2021-09-01.

  private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  private static func day(ofYear year: Int64, month: Int64, day: Int64) -> Int64 {
    let marchYear = month <= 2 ? year - 1 : year
    let era = floorDivide(marchYear, 400)
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }
}

extension Instant: CustomStringConvertible {
  /// The instant as RFC 3339 in UTC.
  package var description: String { rfc3339 }
}

private func floorDivide(_ dividend: Int64, _ divisor: Int64) -> Int64 {
  dividend >= 0 ? dividend / divisor : (dividend - divisor + 1) / divisor
}

private func padded(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Substring {
  fileprivate mutating func take(_ character: Character) -> Bool {
    guard first == character else { return false }
    removeFirst()
    return true
  }

  fileprivate mutating func takeNumber(_ width: Int) -> Int64? {
    let digits = prefix(width)
    guard digits.count == width, digits.allSatisfy(\.isDigit) else { return nil }
    removeFirst(width)
    return Int64(digits)
  }

  fileprivate mutating func takeMilliseconds() -> Int64? {
    guard take(".") else { return 0 }
    let digits = prefix(while: \.isDigit)
    guard !digits.isEmpty else { return nil }
    removeFirst(digits.count)
    return Int64((digits + "00").prefix(3))
  }

  /// Takes `Z` or `+hh:mm` and gives the offset in seconds.
  fileprivate mutating func takeOffset() -> Int64? {
    if take("Z") || take("z") { return 0 }
    let sign: Int64 = first == "-" ? -1 : 1
    guard
      take("+") || take("-"), let hours = takeNumber(2), hours < 24, take(":"),
      let minutes = takeNumber(2), minutes < 60
    else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }
}

extension Character {
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
