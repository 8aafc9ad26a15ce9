import CloudAPI
import CustomerCare
import Support
import Testing

/// A sign of a call, and from when on it opens the window.
struct CallCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let call: JSON
  let kind: OpeningKind?
  let seconds: Int64

  init(_ name: String, _ call: JSON, _ kind: OpeningKind?, at seconds: Int64 = 1795255100) {
    testDescription = name
    var whole = call
    whole.set("id", to: "wacid.1")
    if whole["timestamp"] == nil { whole.set("timestamp", to: "1795255100") }
    self.call = whole
    self.kind = kind
    self.seconds = seconds
  }

  private static let customer = JSON.string(GatewayStage.customer)
  private static let business: JSON = "4930000001"

  static let all: [CallCase] = [
    CallCase(
      "the customer calls",
      ["from": customer, "to": business, "event": "connect", "direction": "USER_INITIATED"],
      .userCall
    ),
    CallCase(
      "the customer's call ends unanswered",
      [
        "from": customer, "to": business, "event": "terminate", "direction": "USER_INITIATED",
        "status": "FAILED",
      ],
      .userCall
    ),
    CallCase(
      "the customer's call ends after two minutes",
      [
        "from": customer, "to": business, "event": "terminate", "direction": "USER_INITIATED",
        "timestamp": "1795255220", "start_time": "1795255105", "end_time": "1795255220",
        "status": "COMPLETED",
      ],
      .userCall,
      at: 1795255105
    ),
    CallCase(
      "without a direction, from the customer",
      ["from": customer, "to": business, "event": "connect"],
      .userCall
    ),
    CallCase(
      "without a direction, from the business",
      ["from": business, "to": customer, "event": "connect"],
      nil
    ),
    CallCase(
      "without a direction, from the business written with a plus",
      ["from": "+49 30 000001", "to": customer, "event": "connect"],
      nil
    ),
    CallCase(
      "our call rings",
      [
        "from": business, "to": customer, "event": "connect",
        "direction": "BUSINESS_INITIATED",
      ],
      nil
    ),
    CallCase(
      "our call was picked up",
      [
        "from": business, "to": customer, "event": "terminate",
        "direction": "BUSINESS_INITIATED", "timestamp": "1795255220", "start_time": "1795255105",
        "duration": 115, "status": "COMPLETED",
      ],
      .acceptedCall,
      at: 1795255105
    ),
    CallCase(
      "our call lasted, and Meta does not say from when",
      [
        "from": business, "to": customer, "event": "terminate",
        "direction": "BUSINESS_INITIATED", "timestamp": "1795255220", "duration": 20,
        "status": "COMPLETED",
      ],
      .acceptedCall,
      at: 1795255200
    ),
    CallCase(
      "our call was completed without having begun",
      [
        "from": business, "to": customer, "event": "terminate",
        "direction": "BUSINESS_INITIATED", "status": "COMPLETED",
      ],
      nil
    ),
  ]
}

@Suite struct CallTests {
  @Test(arguments: CallCase.all)
  func `a call opens by who called, answered or not, and ours by being picked up`(call: CallCase)
    throws
  {
    let body = Bodies.change(["calls": [call.call]], field: "calls")
    let ledger = try Reading.facts(body).ledger
    #expect(ledger.map(\.openingKind) == (call.kind.map { [$0] } ?? []))
    #expect(ledger.allSatisfy { $0.at == Instant(seconds: call.seconds) })
    #expect(ledger.allSatisfy { $0.alias == .phone(GatewayStage.customer) })
    #expect(ledger.allSatisfy { $0.eventID == "wacid.1" })
  }

  @Test(arguments: [("RINGING", nil), ("ACCEPTED", OpeningKind.acceptedCall), ("REJECTED", nil)])
  func `the status of our call opens when it was accepted`(status: String, kind: OpeningKind?)
    throws
  {
    for field in ["calls", "messages"] {
      let body = Bodies.change(
        [
          "statuses": [
            [
              "id": "wacid.1", "type": "call", "status": .string(status), "timestamp": "1795255100",
              "recipient_id": .string(GatewayStage.customer),
            ]
          ]
        ],
        field: field
      )
      let facts = try Reading.facts(body)
      #expect(facts.ledger.map(\.openingKind) == (kind.map { [$0] } ?? []), "\(field)")
      #expect(facts.statuses.isEmpty, "A call's status is no message's")
    }
  }
}
