/// A server under load.
struct RunningServer: Sendable {
  let child: ChildProcess
  let port: Int

  /// Puts a load on it, and reads beside it what the server's process uses.
  func measure(_ load: Load) async throws -> Measured { try await [self].measure(load) }
}

extension [RunningServer] {
  /// Puts a load on servers, evenly spread, and reads beside it what their processes use together.
  func measure(_ load: Load) async throws -> Measured {
    let before = map { ProcessFigures.processorMicroseconds($0.child.pid) }
    let result = try await LoadGenerator.run(load, ports: map(\.port))
    let after = map { ProcessFigures.processorMicroseconds($0.child.pid) }
    let used = zip(before, after).compactMap { before, after in
      before.flatMap { before in after.map { $0 - before } }
    }
    let answers = result.answers.values.reduce(0, +)
    guard used.count == count, answers > 0 else {
      let outputs = map { $0.child.output.suffix(800) }.joined(separator: "\n")
      throw ChildProcessError(description: "no answers: \(outputs)")
    }
    return Measured(load: result, processorMicroseconds: used.reduce(0, +) / Double(answers))
  }
}

/// What a server did under a load.
struct Measured: Sendable {
  let load: LoadResult
  /// Processor time of the server's process per answer, user and system, all threads.
  let processorMicroseconds: Double
}
