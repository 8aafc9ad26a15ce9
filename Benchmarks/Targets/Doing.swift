/// Does some work, and puts in order what it leaves, however it ends.
///
/// A `defer` cannot wait.
func doing<Found>(
  _ work: () async throws -> Found,
  finally end: () async -> Void
) async throws -> Found {
  do {
    let found = try await work()
    await end()
    return found
  } catch {
    await end()
    throw error
  }
}
