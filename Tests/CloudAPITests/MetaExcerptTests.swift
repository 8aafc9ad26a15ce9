import CloudAPI
import Testing

@Suite struct MetaExcerptTests {
  private static func change(_ number: String, _ rest: String) -> String {
    """
    {"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"49","phone_number_id":"\(number)"}\(rest)},"field":"messages"}
    """
  }

  private static func body(_ entries: String...) -> String {
    #"{"object":"whatsapp_business_account","entry":["# + entries.joined(separator: ",") + "]}"
  }

  private static func entry(_ account: String, _ changes: String...) -> String {
    #"{"id":"\#(account)","changes":[\#(changes.joined(separator: ","))]}"#
  }

  private func excerpt(
    of body: String,
    about subject: String,
    withholding withheld: Set<String> = [],
    _ replaced: (String) -> String? = { $0 }
  ) throws -> String? {
    try MetaExcerpt(JSON.parse(text: body), about: subject)?
      .bytes(withholding: withheld, replaced)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func `what is about one number comes out byte by byte as Meta wrote it`() throws {
    let rest = #","z":1.50,"a":1e3,"messages":[{"type":"text","text":{"body":"ä\n"}}]"#
    let body = Self.body(Self.entry("7", Self.change("1", rest)))
    #expect(try excerpt(of: body, about: "1") == body)
  }

  @Test func `nobody sees what is about another number or account`() throws {
    let account = #"{"value":{"event":"APPROVED"},"field":"message_template_status_update"}"#
    let body = Self.body(
      Self.entry("7", Self.change("1", ""), Self.change("2", ""), account),
      Self.entry("8", Self.change("3", ""))
    )
    let told = [
      "1": Self.body(Self.entry("7", Self.change("1", ""))),
      "2": Self.body(Self.entry("7", Self.change("2", ""))),
      "3": Self.body(Self.entry("8", Self.change("3", ""))),
      "7": Self.body(Self.entry("7", account)),
    ]
    for (subject, expected) in told {
      #expect(try excerpt(of: body, about: subject) == expected)
    }
    #expect(try excerpt(of: body, about: "8") == nil)
    #expect(try excerpt(of: body, about: "9") == nil)
  }

  @Test(arguments: ["image", "video", "audio", "document", "sticker"])
  func `the url of media is left out, and no other url`(kind: String) throws {
    func message(_ url: String) -> String {
      #","messages":[{"type":"\#(kind)","\#(kind)":{"id":"5"\#(url)},"#
        + #""referral":{"source_url":"https://a","image_url":"https://b"}}]"#
    }
    let told = Self.body(
      Self.entry("7", Self.change("1", message(#","url":"https://lookaside.example.com/x""#)))
    )
    let expected = Self.body(Self.entry("7", Self.change("1", message(""))))
    #expect(try excerpt(of: told, about: "1") == expected)
  }

  @Test func `a reference is put back, left out, or left as it is`() throws {
    func status(_ reference: String) -> String {
      #","statuses":[{"id":"w","status":"sent"\#(reference)}]"#
    }
    func whole(_ reference: String) -> String {
      Self.body(Self.entry("7", Self.change("1", status(reference))))
    }
    let body = whole(#","biz_opaque_callback_data":"cw1/r""#)
    #expect(try MetaExcerpt(JSON.parse(text: body), about: "1")?.references == ["cw1/r"])
    #expect(
      try excerpt(of: body, about: "1") { _ in "order-7" }
        == whole(#","biz_opaque_callback_data":"order-7""#)
    )
    #expect(try excerpt(of: body, about: "1") { _ in nil } == whole(""))
    #expect(try excerpt(of: body, about: "1") { $0 } == body)
  }

  @Test func `only a failure for a closed window can be withheld, and its neighbours stay`() throws
  {
    func status(_ reference: String, _ word: String, _ code: Int) -> String {
      #"{"id":"w","status":"\#(word)","biz_opaque_callback_data":"\#(reference)","#
        + #""errors":[{"code":\#(code)}]}"#
    }
    func whole(_ statuses: String...) -> String {
      let rest = #","statuses":["# + statuses.joined(separator: ",") + "]"
      return Self.body(Self.entry("7", Self.change("1", rest)))
    }
    let (closed, other) = (status("a", "failed", 131047), status("b", "failed", 131047))
    let (gone, sent) = (status("a", "failed", 131026), status("a", "sent", 131047))
    let body = whole(closed, gone, other, sent)
    #expect(try MetaExcerpt(JSON.parse(text: body), about: "1")?.closedWindows == ["a", "b"])
    #expect(try excerpt(of: body, about: "1", withholding: ["a"]) == whole(gone, other, sent))
    #expect(try excerpt(of: whole(closed), about: "1", withholding: ["a"]) == nil)
    #expect(try excerpt(of: whole(closed), about: "1", withholding: ["b"]) == whole(closed))
    let entry = Self.entry("7", Self.change("1", #","messages":[]"#))
    let both = String(whole(closed).dropLast(2)) + "," + entry + "]}"
    #expect(try excerpt(of: both, about: "1", withholding: ["a"]) == Self.body(entry))
  }
}
