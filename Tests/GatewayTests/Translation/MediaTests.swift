import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

@Suite struct MediaTests {
  private static let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

  private static func message(_ media: JSON, type: String = "image") -> JSON {
    [
      "id": "wamid.1", "from": "491700000042", "to": "491700000042", "timestamp": "1795255200",
      "type": .string(type), type: media,
    ]
  }

  private static func facts(_ field: String, _ value: JSON) throws -> [MediaFact] {
    var value = value
    value.set("messaging_product", to: "whatsapp")
    value.set(
      "metadata",
      to: ["display_phone_number": "4930000001", "phone_number_id": "900800700"]
    )
    let body: JSON = [
      "object": "whatsapp_business_account",
      "entry": [
        ["id": "700100200300", "changes": [["field": .string(field), "value": value]]]
      ],
    ]
    return try Reading.facts(body).compactMap {
      if case .media(let fact) = $0 { fact } else { nil }
    }
  }

  @Test(arguments: [
    ("messages", "messages"), ("smb_message_echoes", "message_echoes"), ("history", "messages"),
    ("history", "message_echoes"),
  ])
  func `a file is told of wherever Meta names one`(field: String, list: String) throws {
    let media: JSON = ["id": "4400", "mime_type": "image/jpeg", "sha256": .string(Self.hash)]
    let told = try Self.facts(field, [list: [Self.message(media)]])
    let fact = try #require(told.first)
    #expect(told.count == 1)
    #expect(fact.id == "4400")
    #expect(fact.message == "wamid.1")
    #expect(fact.kind == .image)
    #expect(fact.mimeType == "image/jpeg")
    #expect(
      fact.hash?.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
  }

  @Test func `an imported chat's file is told of, and so is one that an edit brings`() throws {
    let media: JSON = ["id": "4400"]
    let thread: JSON = ["id": "491700000042", "messages": [Self.message(media, type: "video")]]
    let imported = try Self.facts("history", ["history": [["threads": [thread]]]])
    #expect(imported.map(\.kind) == [.video])
    let edit: JSON = [
      "original_message_id": "wamid.0", "message": ["type": "document", "document": media],
    ]
    let edited = try Self.facts("messages", ["messages": [Self.message(edit, type: "edit")]])
    #expect(edited.map(\.message) == ["wamid.0"])
  }

  @Test(arguments: [
    #"{}"#, #"{"id":""}"#, #"{"id":"a/b"}"#, #"{"id":"../1"}"#, #"{"id":"4400 "}"#,
    "{\"id\":\"\(String(repeating: "1", count: 65))\"}",
  ])
  func `an id that cannot stand in an address names nothing`(media: String) throws {
    let media = try JSON.parse(Array(media.utf8))
    #expect(try Self.facts("messages", ["messages": [Self.message(media)]]).isEmpty)
  }

  @Test(arguments: ["", "abc", "47DEQpj8HBSa", String(repeating: "g", count: 64)])
  func `a hash that is none is no hash, and the file is told of all the same`(hash: String) throws {
    let media: JSON = ["id": "4400", "sha256": .string(hash)]
    let facts = try Self.facts("messages", ["messages": [Self.message(media)]])
    #expect(facts.map(\.hash) == [nil])
  }
}
