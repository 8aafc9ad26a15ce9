import CloudAPI
import CustomerCare
import Gateway
import Hummingbird
import Storage

/// `/v1/windows`: one window, its ledger, the board.
struct WindowsAPI: Sendable {
  let engine: any SQLEngine
  let time: any TimeSource
  let margin: Duration
  let limits: WebLimits

  var routes: [APIRoute] {
    [
      APIRoute(
        .get,
        "/v1/windows",
        "listWindows",
        scope: .read,
        query: Paging.names.union(["state", "closing_within"]),
        run: board
      ),
      APIRoute(
        .get,
        "/v1/windows/{phone_number_id}/{customer}",
        "getWindow",
        scope: .read,
        run: window
      ),
      APIRoute(
        .get,
        "/v1/windows/{phone_number_id}/{customer}/ledger",
        "listLedger",
        scope: .read,
        query: Paging.names,
        run: ledger
      ),
    ]
  }

  @Sendable private func window(_ call: APICall) async throws -> Response {
    let found = try await call.conversation(in: engine, at: time.now)
    return Response(.ok, json: found.windowJSON(margin: margin))
  }

  @Sendable private func ledger(_ call: APICall) async throws -> Response {
    let number = try call.number()
    let paging = try Paging(call.query, limits)
    let page = try await engine.read { unit in
      try Windows.ledger(
        number: number,
        customer: call.customer,
        after: paging.cursor,
        limit: paging.limit,
        in: unit
      )
    }
    guard let page else { throw Problem.unknownNumber }
    return Response(.ok, json: page.json(\.ledgerJSON))
  }

  @Sendable private func board(_ call: APICall) async throws -> Response {
    let paging = try Paging(call.query, limits)
    let filter = BoardFilter(
      state: try state(call.query["state"]),
      closingWithin: try closingWithin(call.query["closing_within"]),
      numbers: call.token.numbers
    )
    let now = time.now
    let page = try await engine.read { unit in
      try Windows.board(filter, now: now, after: paging.cursor, limit: paging.limit, in: unit)
    }
    return Response(.ok, json: page.json { $0.windowJSON(margin: margin) })
  }

  private func state(_ text: String?) throws(Problem) -> BoardFilter.State {
    guard let text else { return .open }
    guard let state = BoardFilter.State(rawValue: text) else {
      let states = BoardFilter.State.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalid("state", "It must be one of \(states).")
    }
    return state
  }

  private func closingWithin(_ text: String?) throws(Problem) -> Duration? {
    guard let text else { return nil }
    let longest = CareWindow.length.components.seconds
    guard text.utf8.allSatisfy(\.isASCIIDigit), let seconds = Int64(text),
      (1...longest).contains(seconds)
    else {
      throw .invalid("closing_within", "It must be a whole number of seconds from 1 to \(longest).")
    }
    return .seconds(seconds)
  }
}
