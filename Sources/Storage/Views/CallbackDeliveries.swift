package import CustomerCare

/// What became of what a callback was owed, as people and programs see it.
package struct DeliveryView: Sendable, Hashable {
  /// Where a delivery stands.
  package enum State: String, Sendable, CaseIterable {
    /// It is tried, or will be.
    case pending
    /// The receiver took it.
    case delivered
    /// It was tried for three days and given up.
    case dead
  }

  /// `webhook-id`.
  package var id: String
  /// What kind of thing.
  package var kind: CallbackKind
  /// Where it stands.
  package var state: State
  /// How often it was tried since it was promised, or redelivered.
  package var attempts: Int
  /// When it was promised.
  package var createdAt: Instant
  /// When it is tried next, if it is pending.
  package var nextAt: Instant?
  /// When it was last tried; `nil`: never.
  package var triedAt: Instant?
  /// What came of the last attempt, in a stable word; `nil` before the first has ended.
  package var result: String?
}

/// Reads deliveries, and starts them again.
package enum CallbackDeliveries {
  /// A callback's deliveries, newest first.
  package static func list(
    of callback: CallbackID,
    state: DeliveryView.State? = nil,
    after cursor: Cursor? = nil,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> Page<DeliveryView> {
    var parameters: SQLParameters = ["callback": .id(callback), "limit": .integer(limit + 1)]
    var conditions = ["callback_id = $callback"]
    if let state {
      conditions.append("state = $state")
      parameters.append("state", .text(state.rawValue))
    }
    if let cursor {
      guard let place = cursor.keys(1).flatMap({ Int64($0[0]) }) else {
        return Page(items: [], next: nil)
      }
      conditions.append("id < $place")
      parameters.append("place", .int64(place))
    }
    let rows = try unit.rows(
      """
      SELECT * FROM callback_delivery WHERE \(conditions.joined(separator: " AND "))
      ORDER BY id DESC LIMIT $limit
      """,
      parameters
    ) { row in (position: try row.integer("id"), view: try DeliveryView(row: row)) }
    let page = Page(rows, limit: limit) { ["\($0.position)"] }
    return Page(items: page.items.map(\.view), next: page.next)
  }

  /// How many deliveries of each callback wait, and how many are dead.
  package static func counts(
    in unit: any SQLUnit
  ) throws -> [CallbackID: (pending: Int, dead: Int)] {
    var counts: [CallbackID: (pending: Int, dead: Int)] = [:]
    try unit.each(
      """
      SELECT callback_id, state, COUNT(*) AS count FROM callback_delivery
      WHERE state <> 'delivered' GROUP BY callback_id, state
      """,
      [:]
    ) { row in
      let count = Int(try row.integer("count"))
      let callback = try row.id("callback_id", as: CallbackID.self)
      if try row.text("state") == DeliveryView.State.dead.rawValue {
        counts[callback, default: (0, 0)].dead = count
      } else {
        counts[callback, default: (0, 0)].pending = count
      }
    }
    return counts
  }

  /// Delivers again, from now on and for three days: one that ended, or, without an id, all that are
  /// dead.
  ///
  /// Returns how many were started again.
  package static func redeliver(
    _ delivery: String?,
    of callback: CallbackID,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Int {
    var parameters: SQLParameters = ["callback": .id(callback), "now": .instant(now)]
    var which = "state = 'dead'"
    if let delivery {
      which = "delivery_id = $delivery AND state <> 'pending'"
      parameters.append("delivery", .text(delivery))
    }
    return try unit.run(
      """
      UPDATE callback_delivery SET state = 'pending', attempts = 0, since_at = $now, next_at = $now
      WHERE callback_id = $callback AND \(which)
      """,
      parameters
    )
  }
}

extension DeliveryView {
  fileprivate init(row: any SQLRow) throws {
    guard let kind = CallbackKind(rawValue: try row.text("kind")),
      let state = State(rawValue: try row.text("state"))
    else { throw StoreError.unreadable("a delivery") }
    self.init(
      id: try row.text("delivery_id"),
      kind: kind,
      state: state,
      attempts: Int(try row.integer("attempts")),
      createdAt: try row.instant("created_at"),
      nextAt: state == .pending ? try row.instant("next_at") : nil,
      triedAt: try row.instantIfAny("tried_at"),
      result: try row.textIfAny("result")
    )
  }
}
