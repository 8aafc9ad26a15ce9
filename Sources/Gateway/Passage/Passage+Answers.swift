import CloudAPI
import CustomerCare
import Logging
package import Storage

// What is changed in Meta's answers: what would lead around us, and what is none of the token's business.
extension Passage {
  /// Meta's answer as the program gets it.
  func rewritten(
    _ reply: PassageReply,
    for ticket: PassageTicket
  ) async throws(PassageRefusal) -> PassageReply {
    // A redirect would lead around us, and Meta gives none.
    guard !(300..<400).contains(reply.status) else { throw .unreadable }
    guard (200..<300).contains(reply.status) else { return reply }
    await remember(reply, of: ticket)
    var changed = reply
    switch ticket.rule.rewriting {
    case .none: return reply
    case .pages: changed.body = try pages(reply.body, ticket) { $0 }
    case .numbers:
      let good = try await goodNumbers(ticket.call.token)
      changed.body = try pages(reply.body, ticket) { items in
        items.filter { good.contains($0["id"]?.text ?? "") }
      }
    case .link: changed.body = try link(reply.body, ticket)
    case .upload: changed.body = try upload(reply.body, ticket)
    }
    return changed
  }

  /// What must be known later: media that were uploaded, templates that were made.
  private func remember(_ reply: PassageReply, of ticket: PassageTicket) async {
    let id = (try? JSON.parse(reply.body))?["id"]?.text
    switch (ticket.rule.method, ticket.rule.object, ticket.rule.edge) {
    case (.post, .account, .templates):
      if let id, case .object(let account, _) = ticket.target {
        templates.add(id, of: WABAID(account))
      }
    case (.post, .number, .media):
      guard let id, Self.isObjectID(id) else { return }
      let (number, now) = (ticket.number, time.now)
      do {
        try await engine.write(.rest) { unit in
          try MediaSightings.note(id, of: number, at: now, life: PassageLimits.mediaLife, in: unit)
        }
      } catch {
        // It can be sent all the same; only reading and deleting it does not pass.
        logger.error("An upload could not be noted", metadata: ["store.error": "\(error)"])
      }
    default: break
    }
  }

  private func goodNumbers(_ token: TokenRecord) async throws(PassageRefusal) -> Set<String> {
    do {
      return try await engine.read { unit in
        let ids = try Numbers.list(in: unit).map(\.facts.phoneNumberID)
        return Set(ids.filter { token.numbers?.contains($0) ?? true }.map(\.rawValue))
      }
    } catch {
      throw .noDatabase
    }
  }

  /// A page of a list: with our own links to the pages beside it, because Meta's have its token in them.
  private func pages(
    _ body: [UInt8],
    _ ticket: PassageTicket,
    _ keep: ([JSON]) -> [JSON]
  ) throws(PassageRefusal) -> [UInt8] {
    guard var page = try? JSON.parse(body), case .array(let items)? = page["data"] else {
      throw .unreadable
    }
    page.set("data", to: .array(keep(items)))
    guard let paging = page["paging"] else { return page.serialized() }
    var ours: JSON = [:]
    ours.set("cursors", to: paging["cursors"])
    for (link, cursor) in [("previous", "before"), ("next", "after")] where paging[link] != nil {
      let value = paging["cursors"]?[cursor]?.text
      ours.set(link, to: value.map { .string(self.link(ticket, cursor, $0)) })
    }
    page.set("paging", to: ours)
    return page.serialized()
  }

  /// The same call at another place of the list.
  private func link(_ ticket: PassageTicket, _ cursor: String, _ value: String) -> String {
    var query = ticket.query.filter { $0.name != "after" && $0.name != "before" }
    query.append((name: cursor, value: value))
    let pairs = query.map { "\($0.name)=\(PercentText.encoded($0.value))" }
    let path = ([ticket.call.version] + ticket.call.path).joined(separator: "/")
    return "\(publicURL)/\(path)?\(pairs.joined(separator: "&"))"
  }

  /// What is said of a medium: with a link to us instead of Meta's.
  private func link(_ body: [UInt8], _ ticket: PassageTicket) throws(PassageRefusal) -> [UInt8] {
    guard var told = try? JSON.parse(body), let url = told["url"]?.text,
      let name = seal.close(
        [url, told["sha256"]?.text ?? ""],
        of: ticket.number,
        .link,
        for: ticket.call.token.id,
        life: PassageLimits.linkLife
      )
    else { throw .unreadable }
    told.set("url", to: .string("\(publicURL)/\(ticket.call.version)/_media/\(name)"))
    return told.serialized()
  }

  /// What is said of an upload: with a name that works for this token only.
  private func upload(_ body: [UInt8], _ ticket: PassageTicket) throws(PassageRefusal) -> [UInt8] {
    guard var told = try? JSON.parse(body), let id = told["id"]?.text,
      let name = seal.close(
        [id],
        of: ticket.number,
        .upload,
        for: ticket.call.token.id,
        life: PassageLimits.uploadLife
      )
    else { throw .unreadable }
    told.set("id", to: .string(Self.uploadPrefix + name))
    return told.serialized()
  }
}

/// A medium on its way to a program.
package struct PassingMedia: Sendable {
  /// Its bytes, and what the host says of them.
  package let download: MediaDownload
  /// SHA-256 of the bytes in base64, as Meta's answer told; `nil` if it did not.
  package let hash: String?
  private let place: PassagePlaces.Place

  init(download: MediaDownload, hash: String?, place: PassagePlaces.Place) {
    self.download = download
    self.hash = hash
    self.place = place
  }
}

extension Passage {
  /// Begins to fetch what a link of ours leads to; whoever holds the medium holds a place among the calls under way.
  package func media(
    behind link: String,
    for token: TokenRecord
  ) async throws(PassageRefusal) -> PassingMedia {
    guard token.scopes.contains(.read) else { throw .scope(.read) }
    guard let opened = seal.open(link, .link, for: token.id), opened.words.count == 2,
      token.numbers?.contains(opened.number) ?? true
    else { throw .deadLink }
    let accessToken: AccessToken
    do {
      accessToken = try await tokens.token(of: opened.number)
    } catch {
      throw .noAccessToken
    }
    let place = try enter()
    switch await media.download(MediaAddress(url: opened.words[0]), with: accessToken) {
    case .success(let download):
      return PassingMedia(
        download: download,
        hash: HexText.base64(ofHex: opened.words[1]),
        place: place
      )
    case .failure(let failure):
      switch failure {
      case .refused, .gone: throw .deadLink
      case .tooLarge: throw .tooLarge(bytesMax: PassageLimits.fileBytesMax)
      case .foreignAddress:
        logger.error("Meta named a media host that is not on the list")
        throw .unreadable
      case .unavailable(let reason):
        logger.warning("A medium did not come", metadata: ["passage.reason": "\(reason)"])
        throw .unreachable
      }
    }
  }
}
