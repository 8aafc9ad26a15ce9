import Foundation
import Synchronization

/// A disk that can be made full, and freed again.
final class SmallDisk: Sendable {
  /// How it is made full.
  enum Kind: String, Sendable, CaseIterable {
    /// A file system of a few megabytes in memory: as it really happens, but only root may mount it.
    case mounted
    /// A folder in which no file may grow (`RLIMIT_FSIZE`), which anybody may ask for.
    case limited

    /// The kinds that this process may make.
    static let possible: [Kind] = SmallDisk.canMount ? [.mounted, .limited] : [.limited]
  }

  let path: String
  private let kind: Kind

  /// Room for an empty database and its log, and not for much more.
  private static let options = "size=6m"

  private static let canMount: Bool = {
    let path = NSTemporaryDirectory() + "/carewindow-mount-\(getpid())"
    guard let disk = try? SmallDisk(.mounted, at: path) else { return false }
    disk.unmount()
    rmdir(path)
    return true
  }()

  init(_ kind: Kind, at path: String) throws {
    self.kind = kind
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard kind == .limited || mount("tmpfs", path, "tmpfs", 0, Self.options) == 0 else {
      throw HarnessError("A small disk cannot be mounted at \(path).")
    }
  }

  /// Starts a gateway that does not die of a file that may not grow, with a number and a token.
  func open(_ world: World, _ changes: [String: String]) async throws {
    let child = try world.start(
      "serve",
      program: "/bin/bash",
      ["-c", "trap '' XFSZ; exec \"$0\" serve", world.executable],
      environment: world.settings.merging(changes) { _, change in change }
    )
    world.state.withLock { $0.gateway = child }
    try await world.ready()
    try await world.addNumber(changes: changes)
    try await world.createToken(changes: changes)
  }

  /// Leaves not a byte.
  func fill(_ world: World) async throws {
    switch kind {
    case .limited:
      let files = try FileManager.default.contentsOfDirectory(atPath: path)
      let sizes = try files.map { name in
        try FileManager.default.attributesOfItem(atPath: path + "/" + name)[.size] as? UInt64 ?? 0
      }
      try await limit(world, to: sizes.max() ?? 0)
    case .mounted:
      let descriptor = Foundation.open(filler, O_WRONLY | O_CREAT | O_APPEND, 0o600)
      guard descriptor >= 0 else { throw HarnessError("\(filler) cannot be written.") }
      defer { close(descriptor) }
      let block = [UInt8](repeating: 0, count: 4096)
      while write(descriptor, block, block.count) > 0 {}
    }
  }

  func free(_ world: World) async throws {
    switch kind {
    case .limited: try await limit(world, to: nil)
    case .mounted: try FileManager.default.removeItem(atPath: filler)
    }
  }

  func unmount() { if kind == .mounted { umount2(path, Int32(MNT_DETACH)) } }

  private var filler: String { path + "/filler" }

  /// Lets no file of the running gateway grow beyond so many bytes; `nil`: as far as it likes.
  ///
  /// Only the soft limit is moved, so that it can be raised again by whoever is not root.
  private func limit(_ world: World, to bytes: UInt64?) async throws {
    let soft = bytes.map { "\($0)" } ?? "unlimited"
    let child = try world.start(
      "prlimit",
      program: "/usr/bin/env",
      ["prlimit", "--pid", "\(try world.served.pid)", "--fsize=\(soft):"],
      environment: [:]
    )
    guard try await child.end() == 0 else {
      throw HarnessError("The limits of the gateway cannot be changed: \(child.errors)")
    }
  }
}
