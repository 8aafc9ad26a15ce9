import Testing

/// The rules about pages and fixtures, each tried on something planted.
@Suite("The tidy rules for pages") struct PageTests {
  private let guide = MarkdownPage(
    path: "docs/guide.md",
    text: "# Guide\n## Caddy & nginx\n## A\n## A\n"
  )

  @Test(arguments: [
    ("[a](guide.md)", true), ("[a](guide.md#caddy--nginx)", true), ("[a](guide.md#a-1)", true),
    ("[a](../README.md)", true), ("[a](#top)", true), ("[a](https://example.org/x)", true),
    ("`[a](nowhere.md)`", true), ("```\n[a](nowhere.md)\n```", true), ("[a](../docs)", true),
    ("[a](nowhere.md)", false), ("[a](guide.md#apache)", false), ("[a](#bottom)", false),
    ("[a]: nowhere.md", false), ("![a](picture.png)", false),
  ])
  func `a link is alive only if its file and its heading exist`(text: String, isAlive: Bool) {
    let page = MarkdownPage(path: "docs/start.md", text: "# Top\n\n\(text)\n")
    let dead = Links.dead(
      in: [page, guide],
      files: ["README.md", "docs", "docs/guide.md", "docs/start.md"]
    )
    #expect(dead.isEmpty == isAlive)
  }

  @Test func `a page under docs that nobody links to is an orphan`() {
    let start = MarkdownPage(path: "README.md", text: "[a](docs/guide.md#a)")
    let lonely = MarkdownPage(path: "docs/lonely.md", text: "[me](lonely.md)")
    #expect(Links.orphans(in: [start, guide, lonely]).map(\.path) == ["docs/lonely.md"])
  }

  @Test func `a fixture is used when it is named, or its folder is listed`() {
    let tests = [
      ("Tests/A.swift", "open(\"text\")"),
      ("Tests/B.swift", "for name in contentsOfDirectory(\"Fixtures/pywa\")"),
      ("Tests/C.swift", "open(\"Fixtures/other\")"),
    ].map { (path: $0.0, text: $0.1) }
    let paths = [
      "Tests/Fixtures/a/text.json", "Tests/Fixtures/a/image.json", "Tests/Fixtures/pywa/call.json",
      "Tests/Fixtures/other/b.json", "Tests/Fixtures/other/LICENSE",
    ]
    #expect(
      Fixtures.unused(paths, in: tests).map(\.path)
        == ["Tests/Fixtures/a/image.json", "Tests/Fixtures/other/b.json"]
    )
  }

  @Test func `a collection of fixtures without licence and origin is found`() {
    let found = Fixtures.undocumented(["Tests/Fixtures/a/LICENSE", "Tests/Fixtures/a/text.json"])
    #expect(found.map(\.advice) == ["has no README.md: say whose it is and on what terms"])
  }

  @Test func `a make target that the Makefile lacks is found`() {
    let page = (path: "README.md", text: "    make demo\nRun `make fly` and make it so.")
    let found = Promises.missingTargets(
      in: [page],
      makefile: "demo: build\n\tswift run\nFLY := 1\n"
    )
    #expect(found.map(\.line) == [2])
  }

  @Test func `a setting that the reference does not explain is found`() {
    let source = (path: "Sources/CLI/A.swift", text: "\"CAREWINDOW_LISTEN\" \"CAREWINDOW_NEW\"")
    let page = (path: "docs/reference/settings.md", text: "| CAREWINDOW_LISTEN | CAREWINDOW_* |")
    let found = Promises.unexplained("CAREWINDOW_", in: [source], page: page)
    #expect(
      found.map(\.advice) == ["`CAREWINDOW_NEW` does not stand in docs/reference/settings.md"]
    )
  }

  @Test func `a setting or metric that no source names is found`() {
    let source = (path: "Sources/CLI/A.swift", text: "\"CAREWINDOW_LISTEN\"")
    let page = (path: "docs/reference/settings.md", text: "| CAREWINDOW_LISTEN | CAREWINDOW_OLD |")
    let found = Promises.unkept("CAREWINDOW_", in: [source], page: page)
    #expect(found.map(\.advice) == ["`CAREWINDOW_OLD` stands in no source: nothing reads it"])
  }

  @Test(arguments: [
    ("tests(\"AToolTests\", [])", true), (".testTarget(name: \"AToolTests\")", true),
    ("tests(\n  \"AToolTests\",\n  []\n)", true),
    ("// tests(\"AToolTests\", [])", false), ("room(\"AToolTests\", [])", false), ("", false),
  ])
  func `a folder of tests that is no test target is found`(manifest: String, isTarget: Bool) {
    let paths = ["Tests/AToolTests/A.swift", "Tests/Support/B.swift", "Tests/OddTests.swift"]
    let found = Targets.missing(for: paths, in: manifest)
    #expect(found.map(\.path) == (isTarget ? [] : ["Tests/AToolTests"]))
  }

  @Test func `an event that is logged and not listed is found`() {
    let source = SourceText(
      path: "Sources/Web/A.swift",
      text: """
        logger.info("It was listed")
        Logger(label: "a").error(
          "It was not listed",
          metadata: [:]
        )
        // logger.info("A comment")
        """
    )
    let page = (path: "docs/reference/telemetry.md", text: "| It was listed |")
    let found = Promises.unlisted(in: [source], page: page)
    #expect(found.map(\.advice) == ["“It was not listed” does not stand in \(page.path)"])
  }
}
