import Dispatch
import Foundation
import GRDBSQLite
import Synchronization

/// A disk that tells when SQLite syncs, and that can be made full or broken.
///
/// A SQLite VFS that hands everything on to the default one. It becomes the process's default, so
/// that every engine opened after `install` goes through it; what it does is decided by the file's
/// path, so that tests do not meet.
final class WatchedDisk: Sendable {
  /// What happens to writes and syncs of a database.
  enum Health: Sendable {
    case well
    /// Writes fail with SQLITE_FULL.
    case full
    /// Syncs fail.
    case broken
    /// Syncs of the log wait.
    case held(DispatchSemaphore)
  }

  private struct State {
    var logSyncs: [String: Int] = [:]
    var health: [String: Health] = [:]
  }

  private static let state = Mutex(State())

  /// Installs the disk, once per process.
  static let install: Void = {
    guard let base = sqlite3_vfs_find(nil) else { return }
    let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    vfs.initialize(to: base.pointee)
    vfs.pointee.szOsFile = CInt(WatchedFile.headerBytes) + base.pointee.szOsFile
    vfs.pointee.zName = UnsafePointer(strdup("watched"))
    vfs.pointee.pAppData = UnsafeMutableRawPointer(base)
    vfs.pointee.xOpen = { vfs, name, file, flags, outFlags in
      guard let file, let base = vfs?.pointee.pAppData else { return SQLITE_CANTOPEN }
      return WatchedFile.open(
        base.assumingMemoryBound(to: sqlite3_vfs.self),
        name,
        file,
        flags,
        outFlags
      )
    }
    sqlite3_vfs_register(vfs, 1)
  }()

  /// How often the write-ahead log of a database was synced.
  static func logSyncs(_ path: String) -> Int {
    state.withLock { $0.logSyncs[path + "-wal", default: 0] }
  }

  /// Changes what happens to a database from now on.
  static func set(_ health: Health, _ path: String) {
    state.withLock { state in
      for suffix in ["", "-wal"] { state.health[path + suffix] = health }
    }
  }

  fileprivate static func health(_ name: String) -> Health {
    state.withLock { $0.health[name] ?? .well }
  }

  fileprivate static func synced(_ name: String) {
    state.withLock { $0.logSyncs[name, default: 0] += 1 }
  }
}

/// The file of the disk beneath.
private func beneath(
  _ file: UnsafeMutablePointer<sqlite3_file>
) -> UnsafeMutablePointer<sqlite3_file> {
  (UnsafeMutableRawPointer(file) + WatchedFile.headerBytes)
    .assumingMemoryBound(to: sqlite3_file.self)
}

/// The path of a file.
private func name(_ file: UnsafeMutablePointer<sqlite3_file>) -> String {
  UnsafeMutableRawPointer(file).assumingMemoryBound(to: WatchedFile.self).pointee.path
    .map { String(cString: $0) } ?? ""
}

/// A file on the watched disk: a header of ours, then the file of the disk beneath.
private struct WatchedFile {
  var header: sqlite3_file
  var path: UnsafeMutablePointer<CChar>?

  /// Rounded up, so that the file beneath is aligned.
  static let headerBytes = (MemoryLayout<WatchedFile>.size + 15) & ~15

  /// SQLITE_IOERR_FSYNC, a macro that Swift does not see.
  static let failedSync = SQLITE_IOERR | 4 << 8

  static func open(
    _ base: UnsafeMutablePointer<sqlite3_vfs>,
    _ name: UnsafePointer<CChar>?,
    _ file: UnsafeMutablePointer<sqlite3_file>,
    _ flags: CInt,
    _ outFlags: UnsafeMutablePointer<CInt>?
  ) -> CInt {
    let ours = UnsafeMutableRawPointer(file).assumingMemoryBound(to: WatchedFile.self)
    ours.initialize(to: WatchedFile(header: sqlite3_file(), path: name.map { strdup($0) }))
    let code = base.pointee.xOpen(base, name, beneath(file), flags, outFlags)
    // SQLite closes a file that has methods, even if it could not be opened.
    if beneath(file).pointee.pMethods != nil { ours.pointee.header.pMethods = methods }
    return code
  }

  // Proof: written once before anybody reads it, and never changed after, so threads may share it.
  nonisolated(unsafe) private static let methods: UnsafePointer<sqlite3_io_methods> = {
    let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    methods.initialize(to: sqlite3_io_methods())
    methods.pointee.iVersion = 2
    watchWrites(&methods.pointee)
    passOn(&methods.pointee)
    passOnSharedMemory(&methods.pointee)
    return UnsafePointer(methods)
  }()

  private static func watchWrites(_ methods: inout sqlite3_io_methods) {
    methods.xWrite = { file, data, count, offset in
      guard let file else { return SQLITE_IOERR }
      if case .full = WatchedDisk.health(name(file)) { return SQLITE_FULL }
      return beneath(file).pointee.pMethods.pointee.xWrite(beneath(file), data, count, offset)
    }
    methods.xSync = { file, flags in
      guard let file else { return SQLITE_IOERR }
      switch WatchedDisk.health(name(file)) {
      case .broken: return WatchedFile.failedSync
      case .held(let disk): disk.wait()
      case .well, .full: break
      }
      let code = beneath(file).pointee.pMethods.pointee.xSync(beneath(file), flags)
      if code == SQLITE_OK { WatchedDisk.synced(name(file)) }
      return code
    }
    methods.xClose = { file in
      guard let file else { return SQLITE_IOERR }
      let ours = UnsafeMutableRawPointer(file).assumingMemoryBound(to: WatchedFile.self)
      free(ours.pointee.path)
      return beneath(file).pointee.pMethods.pointee.xClose(beneath(file))
    }
  }

  private static func passOn(_ methods: inout sqlite3_io_methods) {
    methods.xRead = { file, data, count, offset in
      guard let file else { return SQLITE_IOERR }
      return beneath(file).pointee.pMethods.pointee.xRead(beneath(file), data, count, offset)
    }
    methods.xTruncate = { file, size in
      guard let file else { return SQLITE_IOERR }
      return beneath(file).pointee.pMethods.pointee.xTruncate(beneath(file), size)
    }
    methods.xFileSize = { file, size in
      guard let file else { return SQLITE_IOERR }
      return beneath(file).pointee.pMethods.pointee.xFileSize(beneath(file), size)
    }
    methods.xLock = { file, level in
      guard let file else { return SQLITE_IOERR }
      return beneath(file).pointee.pMethods.pointee.xLock(beneath(file), level)
    }
    methods.xUnlock = { file, level in
      guard let file else { return SQLITE_IOERR }
      return beneath(file).pointee.pMethods.pointee.xUnlock(beneath(file), level)
    }
    methods.xCheckReservedLock = { file, result in
      guard let file else { return SQLITE_IOERR }
      return beneath(file).pointee.pMethods.pointee.xCheckReservedLock(beneath(file), result)
    }
    methods.xFileControl = { file, operation, argument in
      guard let file else { return SQLITE_IOERR }
      return beneath(file).pointee.pMethods.pointee.xFileControl(
        beneath(file),
        operation,
        argument
      )
    }
    methods.xSectorSize = { file in
      guard let file else { return 4_096 }
      return beneath(file).pointee.pMethods.pointee.xSectorSize(beneath(file))
    }
    methods.xDeviceCharacteristics = { file in
      guard let file else { return 0 }
      return beneath(file).pointee.pMethods.pointee.xDeviceCharacteristics(beneath(file))
    }
  }

  private static func passOnSharedMemory(_ methods: inout sqlite3_io_methods) {
    methods.xShmMap = { file, page, size, extend, result in
      guard let file else { return SQLITE_IOERR }
      return beneath(file).pointee.pMethods.pointee.xShmMap(
        beneath(file),
        page,
        size,
        extend,
        result
      )
    }
    methods.xShmLock = { file, offset, count, flags in
      guard let file else { return SQLITE_IOERR }
      return beneath(file).pointee.pMethods.pointee.xShmLock(beneath(file), offset, count, flags)
    }
    methods.xShmBarrier = { file in
      guard let file else { return }
      beneath(file).pointee.pMethods.pointee.xShmBarrier(beneath(file))
    }
    methods.xShmUnmap = { file, delete in
      guard let file else { return SQLITE_IOERR }
      return beneath(file).pointee.pMethods.pointee.xShmUnmap(beneath(file), delete)
    }
  }
}
