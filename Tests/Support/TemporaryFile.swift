import Foundation

/// The path of a database that is removed with its side files.
///
/// In memory where the system has a file system there: what a test needs is the file, not its disk.
package struct TemporaryFile: Sendable {
  /// Where it is.
  package let path: String

  /// Makes up a path at which there is nothing.
  package init() {
    let memory = URL(filePath: "/dev/shm", directoryHint: .isDirectory)
    let folder =
      FileManager.default.isWritableFile(atPath: memory.path)
      ? memory : FileManager.default.temporaryDirectory
    path = folder.appending(path: "carewindow-test-\(UUID().uuidString).sqlite").path
  }

  /// Removes it.
  package func remove() {
    for suffix in ["", "-wal", "-shm"] {
      // What was never made needs no removing.
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
  }
}
