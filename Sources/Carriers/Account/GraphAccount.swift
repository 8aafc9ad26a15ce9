import CloudAPI
package import CustomerCare
package import Gateway

/// Asks Meta's Graph API about numbers, accounts and tokens.
package struct GraphAccount: MetaAccount {
  private let connection: MetaConnection
  private let version: GraphVersion

  /// Makes an account reader; whoever made the connection closes it.
  package init(connection: MetaConnection, version: GraphVersion) {
    self.connection = connection
    self.version = version
  }

  private static let numberFields =
    "display_phone_number,verified_name,status,quality_rating,platform_type,throughput,"
    + "is_on_biz_app,whatsapp_business_manager_messaging_limit"
  private static let numbersPerPage = 100

  /// Asks for nothing and reads the `Date` of whatever comes back.
  package func serverTime() async throws(MetaAccountError) -> Instant? {
    let call = GraphCall(version: version, target: .root)
    let answer = try await self.answer(to: call, attempting: "reach Meta")
    return answer.date.flatMap(Instant.init(httpDate:))
  }

  /// Reads one number.
  package func number(
    _ number: PhoneNumberID,
    accessToken: AccessToken
  ) async throws(MetaAccountError) -> MetaNumber {
    let attempt = "read the business number"
    let call = GraphCall(
      version: version,
      target: .node(try node(number.rawValue, attempting: attempt)),
      query: [("fields", Self.numberFields)],
      accessToken: accessToken
    )
    let json = try await json(of: call, attempting: attempt)
    guard let number = MetaNumber(json) else { throw .unreadable(attempt) }
    return number
  }

  /// Reads the numbers, page by page.
  package func numbers(
    of account: WABAID,
    accessToken: AccessToken
  ) async throws(MetaAccountError) -> [MetaNumber] {
    let attempt = "read the numbers of the account"
    let call = GraphCall(
      version: version,
      target: .edge(try node(account.rawValue, attempting: attempt), .phoneNumbers),
      query: [("fields", "id," + Self.numberFields), ("limit", "\(Self.numbersPerPage)")],
      accessToken: accessToken
    )
    return try await list(
      by: call,
      max: MetaNumber.listedMax,
      attempting: attempt,
      MetaNumber.init
    ).items
  }

  /// Reads the templates, page by page.
  package func templates(
    of account: WABAID,
    accessToken: AccessToken
  ) async throws(MetaAccountError) -> MetaTemplates {
    let attempt = "read the templates of the account"
    let call = GraphCall(
      version: version,
      target: .edge(try node(account.rawValue, attempting: attempt), .templates),
      query: [("fields", ListedTemplate.fields), ("limit", "\(MetaTemplates.perPage)")],
      accessToken: accessToken
    )
    let (templates, isWhole) = try await list(
      by: call,
      max: MetaTemplates.listedMax,
      attempting: attempt,
      ListedTemplate.init
    )
    return MetaTemplates(listed: templates, isWhole: isWhole)
  }

  /// Reads who gets the webhooks.
  package func subscribedApps(
    of account: WABAID,
    accessToken: AccessToken
  ) async throws(MetaAccountError) -> [MetaApp] {
    let attempt = "read who gets the account's webhooks"
    let call = GraphCall(
      version: version,
      target: .edge(try node(account.rawValue, attempting: attempt), .subscribedApps),
      accessToken: accessToken
    )
    guard let data = try await json(of: call, attempting: attempt)["data"] else {
      throw .unreadable(attempt)
    }
    return data.items.compactMap(MetaApp.init)
  }

  /// Subscribes the token's app.
  package func subscribe(
    to account: WABAID,
    accessToken: AccessToken
  ) async throws(MetaAccountError) {
    let attempt = "subscribe to the account's webhooks"
    let call = GraphCall(
      method: .post,
      version: version,
      target: .edge(try node(account.rawValue, attempting: attempt), .subscribedApps),
      accessToken: accessToken
    )
    guard try await json(of: call, attempting: attempt)["success"]?.flag == true else {
      throw .unreadable(attempt)
    }
  }

  /// Reads what the app subscribed to, with the app's own token.
  ///
  /// Source: developers.facebook.com/docs/graph-api/reference/application/subscriptions and
  /// /docs/facebook-login/guides/access-tokens#apptokens, read 2026-11-21.
  package func subscriptions(
    of app: String,
    secret: String
  ) async throws(MetaAccountError) -> [MetaSubscription] {
    let attempt = "read the app's webhook fields"
    let call = GraphCall(
      version: version,
      target: .edge(try node(app, attempting: attempt), .subscriptions),
      accessToken: AccessToken("\(app)|\(secret)")
    )
    guard let data = try await json(of: call, attempting: attempt)["data"] else {
      throw .unreadable(attempt)
    }
    return data.items.compactMap(MetaSubscription.init)
  }

  /// Asks Meta about the token, with the token.
  package func standing(
    of accessToken: AccessToken
  ) async throws(MetaAccountError) -> TokenStanding {
    let attempt = "check the access token"
    let call = GraphCall(
      version: version,
      target: .tokenCheck,
      query: [("input_token", accessToken.secret)],
      accessToken: accessToken
    )
    let json = try await json(of: call, attempting: attempt)
    guard let standing = json["data"].flatMap(TokenStanding.init) else {
      throw .unreadable(attempt)
    }
    return standing
  }

  /// Reads the pages of a list until it ends, or `max` items were read; `isWhole` only where each of its items was understood.
  private func list<Item>(
    by firstCall: GraphCall,
    max: Int,
    attempting attempt: String,
    _ read: (JSON) -> Item?
  ) async throws(MetaAccountError) -> (items: [Item], isWhole: Bool) {
    var call = firstCall
    var items: [Item] = []
    var areAllRead = true
    while items.count < max {
      let json = try await json(of: call, attempting: attempt)
      guard let data = json["data"] else { throw .unreadable(attempt) }
      let page = data.items.compactMap(read)
      items += page
      areAllRead = areAllRead && page.count == data.items.count
      guard json["paging"]?["next"] != nil else { return (items, areAllRead) }
      // The cursor, not the `next` address beside it: that one carries the token, and goes where its text says.
      guard !page.isEmpty, let after = json["paging"]?["cursors"]?["after"]?.text else { break }
      call.query = firstCall.query + [("after", after)]
    }
    return (items, false)
  }

  private func node(
    _ id: String,
    attempting attempt: String
  ) throws(MetaAccountError) -> GraphNode {
    guard let node = GraphNode(id) else {
      throw MetaAccountError(
        code: .unsayable,
        attempted: attempt,
        message: "its id is not made of digits"
      )
    }
    return node
  }

  private func json(
    of call: GraphCall,
    attempting attempt: String
  ) async throws(MetaAccountError) -> JSON {
    let answer = try await answer(to: call, attempting: attempt)
    let body = call.accessToken?.removed(from: answer.body) ?? answer.body
    let json = try? JSON.parse(body)
    if (200..<300).contains(answer.status), let json { return json }
    guard let error = json.flatMap(GraphErrorBody.init) else {
      throw .unreadable(attempt, status: answer.status)
    }
    let details = error.details.map { " (\($0))" } ?? ""
    throw MetaAccountError(
      code: .refused,
      attempted: attempt,
      message: "Meta answered HTTP \(answer.status): \(error.message)\(details)",
      graphCode: error.code
    )
  }

  private func answer(
    to call: GraphCall,
    attempting attempt: String
  ) async throws(MetaAccountError) -> GraphAnswer {
    switch await connection.exchange(call) {
    case .success(let answer): return answer
    case .failure(let failure):
      let isUnsayable = if case .unsayable = failure.cause { true } else { false }
      throw MetaAccountError(
        code: isUnsayable ? .unsayable : .unreachable,
        attempted: attempt,
        message: "\(failure)"
      )
    }
  }
}

extension MetaAccountError {
  fileprivate static func unreadable(_ attempt: String, status: Int = 200) -> MetaAccountError {
    MetaAccountError(
      code: .unreadable,
      attempted: attempt,
      message: "the answer (HTTP \(status)) is not one of Meta's"
    )
  }
}
