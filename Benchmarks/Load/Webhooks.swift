import CloudAPI
import NIOCore

/// Meta's webhooks as the benchmarks send them: real shape, every id unique, signed beforehand.
struct Webhooks: Sendable {
  /// The app secret of every server here.
  static let secret = "benchmark-app-secret"
  /// The business number of every server here.
  static let phoneNumberID = "900800700"
  /// Its account.
  static let wabaID = "700100200300"
  /// Where webhooks go.
  static let path = "/webhooks/meta"

  /// How many customers write, round-robin; the first is `customer(firstCustomer)`.
  let customers: Int
  /// The first customer's number.
  var firstCustomer = 0
  /// What tells these messages' ids from those of other supplies.
  let series: Int
  /// The messages' timestamp, in seconds since 1970.
  let timestamp: Int64

  /// The phone number of the customer with an index, always twelve digits.
  static func customer(_ index: Int) -> String { "4917" + padded(index, to: 8) }

  /// Requests with one body each, and so many messages in each body.
  func supply(count: Int, messagesPerBody: Int = 1) -> RequestSupply {
    RequestSupply(count: count) { index, bytes in
      let body = body(first: index * messagesPerBody, messages: messagesPerBody)
      bytes.writeHead(
        "POST",
        Self.path,
        headers: [
          ("Content-Type", "application/json"), ("User-Agent", "facebookexternalua"),
          (Signature.headerName, Signature.header(for: body, secret: Self.secret)),
        ],
        bodyBytes: body.count
      )
      bytes.writeBytes(body)
    }
  }

  private func body(first: Int, messages: Int) -> [UInt8] {
    var contacts = ""
    var items = ""
    for index in first..<first + messages {
      let customer = firstCustomer + index % customers
      let phone = Self.customer(customer)
      let userID = "DE.1000" + Self.padded(customer, to: 12)
      let separator = index == first ? "" : ","
      contacts += """
        \(separator){"profile":{"name":"Customer \(Self.padded(customer, to: 8))"},\
        "wa_id":"\(phone)","user_id":"\(userID)"}
        """
      items += """
        \(separator){"from":"\(phone)","from_user_id":"\(userID)",\
        "id":"wamid.BENCH\(Self.padded(series, to: 6))X\(Self.padded(index, to: 10))",\
        "timestamp":"\(timestamp)","text":{"body":"\(Self.text)"},"type":"text"}
        """
    }
    return Array(
      """
      {"object":"whatsapp_business_account","entry":[{"id":"\(Self.wabaID)","changes":[{"value":\
      {"messaging_product":"whatsapp","metadata":{"display_phone_number":"4930000001",\
      "phone_number_id":"\(Self.phoneNumberID)"},"contacts":[\(contacts)],"messages":[\(items)]},\
      "field":"messages"}]}]}
      """.utf8
    )
  }

  private static let text =
    "Good morning, the rear brake of the cargo bike squeals again since yesterday evening. Could "
    + "I bring it round today at about four, or is tomorrow better for you? Thank you, and regards."

  static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
