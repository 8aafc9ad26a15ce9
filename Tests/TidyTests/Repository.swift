import Foundation

/// The repository this test was built from, read once.
struct Repository {
  /// Every file that is not built or fetched, by its path from the root.
  let paths: [String]
  private let root: URL

  /// The checkout around this file.
  static let here = Repository(root: URL(filePath: #filePath).ancestor(3))

  init(root: URL) {
    self.root = root
    var found: [String] = []
    var folders = [""]
    while let folder = folders.popLast() {
      let address = folder.isEmpty ? root : root.appending(path: folder)
      let entries = try? FileManager.default.contentsOfDirectory(
        at: address,
        includingPropertiesForKeys: [.isDirectoryKey]
      )
      for entry in entries ?? [] {
        let name = entry.lastPathComponent
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        let values = try? entry.resourceValues(forKeys: [.isDirectoryKey])
        if values?.isDirectory ?? false {
          if !Self.isForeign(name) { folders.append(path) }
        } else {
          found.append(path)
        }
      }
    }
    paths = found.sorted()
  }

  /// Folders that git ignores: what is built, fetched or generated.
  private static func isForeign(_ name: String) -> Bool {
    [".git", ".venv", ".swiftpm", "site", "__pycache__", "node_modules"].contains(name)
      || name.hasPrefix(".build")
  }

  /// What a file says; empty where it is not text.
  func text(_ path: String) -> String {
    guard let data = FileManager.default.contents(atPath: root.appending(path: path).path) else {
      return ""
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// The files under any of the folders with one of these endings, each with what it says.
  func files(under folders: [String] = [""], ending: [String]) -> [(path: String, text: String)] {
    paths.filter { path in
      folders.contains { path.hasPrefix($0) } && ending.contains { path.hasSuffix($0) }
    }.map { ($0, text($0)) }
  }

  /// Every Swift file of ours, lexed once.
  static let sources: [SourceText] = here.files(ending: [".swift"]).map {
    SourceText(path: $0.path, text: $0.text)
  }
}

extension URL {
  fileprivate func ancestor(_ steps: Int) -> URL {
    (0..<steps).reduce(self) { url, _ in url.deletingLastPathComponent() }
  }
}
