import CustomerCare
import Storage

/// Meta's tokens of the numbers, opened when they are needed and kept nowhere.
struct AccessTokens: Sendable {
  /// Why there is no token.
  struct Missing: Error {
    var reason: String
  }

  let engine: any SQLEngine
  let seal: Seal

  /// Meta's token of a number.
  func token(of number: PhoneNumberID) async throws(Missing) -> AccessToken {
    let sealed: [UInt8]?
    do {
      sealed = try await engine.read { unit in
        try Numbers.find(number, in: unit)?.sealedAccessToken
      }
    } catch {
      throw Missing(reason: "the database could not be read")
    }
    return try open(sealed)
  }

  /// Opens a sealed token.
  func open(_ sealed: [UInt8]?) throws(Missing) -> AccessToken {
    guard let sealed else { throw Missing(reason: "the number has no access token") }
    do {
      return AccessToken(try seal.open(sealed))
    } catch {
      throw Missing(reason: "the number's access token is sealed with another secret key")
    }
  }
}
