import CloudAPI
import CustomerCare
import Storage
import Synchronization

// Whose an object is: nothing is called that a token's numbers have nothing to do with.
extension Passage {
  /// An object that was found to be the token's.
  struct Found {
    let rule: PassageRule
    let target: PassageParcel.Target
    let number: PhoneNumberID
    let accessToken: AccessToken
  }

  /// Finds which of the lines is meant, by what the first part of the path names.
  func object(
    of call: PassageCall,
    among rules: [PassageRule]
  ) async throws(PassageRefusal) -> Found {
    let name = call.path[0]
    let wanted = call.query.first { $0.name == "phone_number_id" }?.value
    let (numbers, seen) = try await known(name, to: call.token)
    for rule in rules {
      let owner: NumberRecord?
      var target = PassageParcel.Target.object(name, rule.edge)
      switch rule.object {
      case .number: owner = numbers.first { $0.facts.phoneNumberID.rawValue == name }
      case .account:
        owner = numbers.first {
          $0.facts.wabaID.rawValue == name && $0.sealedAccessToken != nil
        }
      case .media:
        owner = numbers.first {
          seen.contains($0.facts.phoneNumberID)
            && (wanted == nil || wanted == $0.facts.phoneNumberID.rawValue)
        }
      case .template: owner = try await self.owner(ofTemplate: name, among: numbers, call.version)
      case .uploads:
        target = .uploads
        owner = numbers.first { $0.sealedAccessToken != nil }
      case .upload:
        let opened = seal.open(
          String(name.dropFirst(Self.uploadPrefix.count)),
          .upload,
          for: call.token.id
        )
        owner = numbers.first { $0.facts.phoneNumberID == opened?.number }
        if let upload = opened?.words.first { target = .upload(upload) }
      }
      guard let owner else { continue }
      return Found(
        rule: rule,
        target: target,
        number: owner.facts.phoneNumberID,
        accessToken: try open(owner)
      )
    }
    throw .unknownObject(name)
  }

  /// The numbers a token is good for, and which numbers have seen a medium of this name.
  private func known(
    _ name: String,
    to token: TokenRecord
  ) async throws(PassageRefusal) -> (numbers: [NumberRecord], seen: Set<PhoneNumberID>) {
    do {
      return try await engine.read { unit in
        let numbers = try Numbers.list(in: unit).filter { number in
          token.numbers?.contains(number.facts.phoneNumberID) ?? true
        }
        return (numbers, try MediaSightings.numbers(thatSaw: name, in: unit))
      }
    } catch {
      throw .noDatabase
    }
  }

  /// Meta's token of a number.
  func open(_ number: NumberRecord) throws(PassageRefusal) -> AccessToken {
    do {
      return try tokens.open(number.sealedAccessToken)
    } catch {
      throw .noAccessToken
    }
  }

  /// The number of whose account a template is; `nil` when it is of none of these numbers' accounts.
  ///
  /// A template does not say whose it is, and a token of Meta's may reach other accounts: so Meta is asked for the ids of the
  /// account's own templates, and the one that was named must be among them.
  private func owner(
    ofTemplate id: String,
    among numbers: [NumberRecord],
    _ version: String
  ) async throws(PassageRefusal) -> NumberRecord? {
    var asked: Set<WABAID> = []
    for number in numbers where number.sealedAccessToken != nil {
      guard asked.insert(number.facts.wabaID).inserted else { continue }
      let account = number.facts.wabaID
      if let isThere = templates.contains(id, of: account, at: time.now) {
        if isThere { return number }
        continue
      }
      let ids = try await templateIDs(of: account, try open(number), version)
      templates.note(ids, of: account, at: time.now)
      if ids.contains(id) { return number }
    }
    return nil
  }

  private func templateIDs(
    of account: WABAID,
    _ accessToken: AccessToken,
    _ version: String
  ) async throws(PassageRefusal) -> Set<String> {
    var ids: Set<String> = []
    var after: String?
    for _ in 1...PassageLimits.templatePagesMax {
      var query = [(name: "fields", value: "id"), (name: "limit", value: "1000")]
      if let after { query.insert((name: "after", value: after), at: 0) }
      let outcome = await carrier.pass(
        PassageParcel(
          .get,
          version: version,
          target: .object(account.rawValue, .templates),
          query: query,
          accessToken: accessToken
        )
      )
      guard case .answered(let reply) = outcome else { throw .unreachable }
      guard reply.status == 200, let page = try? JSON.parse(reply.body) else { throw .unreadable }
      ids.formUnion((page["data"]?.items ?? []).compactMap { $0["id"]?.text })
      after = page["paging"]?["cursors"]?["after"]?.text
      guard after != nil, page["paging"]?["next"] != nil else { break }
    }
    return ids
  }
}

/// Which templates an account has, as far as Meta said lately.
final class TemplateIDs: Sendable {
  private struct Page {
    var ids: Set<String>
    let at: Instant
  }

  private let accounts = Mutex<[WABAID: Page]>([:])

  /// Whether an account has a template; `nil` when Meta must be asked.
  ///
  /// A template never changes its account.
  func contains(_ id: String, of account: WABAID, at now: Instant) -> Bool? {
    accounts.withLock { accounts in
      guard let page = accounts[account] else { return nil }
      if page.ids.contains(id) { return true }
      return now.since(page.at) < PassageLimits.templatesLife ? false : nil
    }
  }

  /// Notes what Meta said.
  func note(_ ids: Set<String>, of account: WABAID, at now: Instant) {
    accounts.withLock { accounts in
      if accounts.count >= PassageLimits.templateAccountsMax, accounts[account] == nil {
        accounts = [:]
      }
      accounts[account] = Page(ids: ids, at: now)
    }
  }

  /// Notes a template that was just made; nothing if nobody asked for the account's before.
  func add(_ id: String, of account: WABAID) {
    accounts.withLock { accounts in _ = accounts[account]?.ids.insert(id) }
  }
}
