/// Bytes of media per second through the façade in both directions, and the memory it takes, beside the sandbox
/// directly and beside nginx that hands them on as they come.
struct MediaBytes {
  /// A road to the simulated Meta.
  private enum Road: String, CaseIterable {
    case direct = "sandbox directly"
    case nginx = "through nginx"
    case facade = "through carewindow"
  }

  /// What one round found of one road, in MiB a second.
  private struct Round {
    var up = 0.0
    var down = 0.0
    var downTogether = 0.0
  }

  /// A large document.
  private static let largeMiB = 60
  /// The largest video; so many at once that the sandbox's shelf has room for all.
  private static let videoMiB = 16
  private static let together = 8
  /// How often a file is downloaded: one takes a tenth of a second.
  private static let downloads = 4

  private let workplace: Workplace
  private var rounds: [Road: [Round]] = [:]
  private var section = BenchmarkReport.Section(
    "media",
    "Façade: files of \(largeMiB) MiB, and \(together) of \(videoMiB) MiB at once, to and from the sandbox"
  )

  init(_ workplace: Workplace) {
    self.workplace = workplace
  }

  /// Measures the roads in turn.
  mutating func run() async throws -> BenchmarkReport.Section {
    let workplace = workplace
    let (found, before, after) = try await NodesScene.play(nodes: 1, in: workplace) { scene in
      let node = scene.nodes.first
      let nginx = try? await NginxProxy.start(
        before: scene.sandbox.port,
        isStreaming: true,
        in: workplace
      )
      return try await doing {
        let before = ProcessFigures.peakResidentMiB(node.child.pid) ?? 0
        var roads: [Road: MediaClient] = [
          .direct: MediaClient(port: scene.sandbox.port, token: SandboxServer.accessToken),
          .facade: MediaClient(port: node.port, token: node.token),
        ]
        if let nginx {
          roads[.nginx] = MediaClient(port: nginx.port, token: SandboxServer.accessToken)
        }
        var found: [(Road, Round)] = []
        for road in workplace.turns(of: Road.allCases).joined() {
          guard let client = roads[road] else { continue }
          found.append((road, try await Self.take(client)))
          workplace.say("\(road.rawValue): \(Int(found[found.count - 1].1.down)) MiB a second")
        }
        return (found, before, ProcessFigures.peakResidentMiB(node.child.pid) ?? 0)
      } finally: {
        await nginx?.child.stop()
      }
    }
    for (road, round) in found { rounds[road, default: []].append(round) }
    report()
    section.add("carewindow: most memory resident before", before, "MiB")
    section.add("carewindow: most memory resident after", after, "MiB")
    return section
  }

  private static func take(_ client: MediaClient) async throws -> Round {
    var round = Round()
    var stopwatch = Stopwatch()
    let id = try await client.upload(bytes: largeMiB << 20)
    round.up = Double(largeMiB) / stopwatch.seconds
    let path = try await client.path(of: id)
    stopwatch = Stopwatch()
    for _ in 0..<downloads { try await client.take(path, miB: largeMiB) }
    round.down = Double(largeMiB * downloads) / stopwatch.seconds
    try await client.delete(id)
    let video = try await client.upload(bytes: videoMiB << 20)
    let videoPath = try await client.path(of: video)
    stopwatch = Stopwatch()
    try await withThrowingTaskGroup { group in
      for _ in 0..<together { group.addTask { try await client.take(videoPath, miB: videoMiB) } }
      try await group.waitForAll()
    }
    round.downTogether = Double(videoMiB * together) / stopwatch.seconds
    try await client.delete(video)
    return round
  }

  private mutating func report() {
    let figures: [Figure<Round>] = [
      ("upload", "MiB/s", \.up), ("download", "MiB/s", \.down),
      ("\(Self.together) downloads at once", "MiB/s", \.downTogether),
    ]
    for road in Road.allCases { section.add(road.rawValue, rounds[road] ?? [], figures) }
    for other in [Road.direct, .nginx] {
      for figure in figures {
        section.add(
          "carewindow / \(other.rawValue): \(figure.name)",
          ratioOf: rounds[.facade] ?? [],
          to: rounds[other] ?? [],
          figure.value
        )
      }
    }
  }
}

extension MediaClient {
  /// Downloads a file, and throws unless all of it came.
  fileprivate func take(_ path: String, miB: Int) async throws {
    let came = try await download(path)
    guard came == miB << 20 else {
      throw ChildProcessError(description: "\(came) bytes came instead of \(miB << 20)")
    }
  }
}
