import CloudAPI

/// One thing that goes wrong, for the next so many occasions or by chance.
struct Fault: Sendable {
  /// What goes wrong.
  enum Kind: Sendable, Hashable {
    /// The Graph call is answered with this HTTP status; after acceptance the message goes out all
    /// the same.
    case httpStatus(Int, afterAccepting: Bool)
    /// The Graph call is accepted and never answered.
    case timeout
    /// The connection ends without an answer.
    case drop(afterAccepting: Bool)
    /// The Graph call is answered only after so many milliseconds.
    case slow(Int64)
    /// The message is refused with this code, as an answer or by a late `failed` status.
    case code(Int, late: Bool)
    /// 131047 although the window is open: an issue Meta knows of.
    case glitch(late: Bool)
    /// A webhook arrives a second time, up to so many milliseconds later.
    case duplicate(Int64)
    /// A webhook waits up to so many milliseconds, so that later ones overtake it.
    case reorder(Int64)
    /// A webhook waits exactly so many milliseconds.
    case delay(Int64)
    /// A webhook never arrives.
    case lose
  }

  /// Where a fault can strike.
  enum Place: Sendable, Hashable {
    case call
    case webhook
  }

  let id: Int
  let kind: Kind
  /// Only for this business number, or nil for all.
  let phoneNumberID: String?
  /// Only for webhooks of this field, or nil for all.
  let field: String?
  /// How many occasions are left; nil if chance decides alone.
  var left: Int?
  /// The probability on each occasion, 0 to 1.
  let probability: Double

  /// Where it strikes.
  var place: Place {
    switch kind {
    case .httpStatus, .timeout, .drop, .slow, .code, .glitch: .call
    case .duplicate, .reorder, .delay, .lose: .webhook
    }
  }
}

extension Fault {
  /// Reads a fault as `POST /_sandbox/faults` takes it.
  init(id: Int, json: JSON) throws(MetaError) {
    let kind = try Self.kind(json)
    if let unknown = json.members.first(where: { !kind.takes($0.key) }) {
      throw .invalidParameter(
        "\(json["kind"]?.text ?? "") takes no \(unknown.key), but: \(kind.members.joined(separator: ", "))."
      )
    }
    self.kind = kind
    self.id = id
    phoneNumberID = json["phone_number_id"]?.text
    field = json["field"]?.text
    let probability = json["probability"]?.decimal ?? 1
    guard (0...1).contains(probability) else {
      throw .invalidParameter("probability is a number from 0 to 1.")
    }
    self.probability = probability
    if let next = json["next"] {
      guard let count = next.integer, (1...1_000_000).contains(count) else {
        throw .invalidParameter("next is a number from 1 to 1000000.")
      }
      left = Int(count)
    } else {
      left = json["probability"] == nil ? 1 : nil
    }
  }

  private static func kind(_ json: JSON) throws(MetaError) -> Kind {
    let isAfter = json["when"]?.text == "after"
    let isLate = json["path"]?.text != "http"
    switch json["kind"]?.text {
    case "http_status":
      guard let status = json["status"]?.integer, (400...599).contains(status) else {
        throw .invalidParameter("status is an HTTP status from 400 to 599.")
      }
      return .httpStatus(Int(status), afterAccepting: isAfter)
    case "timeout": return .timeout
    case "drop": return .drop(afterAccepting: isAfter)
    case "slow": return .slow(try milliseconds(json))
    case "code":
      guard let code = json["code"]?.integer, code >= 0, code < 10_000_000 else {
        throw .invalidParameter("code is one of Meta's error codes.")
      }
      return .code(Int(code), late: isLate)
    case "glitch": return .glitch(late: isLate)
    case "duplicate": return .duplicate(try milliseconds(json, otherwise: 5000))
    case "reorder": return .reorder(try milliseconds(json, otherwise: 5000))
    case "delay": return .delay(try milliseconds(json))
    case "lose": return .lose
    default:
      throw .invalidParameter(
        "kind is http_status, timeout, drop, slow, code, glitch, duplicate, reorder, delay or lose."
      )
    }
  }

  private static func milliseconds(
    _ json: JSON,
    otherwise: Int64? = nil
  ) throws(MetaError) -> Int64 {
    guard let number = json["ms"]?.integer ?? otherwise,
      (0...SandboxSettings.waitMax).contains(number)
    else { throw .invalidParameter("ms is a number from 0 to \(SandboxSettings.waitMax).") }
    return number
  }
}

extension Fault.Kind {
  /// The members of JSON that mean something for this kind; another is a mistake that would make it a different fault.
  fileprivate var members: [String] {
    let own =
      switch self {
      case .httpStatus: ["status", "when"]
      case .drop: ["when"]
      case .code: ["code", "path"]
      case .glitch: ["path"]
      case .slow, .duplicate, .reorder, .delay: ["ms"]
      case .timeout, .lose: [] as [String]
      }
    return own + ["kind", "next", "probability", "seed", "phone_number_id", "field"]
  }

  fileprivate func takes(_ member: String) -> Bool { members.contains(member) }
}

/// The faults that are waiting to strike.
struct Faults: Sendable {
  /// How many faults can wait; more is a mistake in a script.
  static let faultsMax = 1000

  private(set) var waiting: [Fault] = []
  private var made = 0

  /// Adds a fault and gives its id.
  mutating func add(_ json: JSON) throws(MetaError) -> Int {
    guard waiting.count < Self.faultsMax else {
      throw .invalidParameter("There are \(Self.faultsMax) faults already.")
    }
    made += 1
    waiting.append(try Fault(id: made, json: json))
    return made
  }

  /// Removes all faults.
  mutating func clear() { waiting = [] }

  /// The fault that strikes a send now, if any.
  mutating func strike(call phoneNumberID: String, chance: inout Chance) -> Fault.Kind? {
    strike(.call, phoneNumberID, nil, &chance).first
  }

  /// The faults that strike a webhook now; each on its own.
  mutating func strike(
    webhook field: String,
    of phoneNumberID: String?,
    chance: inout Chance
  ) -> [Fault.Kind] {
    strike(.webhook, phoneNumberID, field, &chance)
  }

  private mutating func strike(
    _ place: Fault.Place,
    _ phoneNumberID: String?,
    _ field: String?,
    _ chance: inout Chance
  ) -> [Fault.Kind] {
    var struck: [Fault.Kind] = []
    for index in waiting.indices {
      let fault = waiting[index]
      guard fault.place == place, fault.left != 0 else { continue }
      if let number = fault.phoneNumberID, number != phoneNumberID { continue }
      if let wanted = fault.field, wanted != field { continue }
      guard chance.happens(fault.probability) else { continue }
      waiting[index].left = fault.left.map { $0 - 1 }
      struck.append(fault.kind)
      if place == .call { break }  // One send can go wrong in one way only.
    }
    waiting.removeAll { $0.left == 0 }
    return struck
  }
}
