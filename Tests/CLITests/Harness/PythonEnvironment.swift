import Foundation

/// Python with the packages of `Python/requirements.txt`, made once under `.build` and kept.
enum PythonEnvironment {
  private static let folder = Binary.package + "/.build/python"
  private static let scripts = Binary.package + "/Tests/CLITests/Python"
  private static let made = Task { try await make() }

  /// The path of a program of the environment, `python` or `st`.
  ///
  /// - Throws: `HarnessError` when it cannot be made, for instance without a network.
  static func program(_ name: String) async throws -> String {
    try await made.value
    return "\(folder)/bin/\(name)"
  }

  /// The path of one of our scripts.
  static func script(_ name: String) -> String { "\(scripts)/\(name)" }

  private static func make() async throws {
    let requirements = try String(contentsOfFile: scripts + "/requirements.txt", encoding: .utf8)
    let mark = folder + "/made-of"
    guard (try? String(contentsOfFile: mark, encoding: .utf8)) != requirements else { return }
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try await run("/usr/bin/env", ["python3", "-m", "venv", folder])
    try await run(
      folder + "/bin/pip",
      ["install", "--quiet", "--no-input", "--requirement", scripts + "/requirements.txt"]
    )
    try requirements.write(toFile: mark, atomically: true, encoding: .utf8)
  }

  private static func run(_ program: String, _ arguments: [String]) async throws {
    let child = try Child(
      program,
      arguments,
      // Where pip finds packages is the machine's business: its settings are in the environment.
      environment: ProcessInfo.processInfo.environment,
      folder: folder,
      name: "make"
    )
    let status = try await child.end(atMost: .seconds(600))
    guard status == 0 else {
      throw HarnessError(
        """
        The Python packages of these tests cannot be installed (python3-venv and a network are \
        needed): \(program) \(arguments.joined(separator: " ")) ended with \(status). \
        \(child.errors.suffix(2000))
        """
      )
    }
  }
}
