extension Plant {
  static let all: [Plant] = arrows + declarations + lengths + time + ownership + names + tests

  private static let arrows: [Plant] = [
    .bad(.roomsImportOnlyAlongTheArrows, "import CloudAPI"),
    .bad(.roomsImportOnlyAlongTheArrows, "package import struct Web.Page"),
    .bad(
      .roomsImportOnlyAlongTheArrows,
      "\n@testable import CustomerCare",
      in: "Tests/SandboxTests/A.swift",
      line: 2
    ),
    .bad(.roomsImportOnlyAlongTheArrows, "import CloudAPI", in: "Sources/Gateway/Outbox/A.swift"),
    .good(
      .roomsImportOnlyAlongTheArrows,
      "import CloudAPI",
      in: "Sources/Web/Facade/Refusals.swift"
    ),
    .good(
      .roomsImportOnlyAlongTheArrows,
      "import CloudAPI",
      in: "Sources/Gateway/Translation/Inbound.swift"
    ),
    .good(
      .roomsImportOnlyAlongTheArrows,
      "import CloudAPI",
      in: "Sources/Gateway/Intake/Verify.swift"
    ),
    .bad(
      .roomsImportOnlyAlongTheArrows,
      "import CloudAPI",
      in: "Sources/Gateway/Intake/Apply.swift"
    ),
    .good(.roomsImportOnlyAlongTheArrows, "package import Storage\n// import Web"),
    .bad(
      .roomsImportOnlyTheirOwnLibraries,
      "import GRDB",
      in: "Sources/Storage/Steps/Journal.swift"
    ),
    .bad(
      .roomsImportOnlyTheirOwnLibraries,
      "import Foundation",
      in: "Sources/CustomerCare/Window/A.swift"
    ),
    .bad(.roomsImportOnlyTheirOwnLibraries, "import XCTest", in: "Tests/WebTests/A.swift"),
    .good(
      .roomsImportOnlyTheirOwnLibraries,
      "package import GRDB",
      in: "Sources/SQLiteEngine/A.swift"
    ),
    .good(.roomsImportOnlyTheirOwnLibraries, "import Hummingbird", in: "Tests/WebTests/A.swift"),
  ]

  private static let declarations: [Plant] = [
    .bad(.packageDeclarationsAreDocumented, "package struct Window {}"),
    .bad(
      .packageDeclarationsAreDocumented,
      "// A window.\n@frozen\npackage static func a() {}",
      line: 3
    ),
    .bad(.packageDeclarationsAreDocumented, "/// Parts.\npackage extension Window {}", line: 2),
    .good(.packageDeclarationsAreDocumented, "/// A window.\n@frozen\npackage struct Window {}"),
    .good(.packageDeclarationsAreDocumented, "package func hash(into hasher: inout Hasher) {}"),
    .good(.packageDeclarationsAreDocumented, "package import Storage\nlet package = 1"),
    .bad(.nothingIsPublic, "/// A window.\npublic struct Window {}", line: 2),
    .good(.nothingIsPublic, "let open = true"),
    .bad(.staticStateIsAbsent, "static var count = 0"),
    .bad(.staticStateIsAbsent, "static let shared = Store()"),
    .good(.staticStateIsAbsent, "static var empty: Window { Window() }"),
  ]

  private static let lengths: [Plant] = [
    .bad(.filesAreShort, String(repeating: "\n", count: Lengths.fileLinesMax + 1), line: 0),
    .good(.filesAreShort, String(repeating: "\n", count: Lengths.fileLinesMax)),
    .bad(.functionsFitAScreen, "\n" + function(lineCount: Lengths.functionLinesMax + 1), line: 2),
    .good(.functionsFitAScreen, function(lineCount: Lengths.functionLinesMax)),
    .good(.functionsFitAScreen, "protocol A {\n  func a(_ b: () -> Void)\n}\n" + filler(100)),
  ]

  private static let time: [Plant] = [
    .bad(.clocksAndChanceAreBroughtIn, "let now = Date()"),
    .bad(.clocksAndChanceAreBroughtIn, "let now = Foundation.Date()"),
    .bad(.clocksAndChanceAreBroughtIn, "\nlet now: ContinuousClock.Instant", line: 2),
    .bad(.clocksAndChanceAreBroughtIn, "let id = \"\\(UUID())\""),
    .bad(.clocksAndChanceAreBroughtIn, "let delay = Int.random(in: 0..<5)"),
    .good(.clocksAndChanceAreBroughtIn, "let delay = Int.random(in: 0..<5, using: &generator)"),
    .good(.clocksAndChanceAreBroughtIn, "let now = Date()", in: "Sources/CLI/Serve.swift"),
    .good(.clocksAndChanceAreBroughtIn, "let now = UpDate()\n// Date()\nlet a = \"Date()\""),
    .bad(.onlyTheCommandLinePrints, "print(\"hello\")"),
    .good(.onlyTheCommandLinePrints, "printer.print(json)\nfunc print(_ json: JSON) {}"),
    .good(.onlyTheCommandLinePrints, "print(\"hello\")", in: "Sources/CLI/Demo.swift"),
  ]

  private static let ownership: [Plant] = [
    .bad(.tasksHaveOwners, "let task = Task { await run() }"),
    .bad(.tasksHaveOwners, "Task.detached { await run() }"),
    .good(.tasksHaveOwners, "// Owner: the page's stream cancels it.\nTask { await run() }"),
    .good(.tasksHaveOwners, "group.addTask { await run() }"),
    .bad(.uncheckedSendableIsProved, "// Fast.\nfinal class A: @unchecked Sendable {}", line: 2),
    .good(
      .uncheckedSendableIsProved,
      "// Proof: `a` is written before it is shared.\nfinal class A: @unchecked Sendable {}"
    ),
    .bad(.forcedTriesAreAbsent, "let a = try! b()"),
    .bad(.fatalErrorsGiveAReason, "fatalError()"),
    .bad(.fatalErrorsGiveAReason, "fatalError(\"\")"),
    .good(.fatalErrorsGiveAReason, "fatalError(\n  \"the ledger has no order\")"),
    .bad(.catchesAreNotEmpty, "do { try a() } catch {\n}"),
    .good(.catchesAreNotEmpty, "do { try a() } catch {\n  // The peer is gone; so are we.\n}"),
    .good(.catchesAreNotEmpty, "do { try a() } catch is CancellationError { return }"),
    .bad(.todosCarryAnIssue, "let a = 1  // TODO: later"),
    .good(.todosCarryAnIssue, "// TODO #12: later\nlet a = todo"),
  ]

  private static let names: [Plant] = [
    .bad(.namesSayWhatIsInside, "", in: "Sources/Web/StringHelpers.swift", line: 0),
    .bad(.namesSayWhatIsInside, "", in: "Sources/Core/Window.swift", line: 0),
    .bad(.namesSayWhatIsInside, "", in: "Sources/Web/Placeholder.swift", line: 0),
    .bad(.namesSayWhatIsInside, "", in: "Sources/Web/Date+Extensions.swift", line: 0),
    .good(.namesSayWhatIsInside, "", in: "Sources/Web/Inbox/InboxModel.swift"),
    .good(.namesSayWhatIsInside, "", in: "Sources/Gateway/Cores.swift"),
  ]

  private static let tests: [Plant] = [
    .bad(.testsDoNotSleep, "try await Task.sleep(for: .seconds(1))", in: "Tests/WebTests/A.swift"),
    .bad(.testsDoNotSleep, "try await clock.sleep(for: every)", in: "Tests/WebTests/A.swift"),
    .bad(.testsDoNotSleep, "sleep(1)", in: "Tests/WebTests/A.swift"),
    .good(
      .testsDoNotSleep,
      "try await clock.sleep(for: every)",
      in: "Tests/CLITests/Harness/Patience.swift"
    ),
    .good(.testsDoNotSleep, "func sleep(for time: Duration) {}", in: "Tests/WebTests/A.swift"),
    .bad(
      .testsAreNamedBySentences,
      "@Test(.tags(.a)) func windowCloses() {}",
      in: "Tests/WebTests/A.swift"
    ),
    .bad(
      .testsAreNamedBySentences,
      "@Test(arguments: [\n  1,\n])\nfunc a(_ b: Int) {}",
      in: "Tests/WebTests/A.swift",
      line: 4
    ),
    .good(
      .testsAreNamedBySentences,
      "@Test(arguments: [1]) func `a window closes`() {}",
      in: "Tests/WebTests/A.swift"
    ),
    .bad(
      .dependenciesAreReleases,
      ".package(url: \"https://github.com/a/b\", branch: \"main\"),",
      in: "Package.swift"
    ),
    .bad(
      .dependenciesAreReleases,
      "\n.package(url: \"https://example.org/a/b\", from: \"1.0.0\"),",
      in: "Package.swift",
      line: 2
    ),
    .good(
      .dependenciesAreReleases,
      ".package(url: \"https://github.com/a/b\", from: \"1.0.0\"),",
      in: "Package.swift"
    ),
  ]

  private static func function(lineCount: Int) -> String {
    "func a() {\n" + filler(lineCount - 2) + "}\n"
  }

  private static func filler(_ lineCount: Int) -> String {
    String(repeating: "  let a = \"}\"\n", count: lineCount)
  }
}
