import NIOCore
import NIOPosix

/// A port on loopback that nobody listens on at this moment.
func freePort() async throws -> Int {
  let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    .bind(host: "127.0.0.1", port: 0).get()
  let port = channel.localAddress?.port ?? 0
  try await channel.close()
  return port
}

/// Waits until a path answers 200, asking every millisecond; gives when it did, on the monotonic clock.
func waitUntilReady(
  port: Int,
  path: String,
  of child: ChildProcess,
  secondsMax: Int64 = 60
) async throws -> UInt64 {
  let patience = NIODeadline.now() + .seconds(secondsMax)
  while NIODeadline.now() < patience {
    if let answer = try? await Caller.ask(port: port, "GET", path), answer.status == 200 {
      return NIODeadline.now().uptimeNanoseconds
    }
    guard child.isRunning else {
      throw ChildProcessError(description: "ended at its start: \(child.output.suffix(800))")
    }
    try await Task.sleep(for: .milliseconds(1))
  }
  throw ChildProcessError(
    description: "no 200 from \(path) within \(secondsMax) s: \(child.output.suffix(800))"
  )
}
