import CloudAPI
import Testing

/// `/openapi.json` against what is served, by a stranger: schemathesis.
@Suite struct OpenAPITests {
  @Test func `schemathesis finds nothing that the document does not say`() async throws {
    let schemathesis = try await PythonEnvironment.program("st")
    try await World.run { world in
      try await world.open(["--in-use"])
      try await world.writes()
      try await world.writes("491700000043", ["type": "image"])
      try await world.window(is: "open")
      for text in ["One", "Two"] { #expect(try await world.sendText(text).status == 200) }
      try await world.advance(60)
      let document = try await world.gateway.get("/openapi.json")
      #expect(document.json["openapi"]?.text?.hasPrefix("3.1") == true)
      let run = try world.start(
        "schemathesis",
        program: schemathesis,
        [
          "--no-color", "run", world.gateway.base + "/openapi.json", "--header",
          "Authorization: Bearer \(try #require(world.gateway.token))", "--checks",
          "not_a_server_error,status_code_conformance,content_type_conformance,"
            + "response_headers_conformance,response_schema_conformance,negative_data_rejection,"
            + "missing_required_header,unsupported_method,ignored_auth",
          "--phases", "examples,coverage,fuzzing", "--max-examples", "20", "--seed", "7",
          "--request-timeout", "20", "--continue-on-failure", "--suppress-health-check", "all",
        ],
        environment: ["PYTHONDONTWRITEBYTECODE": "1"]
      )
      let status = try await run.end(atMost: .seconds(180))
      #expect(status == 0, "\(run.output.suffix(12_000))\n\(run.errors.suffix(2000))")
      #expect(run.output.contains("/v1/messages"), "it ran: \(run.output.suffix(2000))")
      #expect(try await world.gateway.get("/readyz").status == 200)
    }
  }
}
