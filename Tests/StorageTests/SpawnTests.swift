import Foundation
import Support
import Testing

/// What every test relies on that starts a program.
@Suite(.timeLimit(.minutes(2))) struct `A program of the tests'` {
  /// With Foundation's `Process` commands waited until programs ended that had nothing to do with them.
  @Test func `is known to have ended whatever else was started in the same moment`() async throws {
    try #require(Self.isInherited() == false, "without this, the rest never ends")
    let pipe = Pipe()
    let reading = pipe.fileHandleForReading.fileDescriptor
    let lasting = try await withThrowingTaskGroup { group in
      for _ in 0..<3 {
        group.addTask { () throws -> [Spawn] in
          try (0..<60).map { _ in
            try Spawn(["cat"], in: "/tmp", input: reading)
          }
        }
        group.addTask { () throws -> [Spawn] in
          for _ in 0..<60 { #expect(try Spawn.run(["echo", "done"], in: "/tmp") == "done") }
          return []
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    // All of the others ran until now.
    try pipe.fileHandleForWriting.close()
    for program in lasting { #expect(program.wait() == 0) }
  }

  /// Whether a program has a descriptor of ours that nobody gave it.
  private static func isInherited() throws -> Bool {
    let pipe = Pipe()
    // A number that no shell takes for itself; `dup` leaves nothing that would close it by itself.
    let ours = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_DUPFD, 300)
    defer { close(ours) }
    let seen = try Spawn.run(["sh", "-c", "ls /proc/$$/fd"], in: "/tmp").split(separator: "\n")
    return seen.contains("\(ours)")
  }

  @Test func `says how it ended, and what it complained about`() throws {
    #expect(try Spawn(["sh", "-c", "exit 3"], in: "/tmp").wait() == 3)
    #expect(try Spawn(["sh", "-c", "kill -9 $$"], in: "/tmp").wait() == 128 + SIGKILL)
    let trouble = #expect(throws: Spawn.Trouble.self) {
      try Spawn.run(["sh", "-c", "echo no >&2; exit 1"], in: "/tmp")
    }
    #expect(trouble?.description == "sh -c echo no >&2; exit 1: no\n")
    #expect(try Spawn(["no such program"], in: "/tmp").wait() == 127)
  }
}
