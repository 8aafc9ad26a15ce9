import Foundation

/// The machine a benchmark ran on, and the build it measured.
package struct Machine: Sendable, Codable, CustomStringConvertible {
  /// The processor's model, as the system names it.
  package let processor: String
  /// How many cores the process may use.
  package let cores: Int
  /// Memory, in whole GiB.
  package let memoryGiB: Int
  /// The operating system and its version.
  package let system: String
  /// `release` or `debug`; numbers of a debug build mean nothing.
  package let build: String

  /// One line for people.
  package var description: String {
    let warning =
      build == "debug" ? " (numbers of a debug build mean nothing: build with -c release)" : ""
    return "\(cores) cores \(processor), \(memoryGiB) GiB, \(system), \(build) build\(warning)"
  }

  /// This machine and this build.
  static var current: Machine {
    let cpuinfo = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model = cpuinfo.split(separator: "\n").first { $0.hasPrefix("model name") }
    let processor = model?.split(separator: ":").last.map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    #if DEBUG
      let build = "debug"
    #else
      let build = "release"
    #endif
    return Machine(
      processor: processor ?? "unknown processor",
      cores: ProcessInfo.processInfo.processorCount,
      memoryGiB: Int(ProcessInfo.processInfo.physicalMemory >> 30),
      system: ProcessInfo.processInfo.operatingSystemVersionString,
      build: build
    )
  }
}
