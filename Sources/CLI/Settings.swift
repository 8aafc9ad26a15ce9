import Configuration
import Foundation
import SystemPackage

/// What the environment and the file beside the database say, read once and checked.
///
/// Every key exists in two spellings: `CAREWINDOW_PUBLIC_URL` in the environment, which wins, and `public_url` (or the
/// environment's spelling) in `carewindow.yaml` or `carewindow.json`.
struct Settings: Sendable {
  /// A setting that is missing or wrong: one sentence that names it, and an example.
  struct Problem: Error, CustomStringConvertible {
    var name: String
    var reason: String
    var example: String

    var description: String { "\(name) \(reason). Example: \(name)=\(example)" }
  }

  private let reader: ConfigReader
  /// The files that were read, for messages.
  let files: [String]

  /// Reads the environment and, beside the database, `carewindow.yaml` and `carewindow.json`.
  init(environment: [String: String] = ProcessInfo.processInfo.environment) async throws {
    let directory = Self.directory(of: environment["CAREWINDOW_DATABASE"])
    var providers: [any ConfigProvider] = [
      EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "carewindow")
    ]
    var files: [String] = []
    let yaml = directory + "/carewindow.yaml"
    let json = directory + "/carewindow.json"
    do {
      if FileManager.default.fileExists(atPath: yaml) {
        files.append(yaml)
        let file = try await FileProvider<YAMLSnapshot>(filePath: FilePath(yaml))
        providers += [file, file.mapKeys(Self.environmentSpelling)]
      }
      if FileManager.default.fileExists(atPath: json) {
        files.append(json)
        let file = try await FileProvider<JSONSnapshot>(filePath: FilePath(json))
        providers += [file, file.mapKeys(Self.environmentSpelling)]
      }
    } catch {
      throw Failure("\(files.last ?? yaml) cannot be read: \(Self.cause(of: error))")
    }
    for file in files { try Self.checkKeys(of: file) }
    self.files = files
    reader = ConfigReader(providers: providers)
  }

  /// The text of a setting; `nil` when it is not set or empty.
  func text(_ key: Key) -> String? {
    // An integer in YAML is a number, not text.
    let value =
      reader.string(forKey: ConfigKey([key.word]))
      ?? reader.int(forKey: ConfigKey([key.word])).map(String.init)
    return value.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The text of a setting that must be there.
  func required(_ key: Key, example: String) throws(Problem) -> String {
    guard let value = text(key) else {
      throw Problem(name: key.rawValue, reason: "is not set", example: example)
    }
    return value
  }

  /// A whole number within a range.
  func integer(
    _ key: Key,
    default fallback: Int,
    in range: ClosedRange<Int>
  ) throws(Problem) -> Int {
    guard let value = text(key) else { return fallback }
    guard let number = Int(value), range.contains(number) else {
      throw Problem(
        name: key.rawValue,
        reason: "must be a whole number from \(range.lowerBound) to \(range.upperBound)",
        example: "\(fallback)"
      )
    }
    return number
  }

  /// Comma separated values, without the empty ones.
  func list(_ key: Key) -> [String] {
    (text(key) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  private static func environmentSpelling(_ key: AbsoluteConfigKey) -> AbsoluteConfigKey {
    AbsoluteConfigKey(key.components.map { "CAREWINDOW_" + $0.uppercased() })
  }

  /// Why a file cannot be read, on one line whatever the parser says.
  private static func cause(of error: any Error) -> String {
    "\(error)".split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { line in line.contains { $0 != "^" && $0 != "~" && $0 != " " } }
      .joined(separator: "; ")
  }

  private static func directory(of database: String?) -> String {
    guard let database, database.hasPrefix("sqlite:") else { return "." }
    let directory = (String(database.dropFirst("sqlite:".count)) as NSString)
      .deletingLastPathComponent
    return directory.isEmpty ? "." : directory
  }
}
