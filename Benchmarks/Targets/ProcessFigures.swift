import Foundation

/// What the kernel says about a running process (Linux: `/proc`).
enum ProcessFigures {
  /// The processor time it used so far, user and system, in microseconds; nil if it is gone.
  static func processorMicroseconds(_ pid: Int32) -> Double? {
    // The name may hold blanks and brackets: count fields after the last bracket.
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let bracket = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: bracket)...].split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return nil
    }
    return (user + system) * 1_000_000 / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// The processes that a process has started, and that still run.
  static func children(of pid: Int32) -> [Int32] {
    let path = "/proc/\(pid)/task/\(pid)/children"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
  }

  /// The memory resident now, in MiB; nil if the process is gone.
  static func residentMiB(_ pid: Int32) -> Double? { mebibytes(pid, "VmRSS:") }

  /// The most memory that was ever resident, in MiB; nil if the process is gone.
  static func peakResidentMiB(_ pid: Int32) -> Double? { mebibytes(pid, "VmHWM:") }

  private static func mebibytes(_ pid: Int32, _ name: String) -> Double? {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8) else {
      return nil
    }
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    let number = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
    return number.flatMap { Double($0) }.map { $0 / 1024 }
  }
}
