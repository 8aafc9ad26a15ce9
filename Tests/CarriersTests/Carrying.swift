import Carriers
import CustomerCare
import Gateway
import Testing

/// A token as long as Meta's, which must never be seen again.
let secret = "EAAGm0PX4ZCpsBAKZCZCsecretsecretsecret"

/// Long enough that a busy machine answers in time: for rows whose outcome is an answer.
let patient = CarrierLimits(connect: .seconds(20), write: .seconds(20), whole: .seconds(60))

/// Short enough to wait for: for rows whose outcome is a deadline.
let hasty = CarrierLimits(
  connect: .milliseconds(500),
  write: .milliseconds(500),
  whole: .seconds(1)
)

func parcel(
  from number: String = "900800700",
  road: Parcel.Road = .messages,
  version: String? = nil,
  body: String = #"{"messaging_product":"whatsapp"}"#,
  token: String = secret
) -> Parcel {
  Parcel(
    from: PhoneNumberID(rawValue: number),
    road: road,
    version: version,
    body: Array(body.utf8),
    accessToken: AccessToken(token)
  )
}

/// Runs something with a connection to a port of this machine and closes it.
func withConnection<Result>(
  to port: Int,
  scheme: String = "http",
  limits: CarrierLimits = patient,
  _ body: (MetaConnection, GraphVersion) async throws -> Result
) async throws -> Result {
  let version = try #require(GraphVersion("v24.0"))
  let base = try GraphBase("\(scheme)://127.0.0.1:\(port)")
  let connection = MetaConnection(base: base, limits: limits, release: "1.2.3")
  do {
    let result = try await body(connection, version)
    await connection.close()
    return result
  } catch {
    await connection.close()
    throw error
  }
}

/// Carries one parcel to a port of this machine.
func carry(
  _ parcel: Parcel = parcel(),
  to port: Int,
  scheme: String = "http",
  limits: CarrierLimits = patient
) async throws -> Carried {
  try await withConnection(to: port, scheme: scheme, limits: limits) { connection, version in
    await MetaCarrier(connection: connection, version: version).carry(parcel)
  }
}

extension DispatchOutcome {
  /// The outcome without its words.
  var name: String {
    switch self {
    case .accepted: "accepted"
    case .acknowledged: "acknowledged"
    case .refused: "refused"
    case .notSent: "not sent"
    case .unknown: "unknown"
    }
  }
}
