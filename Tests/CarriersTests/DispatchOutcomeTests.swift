import CloudAPI
import CustomerCare
import Gateway
import Testing

@testable import Carriers

@Suite struct DispatchOutcomeTests {
  static func answer(_ status: Int, _ body: String) -> MetaAnswer {
    MetaAnswer(status: status, body: Array(body.utf8))
  }

  static func error(_ code: Int, status: Int) -> MetaAnswer {
    answer(status, #"{"error":{"message":"(#\#(code)) Title","code":\#(code)}}"#)
  }

  @Test(
    arguments: [
      // Class no: Meta's no is final.
      (0, 401, "refused"), (3, 500, "refused"), (190, 401, "refused"), (200, 403, "refused"),
      (131_026, 400, "refused"), (131_047, 400, "refused"), (132_001, 404, "refused"),
      // Class later: final for this attempt.
      (368, 403, "refused"), (131_042, 400, "refused"), (131_045, 500, "refused"),
      // Class yes: certainly not taken.
      (4, 400, "not sent"), (80_007, 400, "not sent"), (130_429, 400, "not sent"),
      (131_056, 400, "not sent"), (131_056, 500, "not sent"),
      // Class yes*: may have been taken.
      (1, 400, "unknown"), (2, 503, "unknown"), (131_000, 500, "unknown"),
      (131_016, 500, "unknown"), (131_057, 400, "unknown"), (133_004, 503, "unknown"),
      // Not in the table.
      (999_999, 400, "refused"), (999_999, 500, "unknown"), (999_999, 200, "unknown"),
    ]
  )
  func `a Graph error's class decides`(code: Int, status: Int, name: String) {
    #expect(DispatchOutcome(Self.error(code, status: status)).name == name)
  }

  @Test(
    arguments: [
      (100, "unknown"), (204, "unknown"), (301, "unknown"), (302, "unknown"), (307, "unknown"),
      (400, "refused"), (401, "refused"), (404, "refused"), (407, "refused"), (408, "unknown"),
      (413, "refused"), (429, "not sent"), (499, "unknown"), (500, "unknown"), (503, "unknown"),
      (504, "unknown"), (599, "unknown"), (600, "unknown"),
    ],
    ["", "<html>", "{}", #"{"error":"x"}"#, #"{"error":{"message":"x"}}"#]
  )
  func `an answer without a Graph error is judged by its status`(
    row: (status: Int, name: String),
    body: String
  ) {
    #expect(DispatchOutcome(Self.answer(row.status, body)).name == row.name)
  }

  @Test(
    arguments: [
      "", "{}", "[]", "null", "{\"messages\":", #"{"messages":[]}"#, #"{"messages":[{}]}"#,
      #"{"messages":[{"id":""}]}"#, #"{"messages":[{"id":null}]}"#, #"{"messages":{"id":"x"}}"#,
      #"{"success":false}"#, #"{"messages":[{"id":"\#(String(repeating: "w", count: 1025))"}]}"#,
    ]
  )
  func `a 2xx that cannot be read is unknown`(body: String) {
    #expect(DispatchOutcome(Self.answer(200, body)).name == "unknown")
  }

  @Test func `an acceptance names the message and whom it reaches`() {
    let body = """
      {"messaging_product":"whatsapp","contacts":[{"input":"+5511999990001","wa_id":"551199990001"}],
      "messages":[{"id":"wamid.OUT","message_status":"accepted"}]}
      """
    #expect(
      DispatchOutcome(Self.answer(200, body))
        == .accepted(MessageID(rawValue: "wamid.OUT"), waID: "551199990001")
    )
    let toUser = #"{"contacts":[{"user_id":"US.1"}],"messages":[{"id":"wamid.B"}]}"#
    #expect(
      DispatchOutcome(Self.answer(200, toUser))
        == .accepted(MessageID(rawValue: "wamid.B"), userID: "US.1")
    )
  }

  @Test func `a refusal is in Meta's words`() {
    let body = """
      {"error":{"message":"(#131047) Re-engagement message","code":131047,
      "error_data":{"details":"More than 24 hours"},"fbtrace_id":"A"}}
      """
    #expect(
      DispatchOutcome(Self.answer(400, body))
        == .refused(
          MetaRefusal(
            code: 131_047,
            title: "Re-engagement message",
            details: "More than 24 hours"
          )
        )
    )
  }

  @Test func `a refusal without a Graph error has a code that none of Meta's can be`() {
    guard case .refused(let refusal) = DispatchOutcome(Self.answer(403, "<html>")) else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.code < 0)
    #expect(refusal.title == "HTTP 403 without a Graph error")
  }
}
