package import Foundation

/// A program of the tests' that runs beside them.
///
/// Not Foundation's `Process`: on Linux that learns of a program's end from a socket the program holds, and whatever is
/// started in the same moment may inherit it; then a command seems to run until a server has ended that has nothing to do
/// with it (swift-corelibs-foundation, issue 4795). Here the system is asked, and nothing is inherited.
package struct Spawn: Sendable {
  /// A program could not be started.
  package struct Trouble: Error, CustomStringConvertible {
    /// Which, and why.
    package let description: String
  }

  /// More descriptors than the tests ever hold.
  private static let descriptorsMax: Int32 = 4096

  /// Its number, until `wait` has returned.
  package let pid: pid_t

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - command: Its path or name, and what it is given.
  ///   - environment: The whole of it; by default that of the tests.
  ///   - folder: Where it works.
  ///   - input: What it reads; closed by the caller, as the others are. Nil is nothing.
  ///   - output: Where it writes.
  ///   - errors: Where it complains.
  /// - Throws: `Trouble`.
  package init(
    _ command: [String],
    environment: [String: String] = ProcessInfo.processInfo.environment,
    in folder: String,
    input: Int32? = nil,
    output: Int32? = nil,
    errors: Int32? = nil
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (ours, its) in zip([input, output, errors], Int32(0)...) {
      if let ours {
        posix_spawn_file_actions_adddup2(&actions, ours, its)
      } else {
        posix_spawn_file_actions_addopen(&actions, its, "/dev/null", O_RDWR, 0)
      }
    }
    // Also those that are opened while it starts; closing what is not open does no harm.
    for descriptor in 3..<Self.descriptorsMax {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The threads that tests run on hold back most signals, and a program begins with what its parent has.
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))

    // POSIX has no way to say where a program works; the shell makes way for it.
    let words =
      (["/bin/sh", "-c", #"cd "$0" && exec "$@""#, folder] + command).map { strdup($0) } + [nil]
    let settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + settings { free(word) } }
    var pid: pid_t = 0
    let status = posix_spawn(&pid, "/bin/sh", &actions, &attributes, words, settings)
    guard status == 0 else {
      throw Trouble(
        description: "\(command) cannot be started: \(String(cString: strerror(status)))"
      )
    }
    self.pid = pid
  }

  /// Waits on the calling thread until it has ended, once.
  ///
  /// - Returns: How it ended, as a shell has it: 128 and the signal for a program that was killed.
  package func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }

  /// Runs a command to its end, on the calling thread.
  ///
  /// - Parameters:
  ///   - command: Its path or name, and what it is given.
  ///   - folder: Where it works.
  /// - Returns: What it printed, without the space around it.
  /// - Throws: `Trouble`, with what it complained about.
  @discardableResult
  package static func run(_ command: [String], in folder: String) throws -> String {
    let (output, errors) = (Pipe(), Pipe())
    let program = try Spawn(
      command,
      in: folder,
      output: output.fileHandleForWriting.fileDescriptor,
      errors: errors.fileHandleForWriting.fileDescriptor
    )
    try output.fileHandleForWriting.close()
    try errors.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaint = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(),
      as: UTF8.self
    )
    guard program.wait() == 0 else {
      throw Trouble(description: "\(command.joined(separator: " ")): \(complaint)")
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
