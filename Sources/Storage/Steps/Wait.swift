package import CustomerCare

/// What becomes due by itself.
package enum Wait {
  /// How long an unknown outcome is waited for, and a key is kept.
  package static var unknownFor: Duration { .seconds(7 * 24 * 60 * 60) }

  /// What one look at the clock changed.
  package struct Report: Sendable, Hashable {
    /// Windows announced as closing or closed.
    package var announced = 0
    /// Requests found dispatching after their lease ended: unknown now.
    package var unknown: [RequestID] = []
    /// Requests that were never dispatched for their caller: failed, and unknown for 7 days: failed.
    package var failed: [RequestID] = []
    /// Requests that lapsed before they could be sent.
    package var expired: [RequestID] = []
    /// Keys forgotten.
    package var keysForgotten = 0

    /// Nothing yet.
    package init() {}
  }

  /// Does everything that is due.
  ///
  /// - Parameters:
  ///   - closingLead: How long before its end a window is announced as closing.
  ///   - limit: How many of each kind at most; call again while the report is that full.
  package static func sweep(
    now: Instant,
    closingLead: Duration,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> Report {
    Report()
  }

  /// Accepted requests that nobody carries out now, oldest first: durable ones only.
  package static func dispatchable(
    now: Instant,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> [RequestID] {
    []
  }

  /// The next instant at which `sweep` has something to do; `nil`: none is known.
  package static func nextDue(closingLead: Duration, in unit: any SQLUnit) throws -> Instant? {
    nil
  }

  /// Regards every announcement that is due as made: the end of a replay into an empty database.
  package static func silence(
    now: Instant,
    closingLead: Duration,
    in unit: any SQLUnit
  ) throws {
  }
}
