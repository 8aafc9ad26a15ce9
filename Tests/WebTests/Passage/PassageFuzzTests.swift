import CloudAPI
import Foundation
import HTTPTypes
import Hummingbird
import Support
import Testing

@testable import Web

/// Thousands of odd calls by seed; what reached Meta must be on a list that this file keeps by itself.
@Suite(.serialized) struct PassageFuzzTests {
  /// What Meta may hear: a pattern for the path, names of parameters, members of the body.
  private struct Allowed {
    let method: String
    let path: String
    var query: Set<String> = []
    var body: Set<String>?
  }

  private static let cursors: Set<String> = ["after", "before", "limit"]
  private static let profile: Set<String> = [
    "messaging_product", "about", "address", "description", "email", "profile_picture_handle",
    "vertical", "websites",
  ]
  private static let template: Set<String> = [
    "name", "language", "category", "sub_category", "components", "parameter_format",
    "display_format", "message_send_ttl_seconds", "allow_category_change",
    "cta_url_link_tracking_opted_out", "is_primary_device_delivery_only", "library_template_name",
    "library_template_body_inputs", "library_template_button_inputs", "degrees_of_freedom_spec",
    "creative_sourcing_spec",
  ]
  private static let blocking: Set<String> = ["messaging_product", "block_users"]
  private static let own = "/v[0-9]{1,3}\\.[0-9]{1,3}"

  private static let list: [Allowed] = [
    Allowed(method: "GET", path: "/900800700", query: ["fields"]),
    Allowed(method: "GET", path: "/900800700/whatsapp_business_profile", query: ["fields"]),
    Allowed(method: "POST", path: "/900800700/whatsapp_business_profile", body: profile),
    Allowed(method: "GET", path: "/900800700/block_users", query: cursors),
    Allowed(method: "POST", path: "/900800700/block_users", body: blocking),
    Allowed(method: "DELETE", path: "/900800700/block_users", body: blocking),
    Allowed(method: "POST", path: "/900800700/media"),
    Allowed(
      method: "GET",
      path: "/700100200300/phone_numbers",
      query: cursors.union(["fields"])
    ),
    Allowed(
      method: "GET",
      path: "/700100200300/message_templates",
      query: cursors.union([
        "fields", "status", "name", "language", "category", "content", "name_or_content",
        "quality_score", "summary",
      ])
    ),
    Allowed(method: "POST", path: "/700100200300/message_templates", body: template),
    Allowed(
      method: "DELETE",
      path: "/700100200300/message_templates",
      query: ["name", "hsm_id"]
    ),
    // Templates and media that the scene has; their ids are made by the sandbox.
    Allowed(method: "GET", path: "/1689[0-9]{12}", query: ["fields"]),
    Allowed(method: "POST", path: "/1689[0-9]{12}", body: template),
    Allowed(method: "GET", path: "/4400[0-9]{12}", query: ["phone_number_id"]),
    Allowed(method: "DELETE", path: "/4400[0-9]{12}", query: ["phone_number_id"]),
    Allowed(
      method: "POST",
      path: "/app/uploads",
      query: ["file_name", "file_length", "file_type", "session_type"]
    ),
  ]

  private static func isAllowed(_ heard: Upstream.Heard) -> Bool {
    list.contains { allowed in
      guard heard.method == allowed.method,
        heard.path.range(of: "^\(own)\(allowed.path)$", options: .regularExpression) != nil,
        Set(heard.query).isSubset(of: allowed.query),
        heard.query.count == Set(heard.query).count
      else { return false }
      if let members = allowed.body {
        return heard.json.isObject && Set(heard.json.members.map(\.key)).isSubset(of: members)
      }
      return heard.body.isEmpty || allowed.path.hasSuffix("/media")
    }
  }

  private static let evil = [
    "override_callback_uri", "webhook_configuration", "access_token", "callback_url",
    "verify_token", "relative_url", "cw_everything", "subscribed_fields",
  ]

  @Test(arguments: SimulationSeeds.batches(of: 1, usually: 3))
  func `whatever is asked, nothing but the list reaches Meta`(seeds: [UInt64]) async throws {
    for seed in seeds {
      try await PassageStage.play { stage in
        var dice = Dice(seed: seed)
        let medium = try await stage.upload()
        let list = try await stage.client.call(.get, "/v24.0/700100200300/message_templates")
        let template = list.json["data"]?.items.first?["id"]?.text ?? ""
        var passed = 0
        for _ in 1...1000 {
          stage.upstream.forget()
          let call = dice.call(ids: [medium, template])
          let answer = try await stage.send(
            call.method,
            call.uri,
            call.body,
            type: call.type,
            token: WebScene.token
          )
          for heard in stage.upstream.heard {
            passed += 1
            let text = String(decoding: heard.body, as: UTF8.self)
            let isClean = !Self.evil.contains { heard.target.contains($0) || text.contains($0) }
            #expect(
              Self.isAllowed(heard) && isClean
                && heard.headers[.authorization] == "Bearer meta-token",
              "seed \(seed): \(call.method) \(call.uri) became \(heard.line) \(text.prefix(200))"
            )
          }
          #expect(
            !answer.text.contains("meta-token") && !answer.text.contains("127.0.0.1"),
            "seed \(seed): \(call.method) \(call.uri)"
          )
        }
        // A fuzz that never gets through the door shows nothing.
        #expect(passed > 100, "seed \(seed): only \(passed) calls passed")
        #expect(stage.scene.carrier.parcels.isEmpty)
      }
    }
  }

  /// Calls at random, mostly nearly right.
  private struct Dice {
    var chance: SeededGenerator

    init(seed: UInt64) { chance = SeededGenerator(seed: seed) }

    struct Call {
      var method: HTTPRequest.Method
      var uri: String
      var type: String
      var body: [UInt8]
    }

    mutating func call(ids: [String]) -> Call {
      var call = chance.happens(0.6) ? right(ids) : odd(ids)
      // What is right is spoiled in one place as often as not.
      guard chance.happens(0.5) else { return call }
      switch chance.pick([0, 1, 2, 3]) {
      case 0: call.uri += (call.uri.contains("?") ? "&" : "?") + query(ids).dropFirst()
      case 1: call.uri = spoiled(call.uri)
      case 2: (call.type, call.body) = content()
      default: call.method = chance.pick([.get, .post, .delete, .put, .patch, .head])
      }
      return call
    }

    /// A call of the list.
    private mutating func right(_ ids: [String]) -> Call {
      func call(_ method: HTTPRequest.Method, _ uri: String, _ json: String = "") -> Call {
        Call(
          method: method,
          uri: "/v24.0/\(uri)",
          type: json.isEmpty ? "" : "application/json",
          body: Array(json.utf8)
        )
      }
      let template = #"{"category":"UTILITY","components":[{"type":"BODY","text":"x"}]}"#
      let blocking = #"{"messaging_product":"whatsapp","block_users":[{"user":"+491700000042"}]}"#
      return chance.pick([
        call(.get, "900800700?fields=id"), call(.get, "900800700/whatsapp_business_profile"),
        call(
          .post,
          "900800700/whatsapp_business_profile",
          #"{"messaging_product":"whatsapp","about":"x"}"#
        ),
        call(.get, "900800700/block_users?limit=3"),
        call(.post, "900800700/block_users", blocking),
        call(.delete, "900800700/block_users", blocking),
        call(.get, "700100200300/phone_numbers"),
        call(.get, "700100200300/message_templates?limit=1"),
        call(.delete, "700100200300/message_templates?name=none"),
        call(.get, ids[0]), call(.get, ids[1]), call(.post, ids[1], template),
        call(.post, "app/uploads?file_length=3"),
      ])
    }

    /// A call that may be anything.
    private mutating func odd(_ ids: [String]) -> Call {
      let method: HTTPRequest.Method = chance.pick([.get, .post, .delete, .put, .options, .trace])
      let (type, body) = method == .get ? ("", []) : content()
      return Call(method: method, uri: path(ids) + query(ids), type: type, body: body)
    }

    private mutating func path(_ ids: [String]) -> String {
      let version = chance.pick(["v24.0", "v24.0", "v24.0", "v1.0", "V24.0", "v24", "v24.0.1", "x"])
      let object = chance.pick(
        ids + [
          "900800700", "900800700", "700100200300", "700100200300", "900800701", "me", "app",
          "500600700800", "upload:abc", "upload:x?sig=1", "_media", "0", "900800700 ", "９００８００７００",
          "debug_token", "oauth", "",
        ]
      )
      let edge = chance.pick([
        "", "", "whatsapp_business_profile", "whatsapp_business_profile", "message_templates",
        "message_templates", "phone_numbers", "block_users", "media", "uploads", "register",
        "deregister", "subscribed_apps", "subscriptions", "smb_app_data", "calls", "batch",
        "settings", "MEDIA", "Message_Templates", "access_token", "abc/../register",
        "conversational_automation", "message_qrdls", "assigned_users",
      ])
      var path = "/\(version)/\(object)" + (edge.isEmpty ? "" : "/\(edge)")
      if chance.happens(0.2) { path = spoiled(path) }
      return path
    }

    private mutating func spoiled(_ path: String) -> String {
      switch chance.pick([0, 1, 2, 3, 4, 5, 6, 7]) {
      case 0: path.replacing("/", with: "//", maxReplacements: 2)
      case 1: path.replacing("/9", with: "%2F9")
      case 2: path + "/"
      case 3: path.replacing("/v", with: "/./v")
      case 4: path + "/../subscribed_apps"
      case 5: path.replacing("e", with: "%65")
      case 6: path + "%00"
      default: path + ";method=DELETE"
      }
    }

    private mutating func query(_ ids: [String]) -> String {
      guard chance.happens(0.6) else { return "" }
      let pairs = (0..<Int.random(in: 1...3, using: &chance)).map { _ in
        chance.pick([
          "fields=id", "fields=id,name", "fields=id{x}", "fields=subscribed_apps{id}", "limit=3",
          "after=QUZ", "name=order_update", "hsm_id=\(ids[1])", "file_length=3",
          "phone_number_id=900800700", "phone_number_id=900800701", "method=DELETE",
          "_method=delete", "access_token=EAAG", "ids=900800700,900800701", "batch=%5B%5D",
          "override_callback_uri=https://x", "fields=id%26access_token%3Dx", "name=%26method=x",
          "summary=total_count", "status=APPROVED", "suppress_http_code=1", "callback=x", "=", "&",
          "%", "fields=id%0d%0aX: y", "include_headers=false", "appsecret_proof=1",
        ])
      }
      return "?" + pairs.joined(separator: "&")
    }

    private mutating func content() -> (String, [UInt8]) {
      let json = "application/json"
      let bodies: [(String, String)] = [
        (json, #"{"messaging_product":"whatsapp","about":"Bikes"}"#),
        (json, #"{"messaging_product":"whatsapp","block_users":[{"user":"+491700000042"}]}"#),
        (
          json,
          #"{"name":"n\#(chance.pick(["a", "b", "c"]))","language":"de","category":"UTILITY","components":[{"type":"BODY","text":"x"}]}"#
        ),
        (json, #"{"name":"x","components":[{"override_callback_uri":"https://x"}]}"#),
        (json, #"{"about":"x","about":"y","webhook_configuration":{"override_callback_uri":"z"}}"#),
        (json, #"{"webhook_configuration":{"override_callback_uri":"https://x"}}"#),
        (json, #"{"access_token":"x","about":"y"}"#),
        (json, #"{"batch":[{"method":"POST","relative_url":"me/subscribed_apps"}]}"#),
        (json, #"{"method":"DELETE"}"#), (json, "[]"), (json, "{"), (json, "null"), (json, "{}"),
        ("application/x-www-form-urlencoded", "method=DELETE&about=x"),
        ("application/x-www-form-urlencoded", "batch=%5B%5D&access_token=x"),
        ("text/plain", "x"), ("", ""),
      ]
      guard chance.happens(0.15) else {
        let (type, body) = chance.pick(bodies)
        return (type, Array(body.utf8))
      }
      var fields = [("messaging_product", "whatsapp"), ("type", "image/png")]
      if chance.happens(0.5) {
        fields.insert(
          chance.pick([("access_token", "x"), ("method", "DELETE"), ("batch", "[]")]),
          at: Int.random(in: 0...2, using: &chance)
        )
      }
      let form = PassageStage.form(Array("x".utf8), fields: fields)
      return ("multipart/form-data; boundary=XX", form)
    }
  }
}
