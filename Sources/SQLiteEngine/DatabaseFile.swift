import Foundation
import Storage

/// The file of a database: ours alone, or not touched.
struct DatabaseFile {
  let path: String

  /// Creates the file for this user only, or checks that the one that is there is ours.
  ///
  /// SQLite gives its side files (`-wal`, `-shm`) the owner and mode of the main file, so one
  /// check covers all three; a verb run as root must not leave side files that `serve` cannot open.
  func prepare() throws(StoreError) {
    if try !isOurs() { try create() }
  }

  /// Creates the file; of processes that start together one does, and the others take it.
  func create() throws(StoreError) {
    let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      let reason = errno
      if reason == EEXIST, try isOurs() { return }
      throw StoreError(
        code: .unavailable,
        message: "The database \(path) cannot be created: \(String(cString: strerror(reason)))"
      )
    }
    // A mask of the shell may have taken bits away, never added any; 0600 survives every usual one.
    _ = Foundation.close(descriptor)
  }

  /// Whether it is there; throws if it belongs to somebody else.
  private func isOurs() throws(StoreError) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    guard status.st_uid == geteuid() else { throw foreignOwner(status.st_uid) }
    return true
  }

  private func foreignOwner(_ user: uid_t) -> StoreError {
    let name = getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "#\(user)"
    return StoreError(
      code: .foreignOwner,
      message: """
        The database \(path) belongs to the user \(name); run the same command as that user: \
        sudo -u \(name) carewindow ...
        """
    )
  }
}
