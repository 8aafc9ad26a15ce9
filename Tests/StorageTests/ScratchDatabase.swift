import Foundation
import Storage
import Synchronization

@testable import SQLiteEngine

/// Database files of tests, in a directory of their own that goes with the process.
enum ScratchDatabase {
  private static let count = Mutex(0)

  /// A path at which no file exists.
  static func path() -> String {
    let number = count.withLock { count in
      count += 1
      return count
    }
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("carewindow-tests-\(getpid())")
    try? FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    return directory.appendingPathComponent("\(number).db").path
  }

  /// An engine on a file; a new one unless a path is given.
  static func engine(
    _ path: String = path(),
    options: SQLiteEngine.Options = .init()
  ) throws -> SQLiteEngine {
    try SQLiteEngine(path: path, options: options, elapsed: elapsed)
  }

  private static let start = ContinuousClock.now
  private static let elapsed: @Sendable () -> Duration = { ContinuousClock.now - start }

  /// The size of a file; `nil` if there is none.
  static func bytes(_ path: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.intValue
  }

  /// Removes a database and its side files.
  static func remove(_ path: String) {
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
  }
}
