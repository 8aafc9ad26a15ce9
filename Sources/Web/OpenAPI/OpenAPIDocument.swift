import CloudAPI
import Hummingbird

/// `/openapi.json`: what is served, for programs that read descriptions (OpenAPI 3.1).
///
/// The operations of `/v1` are those of the routes themselves; a test walks both.
struct OpenAPIDocument: Sendable {
  /// The document.
  let json: JSON

  private let body: [UInt8]

  /// Describes an installation that the world reaches under `publicURL`.
  init(publicURL: String, routes: [APIRoute], limits: WebLimits) {
    var paths = JSON.object([])
    for route in routes {
      Self.add(OpenAPIOperations.api(route), route.method.rawValue, route.template, to: &paths)
    }
    for (method, path, operation) in OpenAPIOperations.beside + OpenAPIPassage.operations {
      Self.add(operation, method, path, to: &paths)
    }
    json = [
      "openapi": "3.1.0",
      "info": [
        "title": "CareWindow",
        "version": "1",
        "summary": "The 24-hour care window of WhatsApp, and one gate for every message.",
        "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
      ],
      "servers": [["url": .string(publicURL)]],
      "security": [["token": []]],
      "paths": paths,
      "components": [
        "securitySchemes": [
          "token": [
            "type": "http", "scheme": "bearer",
            "description": "A CareWindow token: `carewindow token create --name NAME`.",
          ]
        ],
        "parameters": OpenAPIParameters.all(limits),
        "responses": OpenAPIResponses.all,
        "schemas": OpenAPISchemas.all,
      ],
    ]
    body = json.serialized()
  }

  /// The document as an answer.
  var response: Response {
    Response(.ok, "application/json", body)
  }

  private static func add(
    _ operation: JSON,
    _ method: String,
    _ path: String,
    to paths: inout JSON
  ) {
    var item = paths[path] ?? .object([])
    item.set(method.lowercased(), to: operation)
    paths.set(path, to: item)
  }
}

/// A pointer to a part of the document that is said once.
enum OpenAPIReference {
  static func parameter(_ name: String) -> JSON { to("parameters", name) }
  static func response(_ name: String) -> JSON { to("responses", name) }
  static func schema(_ name: String) -> JSON { to("schemas", name) }

  private static func to(_ section: String, _ name: String) -> JSON {
    ["$ref": .string("#/components/\(section)/\(name)")]
  }
}
