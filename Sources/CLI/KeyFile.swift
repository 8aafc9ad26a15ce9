import Foundation
import Gateway

/// The secret key in a file of its own, beside the database.
struct KeyFile: Sendable {
  let path: String

  /// What the file holds; `nil` when there is none.
  func contents() -> [UInt8]? {
    FileManager.default.contents(atPath: path).map(Array.init)
  }

  /// Makes a key, or takes the one that another process made meanwhile.
  ///
  /// The file gets its name when it is whole and on the disk, and only if the name is free: of
  /// processes that start together one makes the key, and all seal with it.
  func make() throws -> [UInt8] {
    let key = Array(TokenSecret.make(SystemChance()).utf8)
    let draft = path + "." + SystemChance().identifier()
    defer { unlink(draft) }
    guard write(key, to: draft) else { throw unwritable() }
    if link(draft, path) == 0 { return key }
    guard errno == EEXIST, let other = contents() else { throw unwritable() }
    return other
  }

  private func write(_ key: [UInt8], to draft: String) -> Bool {
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // So few bytes go in one call, or the disk is full.
    return Foundation.write(descriptor, key, key.count) == key.count && fsync(descriptor) == 0
  }

  private func unwritable() -> Failure {
    Failure("The secret key cannot be written to \(path). Check the folder's permissions.")
  }
}
