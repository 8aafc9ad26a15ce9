import CustomerCare
package import Storage

/// Callbacks as verbs and the API add, list and remove them: one place says what is allowed.
package struct CallbackDesk: Sendable {
  /// What somebody asks for.
  package struct Draft: Sendable {
    /// Where to call.
    package var url: String
    /// What for, in the contract's words.
    package var kinds: [String]
    /// For which numbers; `nil`: all.
    package var numbers: [String]?
    /// What signs.
    package var secret: String

    /// Makes a draft.
    package init(url: String, kinds: [String], numbers: [String]?, secret: String) {
      self.url = url
      self.kinds = kinds
      self.numbers = numbers
      self.secret = secret
    }
  }

  /// Why a draft is not taken: a stable word, and a sentence without the secret.
  package struct Refusal: Error, Sendable, Hashable {
    /// What sort of reason it is.
    package enum Cause: Sendable, Hashable {
      /// A member is no good.
      case invalid
      /// A number is not there.
      case unknownNumber
      /// There are as many callbacks as there may be.
      case tooMany
    }

    /// What sort of reason it is.
    package var cause = Cause.invalid
    /// The member that is wrong, or `callbacks` when there are too many.
    package var member: String
    /// What is wrong with it, and what to do.
    package var reason: String
  }

  private let engine: any SQLEngine
  private let seal: Seal
  private let time: any TimeSource
  private let chance: any Chance

  /// Makes a desk over a database.
  package init(
    engine: any SQLEngine,
    seal: Seal,
    time: any TimeSource,
    chance: any Chance
  ) {
    self.engine = engine
    self.seal = seal
    self.time = time
    self.chance = chance
  }

  /// Adds a callback: it is told of what happens from now on.
  ///
  /// - Throws: `Refusal` or `StoreError`.
  package func add(_ draft: Draft) async throws -> CallbackRecord {
    let record = try record(of: draft)
    let refusal = try await engine.write(.rest) { unit -> Refusal? in
      if let missing = try record.numbers?.sorted().first(where: {
        try Numbers.find($0, in: unit) == nil
      }) {
        return Refusal(
          cause: .unknownNumber,
          member: "numbers",
          reason: "No business number \(missing) was added."
        )
      }
      guard try Callbacks.list(in: unit).count < CallbackLimits.callbacksMax else {
        return Refusal(
          cause: .tooMany,
          member: "callbacks",
          reason: "There are \(CallbackLimits.callbacksMax) already. Remove one first."
        )
      }
      try Callbacks.add(record, in: unit)
      return nil
    }
    if let refusal { throw refusal }
    return record
  }

  private func record(of draft: Draft) throws -> CallbackRecord {
    guard CallbackURL(draft.url) != nil else {
      throw Refusal(
        member: "url",
        reason: "It must be an http or https address with a host, and without user or fragment."
      )
    }
    let kinds = draft.kinds.compactMap(CallbackKind.init(rawValue:))
    guard !kinds.isEmpty, kinds.count == draft.kinds.count else {
      let known = CallbackKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw Refusal(member: "kinds", reason: "It takes one or more of \(known).")
    }
    if let numbers = draft.numbers, numbers.isEmpty {
      throw Refusal(member: "numbers", reason: "Name a number, or leave it out for all.")
    }
    guard let secret = CallbackSecret(draft.secret) else {
      throw Refusal(
        member: "secret",
        reason: """
          It takes whsec_ and Base64, or any other text, of \(CallbackLimits.secretBytesMin) to \
          \(CallbackLimits.secretBytesMax) bytes.
          """
      )
    }
    return CallbackRecord(
      id: CallbackID("cb_" + chance.identifier()),
      url: draft.url,
      kinds: Set(kinds),
      numbers: draft.numbers.map { Set($0.map { PhoneNumberID($0) }) },
      sealedSecret: try seal.seal(secret.text),
      createdAt: time.now
    )
  }
}
