import Testing

/// The style guide, run over this repository.
///
/// STYLE.md says why each rule is there.
@Suite("The repository") struct TidyTests {
  private func expectNone(_ findings: [Finding]) {
    for finding in findings { Issue.record("\(finding)") }
  }

  @Test(arguments: Rule.all) func `every Swift file keeps`(_ rule: Rule) {
    expectNone(Repository.sources.flatMap(rule.check))
  }

  @Test func `the sources are found`() {
    #expect(Repository.sources.contains { $0.path == "Package.swift" })
    #expect(Repository.sources.contains { $0.path.hasPrefix("Sources/") })
  }

  @Test(arguments: UncheckedBudget.timesMax.sorted { $0.key < $1.key })
  func `unchecked safety stays within its budget`(word: String, timesMax: Int) {
    let times = Repository.sources.filter { $0.isIn("Sources") }
      .reduce(0) { $0 + $1.offsets(of: word, afterDot: true).count }
    #expect(times <= timesMax, "`\(word)` stands \(times) times; \(timesMax) were argued for")
  }

  @Test func `every fixture is used, and its origin is told`() {
    let fixtures = Repository.here.paths.filter { $0.hasPrefix(Fixtures.folder + "/") }
    let tests = Repository.here.files(
      under: ["Tests/", "Benchmarks/"],
      ending: [".swift", ".py", ".sh"]
    )
    .filter { !$0.path.hasPrefix("Tests/TidyTests/") }
    expectNone(Fixtures.unused(fixtures, in: tests))
    expectNone(Fixtures.undocumented(fixtures))
  }

  @Test func `every Markdown link leads somewhere, and every page is led to`() {
    let pages = Repository.here.files(ending: [".md"])
      .filter { !$0.path.hasPrefix(Fixtures.folder) }
      .map { MarkdownPage(path: $0.path, text: $0.text) }
    let paths = Repository.here.paths
    let folders = paths.flatMap { path in
      path.indices.filter { path[$0] == "/" }.map { String(path[..<$0]) }
    }
    expectNone(Links.dead(in: pages, files: Set(paths + folders)))
    expectNone(Links.orphans(in: pages))
  }

  @Test func `every make target the pages name exists`() {
    let pages = Repository.here.files(ending: [".md"])
    expectNone(Promises.missingTargets(in: pages, makefile: Repository.here.text("Makefile")))
  }

  @Test(arguments: [
    ("CAREWINDOW_", "docs/reference/settings.md"), ("carewindow_", "docs/reference/telemetry.md"),
  ])
  func `the settings and metrics in the sources are those that are documented`(
    prefix: String,
    page: String
  ) {
    let sources = Repository.here.files(under: ["Sources/"], ending: [".swift"])
    let text = Repository.here.text(page)
    expectNone(Promises.unexplained(prefix, in: sources, page: (page, text)))
    expectNone(Promises.unkept(prefix, in: sources, page: (page, text)))
  }

  @Test func `every event that is logged is documented`() {
    let path = "docs/reference/telemetry.md"
    let sources = Repository.sources.filter { $0.isIn("Sources") }
    #expect(sources.flatMap(Promises.logged(in:)).count > 15, "the events are found")
    expectNone(Promises.unlisted(in: sources, page: (path, Repository.here.text(path))))
  }

  @Test func `every folder of tests is a test target`() {
    let manifest = Repository.here.text("Package.swift")
    expectNone(Targets.missing(for: Repository.here.paths, in: manifest))
  }

  @Test(arguments: [
    "README.md", "ARCHITECTURE.md", "STYLE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE",
    "Makefile", ".ci/run", "docs/README.md",
  ])
  func `a newcomer finds`(_ path: String) {
    #expect(!Repository.here.text(path).isEmpty)
  }

  @Test func `the licence is Apache 2.0, whole`() {
    let licence = Repository.here.text("LICENSE")
    #expect(licence.contains("Apache License"))
    #expect(licence.contains("Version 2.0, January 2004"))
    #expect(licence.contains("END OF TERMS AND CONDITIONS"))
  }
}
