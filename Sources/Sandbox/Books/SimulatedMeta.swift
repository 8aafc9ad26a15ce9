import CloudAPI

/// The app whose webhooks the simulated Meta sends.
package struct SandboxApp: Sendable, Hashable {
  /// The app's id.
  package var id: String
  /// The app secret; `id|secret` is an app access token.
  package var secret: String
  /// Where webhooks go, as `GET /{app-id}/subscriptions` tells.
  package var callbackURL: String

  /// Creates an app.
  package init(id: String = "500600700800", secret: String, callbackURL: String = "") {
    self.id = id
    self.secret = secret
    self.callbackURL = callbackURL
  }
}

/// Meta, simulated: its books and its rules, without sockets and without a clock.
///
/// Whoever drives it says what time it is, asks what is due (`nextAt`), takes the bodies that are to
/// be posted and tells how each was answered. Time never runs backwards: an earlier `now` than the
/// last is taken as the last.
package struct SimulatedMeta: Sendable {
  let app: SandboxApp
  let seed: UInt64
  private let startedAt: Int64?
  private var ids: Chance
  private let firstNumbers: [SandboxNumber]
  private let firstSettings: SandboxSettings

  var settings: SandboxSettings
  var chance: Chance
  var roster: Roster
  var people = People()
  var groups: [String: Set<String>] = [:]
  var windows = MetaWindows()
  var freeEntries = FreeEntries()
  var pace = Pace()
  var messages = Messages()
  var templates = TemplateBook()
  var media: MediaShelf
  var uploads = SampleUploads()
  var profiles = Profiles()
  var bill = Bill()
  var faults = Faults()
  var office = PostOffice()
  var agenda = Agenda()
  var gathering: [News] = []
  var past: [String: JSON] = [:]
  var syncs: Set<String> = []
  private(set) var latest: Int64 = 0

  /// How many things may wait on the agenda; more means that a script floods the sandbox.
  static let agendaMax = 500_000

  /// Creates a simulated Meta with the templates `hello_world` and `order_update` approved in every
  /// account.
  ///
  /// With the instant of its start it gives no id that it gave in another life: a gateway that has
  /// seen the other would take a new message for an old one. Without, equal seeds give equal ids.
  package init(
    seed: UInt64,
    startedAt: Int64? = nil,
    app: SandboxApp,
    numbers: [SandboxNumber] = [.standard],
    settings: SandboxSettings = SandboxSettings()
  ) {
    self.seed = seed
    self.startedAt = startedAt
    ids = Chance(seed: ~seed ^ UInt64(bitPattern: startedAt ?? 0))
    media = MediaShelf(startedAt: startedAt)
    self.app = app
    self.settings = settings
    firstNumbers = numbers
    firstSettings = settings
    chance = Chance(seed: seed)
    roster = Roster(numbers)
    for account in roster.accounts.keys.sorted() { stock(account) }
  }

  /// Forgets everything that happened, the chance included; posts under way are forgotten too.
  package mutating func reset() {
    var last = (instant: latest, ids: ids, media: media)
    last.media.clear()
    self = SimulatedMeta(
      seed: seed,
      startedAt: startedAt,
      app: app,
      numbers: firstNumbers,
      settings: firstSettings
    )
    latest = last.instant
    if startedAt != nil { (ids, media) = (last.ids, last.media) }
  }

  /// When something is due next, in milliseconds since 1970, or nil if nothing waits.
  package var nextAt: Int64? { agenda.nextAt }

  /// Whether no body is ready or under way.
  package var isQuiet: Bool { office.isQuiet }

  /// Does everything that is due, in order.
  package mutating func settle(now: Int64) {
    latest = Swift.max(latest, now)
    while let next = agenda.take(due: latest) { carryOut(next.occurrence, at: next.at) }
  }

  /// Hands out bodies that are due at the webhook, no more than `limit` under way at once.
  package mutating func takePosts(limit: Int, now: Int64) -> [WebhookPost] {
    settle(now: now)
    return office.handOut(limit: limit)
  }

  /// Notes how a body was answered: its HTTP status, or nil if there was no answer.
  package mutating func post(_ id: Int, answered status: Int?, now: Int64) {
    settle(now: now)
    if let next = office.settle(
      id,
      isDelivered: status == 200,
      now: latest,
      chance: &chance
    ) {
      agenda.add(.post(id: id), at: next)
    }
  }

  private mutating func carryOut(_ occurrence: Agenda.Occurrence, at instant: Int64) {
    switch occurrence {
    case .progress(let id, let state): progress(id, to: state, at: instant)
    case .failure(let id, let error): fail(id, error, at: instant)
    case .news(let news): hand(news, at: instant)
    case .gathered: sendGathered(at: instant)
    case .post(let id): office.retry(id)
    case .review(let id): endReview(id, at: instant)
    case .call(let step): carryOut(step, at: instant)
    }
  }

  /// Tells the business's webhook something, unless nobody listens or a fault strikes.
  mutating func announce(_ news: News, at instant: Int64) {
    guard roster.accounts[news.wabaID]?.isSubscribed == true, roster.fields.contains(news.field),
      agenda.count < Self.agendaMax
    else { return }
    var due = instant
    var again: [Int64] = []
    let number = news.number?.phoneNumberID
    for kind in faults.strike(webhook: news.field, of: number, chance: &chance) {
      switch kind {
      case .lose: return
      case .delay(let wait): due += wait
      case .reorder(let most): due += chance.below(most + 1)
      case .duplicate(let most): again.append(chance.below(most + 1))
      default: break
      }
    }
    agenda.add(.news(news), at: due)
    for wait in again { agenda.add(.news(news), at: due + wait) }
  }

  private mutating func hand(_ news: News, at instant: Int64) {
    guard settings.batch > 1 else {
      office.take(WebhookBody.bytes([news], chance: &chance), now: instant)
      return
    }
    gathering.append(news)
    if gathering.count >= settings.batch {
      sendGathered(at: instant)
    } else if gathering.count == 1 {
      agenda.add(.gathered, at: instant + settings.batchWait)
    }
  }

  private mutating func sendGathered(at instant: Int64) {
    guard !gathering.isEmpty else { return }
    office.take(WebhookBody.bytes(gathering, chance: &chance), now: instant)
    gathering = []
  }

  /// A new message or call id.
  mutating func newID(_ prefix: String) -> String {
    prefix + ".SBX" + ids.word() + ids.word()
  }
}
