/// A server under load.
struct RunningServer: Sendable {
  let child: ChildProcess
  let port: Int

  /// Puts a load on it, and reads beside it what the server's process uses.
  func measure(_ load: Load) async throws -> Measured {
    let before = ProcessFigures.processorMicroseconds(child.pid)
    let result = try await LoadGenerator.run(load, port: port)
    let after = ProcessFigures.processorMicroseconds(child.pid)
    let answers = result.answers.values.reduce(0, +)
    guard let before, let after, answers > 0 else {
      throw ChildProcessError(description: "no answers: \(child.output.suffix(800))")
    }
    return Measured(load: result, processorMicroseconds: (after - before) / Double(answers))
  }
}

/// What a server did under a load.
struct Measured: Sendable {
  let load: LoadResult
  /// Processor time of the server's process per answer, user and system, all threads.
  let processorMicroseconds: Double
}
