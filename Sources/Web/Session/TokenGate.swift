import CustomerCare
import Gateway
import HTTPTypes
import Logging
import Storage
import Synchronization

/// Whose token a request shows.
///
/// No session, no cookie: programs show it every time.
final class TokenGate: Sendable {
  /// What a request's Authorization header came to.
  enum Admission: Sendable {
    /// A token that has not ended, and the number that was asked about if anybody added it.
    case admitted(TokenRecord, number: NumberRecord?)
    /// No token, or not as `Authorization: Bearer …`.
    case missing
    /// A token nobody made, or one that was revoked.
    case unknown
    /// The database did not answer.
    case unavailable
  }

  /// The longest token that is looked up, in bytes.
  ///
  /// Ours have 55.
  private static let secretBytesMax = 256
  /// How often the use of a token is written down.
  private static let noteEvery: Duration = .seconds(60)

  private let engine: any SQLEngine
  private let time: any TimeSource
  private let noted = Mutex<[TokenID: Instant]>([:])

  init(engine: any SQLEngine, time: any TimeSource) {
    self.engine = engine
    self.time = time
  }

  /// Looks up the token a request shows, and the number it is about.
  func admit(_ headers: HTTPFields, about number: PhoneNumberID? = nil) async -> Admission {
    guard let secret = Self.secret(in: headers) else { return .missing }
    let hash = TokenSecret.hash(of: secret)
    do {
      let found = try await engine.read { unit in
        let token = try Tokens.find(hash: hash, in: unit)
        return try (token, token == nil ? nil : number.flatMap { try Numbers.find($0, in: unit) })
      }
      guard let token = found.0 else { return .unknown }
      await note(token)
      return .admitted(token, number: found.1)
    } catch {
      Logger(label: "carewindow.web").error(
        "A token could not be looked up",
        metadata: ["store.error": "\(error)"]
      )
      return .unavailable
    }
  }

  /// The secret in `Authorization: Bearer …`, or `OAuth …` as Meta's page on uploads has it; `nil` when there is none, or
  /// more than one.
  static func secret(in headers: HTTPFields) -> String? {
    guard let value = headers.single(.authorization), value.utf8.count <= secretBytesMax else {
      return nil
    }
    let parts = value.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, ["bearer", "oauth"].contains(parts[0].lowercased()),
      !parts[1].contains(" ")
    else {
      return nil
    }
    return String(parts[1])
  }

  /// Writes down that the token was used, at most once a minute: who waits for an answer seldom waits for this.
  private func note(_ token: TokenRecord) async {
    let now = time.now
    let isDue = noted.withLock { noted in
      let last = [noted[token.id], token.lastUsedAt].compactMap { $0 }.max()
      if let last, now.since(last) < Self.noteEvery, now >= last { return false }
      noted[token.id] = now
      return true
    }
    guard isDue else { return }
    do {
      try await engine.write(.rest) { unit in try Tokens.used(token.id, at: now, in: unit) }
    } catch {
      Logger(label: "carewindow.web").warning(
        "The use of a token could not be noted",
        metadata: ["store.error": "\(error)"]
      )
    }
  }
}

extension TokenRecord {
  /// Whether the token is good for a number.
  func isGood(for number: PhoneNumberID) -> Bool {
    numbers?.contains(number) ?? true
  }
}
