import CloudAPI
import Gateway
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Web

@Suite struct OpenAPITests {
  private static func document(_ scene: WebScene) -> JSON {
    frontDoor(scene.configuration, scene.parts, JournalWatch()).openAPI.json
  }

  @Test func `every route is described, and everything described under v1 is a route`() async throws
  {
    let scene = try await WebScene()
    let door = frontDoor(scene.configuration, scene.parts, JournalWatch())
    let routes = Set(door.api.routes.map { "\($0.method.rawValue) \($0.template)" })
    let described = (door.openAPI.json["paths"]?.members ?? []).flatMap { path in
      path.value.members.map { "\($0.key.uppercased()) \(path.key)" }
    }
    #expect(Set(described.filter { $0.contains(" /v1/") }) == routes)
    #expect(Set(described).count == described.count)
  }

  @Test func `everything described is served, and no other method beside it`() async throws {
    let scene = try await WebScene()
    let document = Self.document(scene)
    try await scene.visit { client in
      for path in document["paths"]?.members ?? [] {
        let uri = path.key.replacing("{phone_number_id}", with: "900800700")
          .replacing("{customer}", with: "491700000042").replacing("{id}", with: "x")
          .replacing("{media_id}", with: "4400")
          .replacing("{version}", with: "v24.0").replacing("{waba_id}", with: "700100200300")
          .replacing("{object_id}", with: "4400").replacing("{upload}", with: "abc")
          .replacing("{link}", with: "abc")
        let described = Set(path.value.members.map { $0.key.uppercased() })
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
          let answer = try await client.call(method, uri, json: [:])
          if described.contains(method.rawValue) {
            #expect(answer.status != .methodNotAllowed, "\(method) \(uri)")
            let responses = path.value[method.rawValue.lowercased()]?["responses"]
            #expect(responses?["\(answer.status.code)"] != nil, "\(method) \(uri) \(answer.status)")
          } else {
            // Graph has an error of its own for what it does not know, whatever the reason.
            let isPassing = described.allSatisfy { method in
              path.value[method.lowercased()]?["operationId"]?.text?.hasPrefix("graph_") == true
            }
            #expect(
              answer.status == (isPassing ? .badRequest : .methodNotAllowed),
              "\(method) \(uri)"
            )
          }
        }
      }
    }
  }

  @Test
  func `what the gate lets pass is described, with its parameters and members, and nothing else`()
    async throws
  {
    let paths = Self.document(try await WebScene())["paths"] ?? .null
    var told: [String: Set<String>] = [:]
    for path in paths.members where path.key.hasPrefix("/{version}/") {
      for operation in path.value.members
      where operation.value["operationId"]?.text?.hasPrefix("graph_") == true {
        let query = (operation.value["parameters"]?.items ?? []).filter {
          $0["in"]?.text == "query"
        }
        let body = operation.value["requestBody"]?["content"]?["application/json"]?["schema"]
        told["\(operation.key.uppercased()) \(path.key)"] = Set(
          query.compactMap { $0["name"]?.text }
            + (body?["properties"]?.members ?? []).map { "body " + $0.key }
        )
      }
    }
    var listed: [String: Set<String>] = ["GET /{version}/_media/{link}": []]
    for rule in PassageList.rules {
      let place = "\(rule.method.rawValue) \(OpenAPIPassage.path(of: rule))"
      listed[place, default: []].formUnion(rule.query.keys)
      if case .json(let members) = rule.body {
        listed[place, default: []].formUnion(members.keys.map { "body " + $0 })
      }
    }
    #expect(told == listed)
    #expect(told["GET /{version}/{object_id}"] == ["fields", "phone_number_id"])
    #expect(told["POST /{version}/{phone_number_id}/media"] == [])
  }

  @Test func `every reference leads somewhere`() async throws {
    let document = Self.document(try await WebScene())
    func walk(_ json: JSON) {
      if case .string(let reference)? = json["$ref"] {
        var place: JSON? = document
        for step in reference.split(separator: "/").dropFirst() { place = place?[String(step)] }
        #expect(place != nil, "\(reference)")
      }
      for member in json.members { walk(member.value) }
      for item in json.items { walk(item) }
    }
    walk(document)
  }

  @Test func `the description names the public URL and its version`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      let answer = try await client.call(.get, "/openapi.json", token: nil)
      #expect(answer.headers[.contentType] == "application/json")
      #expect(answer.json["openapi"]?.text == "3.1.0")
      #expect(
        answer.json["servers"]?.items.first?["url"]?.text == scene.configuration.publicURL
      )
    }
  }
}
