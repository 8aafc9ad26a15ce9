import CloudAPI
import CustomerCare
import Logging

/// How the process logs: to stderr, as text or as JSON lines.
enum Logs {
  /// Sets logging up, once, before anything logs.
  static func bootstrap(_ settings: Settings) throws(Settings.Problem) {
    let word = settings.text(.logLevel) ?? "info"
    guard let level = Logger.Level(rawValue: word) else {
      throw Settings.Problem(
        name: "CAREWINDOW_LOG_LEVEL",
        reason: "takes " + Logger.Level.allCases.map(\.rawValue).joined(separator: ", "),
        example: "info"
      )
    }
    switch settings.text(.logFormat) ?? "text" {
    case "text":
      LoggingSystem.bootstrap { label in
        var handler = StreamLogHandler.standardError(label: label)
        handler.logLevel = level
        return handler
      }
    case "json":
      LoggingSystem.bootstrap { label in JSONLogHandler(label: label, logLevel: level) }
    default:
      throw Settings.Problem(
        name: "CAREWINDOW_LOG_FORMAT",
        reason: "takes text or json",
        example: "json"
      )
    }
  }
}

/// One JSON object per line.
struct JSONLogHandler: LogHandler {
  let label: String
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line: [JSONMember] = [
      JSONMember("at", .string(SystemTime().now.rfc3339)),
      JSONMember("level", .string(event.level.rawValue)),
      JSONMember("label", .string(label)),
      JSONMember("message", .string("\(event.message)")),
    ]
    let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) {
      line.append(JSONMember(key, .string("\(value)")))
    }
    Output.say(String(decoding: JSON.object(line).serialized(), as: UTF8.self))
  }
}
