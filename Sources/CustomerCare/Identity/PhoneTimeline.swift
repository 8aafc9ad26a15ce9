/// Who had a phone number when: numbers are given up and pass to other people.
///
/// A user id is regenerated when its person changes the number, so a number seen with a new user id,
/// without word of a change, is another person's.
/// Source: …/business-scoped-user-ids, 2026-09-15.
struct PhoneTimeline {
  /// A time in which one person had the number; it lasts until the next tenure begins.
  struct Tenure {
    /// Nil for the first one, as far back as anything is known.
    let start: Instant?
    /// The user id under which the person was seen, once it was.
    var user: Alias?
    fileprivate let began: Beginning
  }

  fileprivate enum Beginning {
    case unknown, seen, arrived, left
  }

  /// How far apart the reports of one change may lie.
  ///
  /// Meta tells of a change by up to three events within seconds; a number that really passes on
  /// rests for months first.
  private static let retellingMax: Duration = .seconds(60 * 60)

  /// All tenures, earliest first; never empty.
  private(set) var tenures = [Tenure(start: nil, user: nil, began: .unknown)]

  private var last: Tenure { tenures[tenures.count - 1] }

  /// Somebody gave the number up; returns the tenure that ended.
  mutating func leave(at instant: Instant) -> Int {
    if !isRetelling(.left, at: instant) {
      tenures.append(Tenure(start: instant, user: nil, began: .left))
    }
    return tenures.count - 2
  }

  /// Somebody got the number; returns the tenure that began.
  mutating func arrive(at instant: Instant) -> Int {
    if !isRetelling(.arrived, at: instant) {
      tenures.append(Tenure(start: instant, user: nil, began: .arrived))
    }
    return tenures.count - 1
  }

  /// The user id was given up, and with it the number, if it was still that person's.
  mutating func lose(_ user: Alias, at instant: Instant) {
    guard last.user == user else { return }
    tenures.append(Tenure(start: instant, user: nil, began: .left))
  }

  /// The number was seen together with a user id for the first time.
  mutating func see(_ user: Alias, at instant: Instant) {
    if last.user == nil {
      tenures[tenures.count - 1].user = user
    } else {
      tenures.append(Tenure(start: instant, user: user, began: .seen))
    }
  }

  private func isRetelling(_ beginning: Beginning, at instant: Instant) -> Bool {
    guard last.began == beginning, let start = last.start else { return false }
    return (beginning == .arrived || last.user == nil)
      && instant.since(start) <= Self.retellingMax
  }
}
