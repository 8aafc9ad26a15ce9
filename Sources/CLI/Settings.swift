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
      throw Problem(
        name: files.last ?? yaml,
        reason: "cannot be read (\(error))",
        example: "listen: 127.0.0.1:8080"
      )
    }
    self.files = files
    reader = ConfigReader(providers: providers)
  }

  /// The text of a setting; `nil` when it is not set or empty.
  func text(_ key: String) -> String? {
    // An integer in YAML is a number, not text.
    let value =
      reader.string(forKey: ConfigKey([key]))
      ?? reader.int(forKey: ConfigKey([key])).map(String.init)
    return value.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The text of a setting that must be there.
  func required(_ key: String, example: String) throws(Problem) -> String {
    guard let value = text(key) else {
      throw Problem(name: Self.environmentName(key), reason: "is not set", example: example)
    }
    return value
  }

  /// A whole number within a range.
  func integer(
    _ key: String,
    default fallback: Int,
    in range: ClosedRange<Int>
  ) throws(Problem) -> Int {
    guard let value = text(key) else { return fallback }
    guard let number = Int(value), range.contains(number) else {
      throw Problem(
        name: Self.environmentName(key),
        reason: "must be a whole number from \(range.lowerBound) to \(range.upperBound)",
        example: "\(fallback)"
      )
    }
    return number
  }

  /// Comma separated values, without the empty ones.
  func list(_ key: String) -> [String] {
    (text(key) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  static func environmentName(_ key: String) -> String { "CAREWINDOW_" + key.uppercased() }

  private static func environmentSpelling(_ key: AbsoluteConfigKey) -> AbsoluteConfigKey {
    AbsoluteConfigKey(key.components.map(environmentName))
  }

  private static func directory(of database: String?) -> String {
    guard let database, database.hasPrefix("sqlite:") else { return "." }
    let directory = (String(database.dropFirst("sqlite:".count)) as NSString)
      .deletingLastPathComponent
    return directory.isEmpty ? "." : directory
  }
}
