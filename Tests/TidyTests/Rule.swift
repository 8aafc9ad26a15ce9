import Testing

/// A place that breaks a rule, said so that an editor can jump to it.
struct Finding: Equatable, CustomStringConvertible {
  let path: String
  /// 1-based; 0 when the whole file or its name is meant.
  let line: Int
  /// What is wrong and what to do instead.
  let advice: String

  var description: String { "\(path):\(line): \(advice)" }
}

/// One rule over one Swift file.
///
/// A value, so that a test can plant a violation and see it found.
struct Rule: Sendable, CustomTestStringConvertible {
  /// The rule as a sentence that is true of a tidy repository.
  let sentence: String
  let check: @Sendable (SourceText) -> [Finding]

  var testDescription: String { sentence }

  /// Every rule that looks at one Swift file at a time.
  static let all: [Rule] = [
    .roomsImportOnlyAlongTheArrows, .roomsImportOnlyTheirOwnLibraries,
    .packageDeclarationsAreDocumented, .nothingIsPublic,
    .filesAreShort, .functionsFitAScreen,
    .clocksAndChanceAreBroughtIn, .onlyTheCommandLinePrints,
    .tasksHaveOwners, .uncheckedSendableIsProved, .forcedTriesAreAbsent, .fatalErrorsGiveAReason,
    .catchesAreNotEmpty, .staticStateIsAbsent, .todosCarryAnIssue,
    .namesSayWhatIsInside, .testsDoNotSleep, .testsAreNamedBySentences, .dependenciesAreReleases,
  ]
}

extension SourceText {
  /// Whether the file lies in one of these folders, given from the root and without a final slash.
  func isIn(_ folders: String...) -> Bool {
    folders.contains { path.hasPrefix($0 + "/") }
  }

  /// A finding per line on which one of the patterns stands in the code.
  func findings(
    of patterns: [String],
    afterDot: Bool = false,
    unless isFine: (Int) -> Bool = { _ in false },
    advice: (String) -> String
  ) -> [Finding] {
    patterns.flatMap { pattern in
      lines(with: pattern, afterDot: afterDot).filter { !isFine($0) }
        .map { Finding(path: path, line: $0, advice: advice(pattern)) }
    }
  }
}
