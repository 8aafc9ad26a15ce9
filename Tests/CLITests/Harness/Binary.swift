import Foundation

/// The built `carewindow`, which lies beside the bundle of these tests.
enum Binary {
  /// Its path.
  ///
  /// - Throws: `HarnessError` that says where it was looked for.
  static func path() throws -> String {
    let folders = [
      // On Linux the bundle is itself a program; a test helper loads it elsewhere.
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")),
      CommandLine.arguments.first, Bundle.main.executablePath, Bundle.main.bundlePath,
    ].compactMap { $0 }.map { ($0 as NSString).deletingLastPathComponent }
    let candidates = folders.map { $0 + "/carewindow" }
    guard let found = candidates.first(where: FileManager.default.isExecutableFile(atPath:)) else {
      throw HarnessError(
        "There is no carewindow beside the tests. Build it first: swift build --build-tests. Looked for: "
          + candidates.joined(separator: ", ")
      )
    }
    return found
  }

  /// The folder of the package, where `.build` is.
  static let package: String = {
    var url = URL(fileURLWithPath: #filePath)
    while url.pathComponents.count > 1,
      !FileManager.default.fileExists(atPath: url.appendingPathComponent("Package.swift").path)
    {
      url.deleteLastPathComponent()
    }
    return url.path
  }()
}

/// Something the tests themselves could not do.
struct HarnessError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
