import Foundation
import NIOCore

/// A program that could not be started, or said no.
struct ChildProcessError: Error, CustomStringConvertible {
  let description: String
}

/// A program that runs beside the benchmark, its output in a file.
final class ChildProcess: Sendable {
  /// How long a program may take to end after SIGTERM before it is killed.
  private static let graceSeconds = 10.0

  private let process: Process
  private let siblings: Children
  /// Where its output goes.
  let log: String
  /// When it was started, in nanoseconds of the monotonic clock.
  let startedAt: UInt64

  /// Its process id.
  var pid: Int32 { process.processIdentifier }
  /// Whether it still runs.
  var isRunning: Bool { process.isRunning }

  /// Starts a program; `environment` is the whole of it, and `results` the file its standard output
  /// goes to if not to the log.
  init(
    _ executable: String,
    _ arguments: [String],
    environment: [String: String],
    directory: String,
    log: String,
    results: String? = nil,
    input: String? = nil,
    among siblings: Children
  ) throws {
    self.log = log
    self.siblings = siblings
    process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    let output = try Self.file(log)
    process.standardError = output
    process.standardOutput = try results.map(Self.file) ?? output
    if let input {
      let pipe = Pipe()
      try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
      try pipe.fileHandleForWriting.close()
      process.standardInput = pipe
    } else {
      process.standardInput = FileHandle.nullDevice
    }
    startedAt = NIODeadline.now().uptimeNanoseconds
    try Self.withoutSignalsHeldBack { try process.run() }
    siblings.started(pid)
  }

  /// The threads that tasks run on hold back most signals, and a program begins with what its parent has: pgbench would
  /// wait for its own alarm without end.
  private static func withoutSignalsHeldBack(_ work: () throws -> Void) rethrows {
    var (none, before) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try work()
  }

  private static func file(_ path: String) throws -> FileHandle {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else {
      throw ChildProcessError(description: "cannot write \(path)")
    }
    return file
  }

  /// Ends the program, by force if it takes too long or the benchmark is being cancelled.
  func stop() async {
    defer { siblings.ended(pid) }
    guard process.isRunning else { return }
    process.terminate()
    let patience = NIODeadline.now() + .nanoseconds(Int64(Self.graceSeconds * 1e9))
    while process.isRunning, NIODeadline.now() < patience, !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(5))
    }
    if process.isRunning { kill(pid, SIGKILL) }
  }

  /// Sends a signal that ends the program, and waits until it has ended.
  ///
  /// - Throws: `ChildProcessError` if it still runs after the time that `stop` gives.
  func end(by signal: Int32) async throws {
    kill(pid, signal)
    let patience = NIODeadline.now() + .nanoseconds(Int64(Self.graceSeconds * 1e9))
    while process.isRunning {
      guard NIODeadline.now() < patience else {
        throw ChildProcessError(description: "signal \(signal) did not end process \(pid)")
      }
      try await Task.sleep(for: .milliseconds(1))
    }
    siblings.ended(pid)
  }

  /// Runs a program to its end and gives its standard output; throws if it fails.
  static func run(
    _ executable: String,
    _ arguments: [String],
    environment: [String: String],
    directory: String,
    input: String? = nil,
    secondsMax: Double = 60,
    among siblings: Children
  ) async throws -> String {
    let results = directory + "/command.out"
    let child = try ChildProcess(
      executable,
      arguments,
      environment: environment,
      directory: directory,
      log: directory + "/command.err",
      results: results,
      input: input,
      among: siblings
    )
    defer { siblings.ended(child.pid) }
    let patience = NIODeadline.now() + .nanoseconds(Int64(secondsMax * 1e9))
    while child.isRunning {
      guard NIODeadline.now() < patience else {
        await child.stop()
        throw ChildProcessError(
          description:
            "\(executable) \(arguments.joined(separator: " ")): no end after \(secondsMax) s"
        )
      }
      try await Task.sleep(for: .milliseconds(2))
    }
    guard child.process.terminationStatus == 0 else {
      throw ChildProcessError(
        description:
          "\(executable) \(arguments.joined(separator: " ")): \(child.output.suffix(800))"
      )
    }
    return String(decoding: FileManager.default.contents(atPath: results) ?? Data(), as: UTF8.self)
  }

  /// What it has written to its log so far.
  var output: String {
    String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
  }

  /// The first program of that name on the path; nil if there is none.
  static func find(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return (path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/bin"])
      .map { $0 + "/" + name }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
