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
  /// When each customer writes for the first time, in seconds since 1970; again a second later, and so on.
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

  /// The id of the message with an index.
  func wamid(_ index: Int) -> String {
    Self.wamidPrefix + Self.padded(series, to: 6) + "X" + Self.padded(index, to: 10)
  }

  /// The first of our messages' ids in some bytes; nil if there is none.
  static func wamid(in bytes: some Collection<UInt8>) -> String? {
    guard let start = bytes.firstRange(of: Array(wamidPrefix.utf8))?.lowerBound else { return nil }
    let id = bytes[start...].prefix { $0 != UInt8(ascii: "\"") }
    return String(decoding: id, as: UTF8.self)
  }

  private static let wamidPrefix = "wamid.BENCH"

  /// How long the body of each request of a supply is.
  static func bodyBytes(of supply: RequestSupply) -> Int {
    guard let request = supply.count > 0 ? supply[0] : nil else { return 0 }
    let head = String(buffer: request).split(separator: "\r\n\r\n", maxSplits: 1)[0]
    return supply.requestBytes - head.utf8.count - 4
  }

  /// Written byte by byte: a run sends a million of these, and making them is waited for.
  private func body(first: Int, messages: Int) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(400 + messages * 500)
    body += Self.opening
    for index in first..<first + messages {
      let customer = firstCustomer + index % customers
      if index > first { body.append(UInt8(ascii: ",")) }
      body += #"{"profile":{"name":"Customer "#.utf8
      body.append(customer, digits: 8)
      body += #""},"wa_id":"4917"#.utf8
      body.append(customer, digits: 8)
      body += #"","user_id":"DE.1000"#.utf8
      body.append(customer, digits: 12)
      body += #""}"#.utf8
    }
    body += #"],"messages":["#.utf8
    for index in first..<first + messages {
      let customer = firstCustomer + index % customers
      if index > first { body.append(UInt8(ascii: ",")) }
      body += #"{"from":"4917"#.utf8
      body.append(customer, digits: 8)
      body += #"","from_user_id":"DE.1000"#.utf8
      body.append(customer, digits: 12)
      body += #"","id":"wamid.BENCH"#.utf8
      body.append(series, digits: 6)
      body.append(UInt8(ascii: "X"))
      body.append(index, digits: 10)
      body += #"","timestamp":""#.utf8
      body.append(Int(timestamp) + index / customers, digits: 10)
      body += #"","text":{"body":""#.utf8
      body += Self.text
      body += #""},"type":"text"}"#.utf8
    }
    body += #"]},"field":"messages"}]}]}"#.utf8
    return body
  }

  private static let opening = Array(
    """
    {"object":"whatsapp_business_account","entry":[{"id":"\(wabaID)","changes":[{"value":\
    {"messaging_product":"whatsapp","metadata":{"display_phone_number":"4930000001",\
    "phone_number_id":"\(phoneNumberID)"},"contacts":[
    """.utf8
  )

  private static let text = Array(
    """
    Good morning, the rear brake of the cargo bike squeals again since yesterday evening. Could \
    I bring it round today at about four, or is tomorrow better for you? Thank you, and regards.
    """.utf8
  )

  static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension [UInt8] {
  /// Appends a number with leading zeros; its last digits where it has more.
  fileprivate mutating func append(_ number: Int, digits: Int) {
    let start = count
    append(contentsOf: repeatElement(UInt8(ascii: "0"), count: digits))
    var rest = number
    var index = start + digits - 1
    while rest > 0, index >= start {
      self[index] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
      index -= 1
    }
  }
}
