import NIOCore

/// Texts to customers whose windows are open, as programs send them.
enum Texts {
  /// Customers written to in turn, so that no two sends to one meet.
  static let customers = 1000
  /// Connections that find how many sends a second are possible.
  static let connections = 32
  /// How long the customers' windows may take to show.
  private static let patienceSeconds = 30.0

  /// Lets every customer write, and waits until the last window shows.
  static func openWindows(_ sandbox: SandboxServer, _ server: CareWindowServer) async throws {
    let phone = try await Caller.connect(port: sandbox.port)
    let reader = try await Caller.connect(port: server.port)
    defer {
      phone.close()
      reader.close()
    }
    for index in 0..<customers {
      try await sandbox.write(from: Webhooks.customer(index), over: phone)
    }
    let stopwatch = Stopwatch()
    for index in 0..<customers {
      while try await server.windowState(of: Webhooks.customer(index), over: reader) != "open" {
        guard stopwatch.seconds < patienceSeconds else {
          throw ChildProcessError(description: "a window did not open within half a minute")
        }
        try await Task.sleep(for: .milliseconds(5))
      }
    }
  }

  /// As many sends as are possible over so many connections.
  static func load(_ token: String, connections: Int, in workplace: Workplace) -> Load {
    // A send passes two servers here; 10,000 a second are out of reach.
    let count = Int((workplace.seconds + workplace.warmUp) * 10_000)
    return Load(
      supply: supply(count: count, token: token),
      connections: connections,
      pace: .closed,
      warmUp: workplace.warmUp,
      seconds: workplace.seconds
    )
  }

  /// Sends to the customers in turn.
  static func supply(count: Int, token: String) -> RequestSupply {
    RequestSupply(count: count) { index, bytes in
      let body = """
        {"messaging_product":"whatsapp","recipient_type":"individual",\
        "to":"\(Webhooks.customer(index % customers))","type":"text",\
        "text":{"body":"Your bike is ready, number \(Webhooks.padded(index, to: 8))."}}
        """
      bytes.writeHead(
        "POST",
        "/v24.0/\(Webhooks.phoneNumberID)/messages",
        headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")],
        bodyBytes: body.utf8.count
      )
      bytes.writeString(body)
    }
  }
}
