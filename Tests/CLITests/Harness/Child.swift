import Foundation
import Support
import Synchronization

/// A program that runs beside the tests: its output in files, ended with them at the latest.
final class Child: Sendable {
  /// What the program has said so far, by file.
  let outputPath: String
  let errorPath: String

  let pid: Int32
  private let ended: Ended

  /// How it ended, for everybody who waits.
  private final class Ended: Sendable {
    private let state = Mutex<(status: Int32?, waiting: [CheckedContinuation<Int32, Never>])>(
      (nil, [])
    )

    func note(_ status: Int32) {
      let waiting = state.withLock { state in
        state.status = status
        defer { state.waiting = [] }
        return state.waiting
      }
      for continuation in waiting { continuation.resume(returning: status) }
    }

    func wait() async -> Int32 {
      await withCheckedContinuation { continuation in
        let status = state.withLock { state in
          if state.status == nil { state.waiting.append(continuation) }
          return state.status
        }
        if let status { continuation.resume(returning: status) }
      }
    }

    var status: Int32? { state.withLock { $0.status } }
  }

  /// Starts a program; `environment` is the whole of it.
  init(
    _ executable: String,
    _ arguments: [String],
    environment: [String: String],
    folder: String,
    name: String,
    input: String? = nil
  ) throws {
    outputPath = "\(folder)/\(name).out"
    errorPath = "\(folder)/\(name).err"
    let output = try Self.appending(to: outputPath)
    let error = try Self.appending(to: errorPath)
    var source: FileHandle?
    if let input {
      let path = "\(folder)/\(name).in"
      try Data(input.utf8).write(to: URL(fileURLWithPath: path))
      source = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    }
    let program = try Spawn(
      [executable] + arguments,
      environment: environment,
      in: folder,
      input: source?.fileDescriptor,
      output: output.fileDescriptor,
      errors: error.fileDescriptor
    )
    for file in [source, output, error] { try file?.close() }
    pid = program.pid
    Orphans.remember(pid)
    let ended = Ended()
    self.ended = ended
    Thread {
      let status = program.wait()
      Orphans.forget(program.pid)
      ended.note(status)
    }
    .start()
  }

  /// Opened for appending, so that a program that is started again goes on in the same file.
  private static func appending(to path: String) throws -> FileHandle {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw HarnessError("\(path) cannot be written.") }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
  }

  /// How it ended; nil while it runs.
  var status: Int32? { ended.status }

  var output: String { Self.text(outputPath) }
  var errors: String { Self.text(errorPath) }

  /// Waits until it has ended by itself.
  ///
  /// - Throws: `HarnessError` when it takes too long; it is killed then.
  func end(atMost: Duration = Patience.most) async throws -> Int32 {
    do {
      return try await Patience.until("the end of process \(pid)", atMost: atMost) { status }
    } catch {
      await kill()
      throw error
    }
  }

  /// Asks it to end.
  func terminate() { if ended.status == nil { send(SIGTERM) } }

  /// Has it stand still, as a machine does that swaps or is moved.
  func stop() { if ended.status == nil { send(SIGSTOP) } }

  /// Lets it go on.
  func goOn() { if ended.status == nil { send(SIGCONT) } }

  /// Ends it the way a power cut does.
  func kill() async {
    if ended.status == nil { send(SIGKILL) }
    _ = await ended.wait()
  }

  private func send(_ signal: Int32) {
    _ = Foundation.kill(pid, signal)
  }

  private static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}

/// Programs that would outlive the tests if these ended halfway.
private enum Orphans {
  private static let running = Mutex<Set<Int32>>([])
  private static let atEnd: Void = {
    atexit { for pid in Orphans.running.withLock({ $0 }) { kill(pid, SIGKILL) } }
  }()

  static func remember(_ pid: Int32) {
    _ = atEnd
    running.withLock { _ = $0.insert(pid) }
  }

  static func forget(_ pid: Int32) { running.withLock { _ = $0.remove(pid) } }
}
