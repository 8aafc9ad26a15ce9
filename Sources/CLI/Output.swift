import CloudAPI
import Foundation

/// Where verbs write: results to stdout, everything else to stderr.
enum Output {
  /// A result, for people.
  static func result(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }

  /// A result, for programs.
  static func result(_ json: JSON) {
    FileHandle.standardOutput.write(Data(json.serialized() + [0x0A]))
  }

  /// Anything that is no result.
  static func say(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }

  /// Rows under headings, columns aligned.
  static func table(_ headings: [String], _ rows: [[String]]) {
    let lines = [headings] + rows
    let widths = headings.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    for line in lines {
      let cells = zip(line, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      result(cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces))
    }
  }
}

/// Something a verb could not do, in a sentence for whoever typed it.
struct Failure: Error, CustomStringConvertible {
  /// What went wrong, and what to do.
  var description: String

  init(_ description: String) {
    self.description = description
  }
}
