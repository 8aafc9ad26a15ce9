import CloudAPI
import Foundation

extension Settings {
  /// Every setting there is, by the name of its environment variable.
  enum Key: String, CaseIterable, Sendable {
    case listen = "CAREWINDOW_LISTEN"
    case publicURL = "CAREWINDOW_PUBLIC_URL"
    case database = "CAREWINDOW_DATABASE"
    case metaURL = "CAREWINDOW_META_URL"
    case metaVersion = "CAREWINDOW_META_VERSION"
    case appSecret = "CAREWINDOW_APP_SECRET"
    case verifyToken = "CAREWINDOW_VERIFY_TOKEN"
    case secretKey = "CAREWINDOW_SECRET_KEY"
    case safetyMargin = "CAREWINDOW_SAFETY_MARGIN"
    case metricsListen = "CAREWINDOW_METRICS_LISTEN"
    case callbackNetworks = "CAREWINDOW_CALLBACK_NETWORKS"
    case mediaKeepDays = "CAREWINDOW_MEDIA_KEEP_DAYS"
    case clock = "CAREWINDOW_CLOCK"
    case logLevel = "CAREWINDOW_LOG_LEVEL"
    case logFormat = "CAREWINDOW_LOG_FORMAT"

    /// The shorter spelling, for files.
    var word: String { rawValue.dropFirst(Self.prefix.count).lowercased() }

    fileprivate static let prefix = "CAREWINDOW_"
    /// Of the team inbox: a file may hold them before there is anything to read them.
    fileprivate static let wordsToCome: Set = ["trusted_proxies"]

    /// Whether a file's key names a setting, in either spelling.
    fileprivate static func isKnown(_ name: String) -> Bool {
      let word = name.hasPrefix(prefix) ? name.dropFirst(prefix.count).lowercased() : name
      return allCases.contains { $0.word == word } || wordsToCome.contains(word)
    }

    /// The setting whose word takes the fewest changes to become `name`.
    fileprivate static func nearest(to name: String) -> Key {
      let word = name.lowercased().replacing(prefix.lowercased(), with: "")
      return allCases.min { changes($0.word, word) < changes($1.word, word) } ?? .listen
    }

    /// How many letters must be changed, added or left out to get from one word to the other (Levenshtein's distance).
    private static func changes(_ one: String, _ other: String) -> Int {
      let other = Array(other)
      var row = Array(0...other.count)
      for (index, letter) in one.enumerated() {
        let last = row
        row[0] = index + 1
        for column in other.indices {
          let replaced = last[column] + (letter == other[column] ? 0 : 1)
          row[column + 1] = min(replaced, last[column + 1] + 1, row[column] + 1)
        }
      }
      return row.last ?? 0
    }
  }

  /// Refuses a file with a key that is no setting: what is misspelt would be ignored, and the default taken.
  static func checkKeys(of file: String) throws {
    guard let bytes = FileManager.default.contents(atPath: file) else { return }
    let names =
      file.hasSuffix(".json")
      ? try JSON.parse(Array(bytes)).members.map(\.key)
      : yamlKeys(String(decoding: bytes, as: UTF8.self))
    guard let unknown = names.first(where: { !Key.isKnown($0) }) else { return }
    let nearest = Key.nearest(to: unknown)
    throw Failure(
      "\(file) has the key \(unknown), which is no setting. Did you mean \(nearest.word)? "
        + "docs/reference/settings.md has all of them."
    )
  }

  /// The keys of a YAML file's outermost mapping, which is all that settings need.
  private static func yamlKeys(_ text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).compactMap { line in
      guard let first = line.first, !first.isWhitespace, !"#-%{.".contains(first),
        let colon = line.firstIndex(of: ":")
      else { return nil }
      return line[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: " \"'"))
    }
  }
}
