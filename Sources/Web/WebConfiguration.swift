/// Where the web listens, and how much it puts up with.
package struct WebConfiguration: Sendable {
  /// Where a listener listens.
  package struct Listen: Sendable, Hashable, CustomStringConvertible {
    /// A name or address of this machine, `127.0.0.1`.
    package var host: String
    /// The port; 0: any that is free, which `onServerRunning` is told.
    package var port: Int

    /// Names a place to listen.
    package init(host: String, port: Int) {
      self.host = host
      self.port = port
    }

    /// `HOST:PORT`, as the setting has it.
    package var description: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
  }

  /// Where Meta, programs and people call (`CAREWINDOW_LISTEN`).
  package var listen = Listen(host: "127.0.0.1", port: 8080)
  /// Where Prometheus calls (`CAREWINDOW_METRICS_LISTEN`).
  package var metricsListen = Listen(host: "127.0.0.1", port: 9464)
  /// How the world reaches us, without a slash at the end (`CAREWINDOW_PUBLIC_URL`).
  package var publicURL = "http://localhost:8080"
  /// The word typed into Meta's webhook form (`CAREWINDOW_VERIFY_TOKEN`); never empty.
  package var verifyToken: String
  /// How much a caller may ask of us.
  package var limits = WebLimits()

  /// Makes a configuration with the defaults of the contract.
  ///
  /// - Parameter verifyToken: The word typed into Meta's webhook form; an empty one verifies nothing.
  package init(verifyToken: String) {
    self.verifyToken = verifyToken
  }
}

/// How much a caller may ask of us; webhooks have limits of their own (`IntakeLimits`).
package struct WebLimits: Sendable {
  /// The largest body of a program's request, in bytes.
  ///
  /// Meta's largest message is a contacts message of 257 cards, about 300 kB; a megabyte leaves
  /// room.
  package var requestBytesMax = 1024 * 1024
  /// The longest path with query, in bytes.
  ///
  /// The longest we understand has about 300; 8 KiB is what proxies let through.
  package var targetBytesMax = 8 * 1024
  /// All headers of a request together, in bytes.
  ///
  /// Usual proxies allow 8 to 32 KiB.
  package var headerBytesMax = 32 * 1024
  /// How many headers a request may have.
  package var headersMax = 100
  /// How long a connection may be idle between requests, or take to send the head of one.
  ///
  /// More than the 60 s for which nginx keeps its connections to us, so that it is the proxy that
  /// closes them.
  package var idleTime: Duration = .seconds(75)
  /// How long a caller may take to take what is written to it.
  ///
  /// A chunk of a file, 256 KiB, in a minute are 4 kB a second: less than a telephone line carried.
  package var stallTime: Duration = .seconds(60)
  /// How many connections are open at once; the next one waits.
  ///
  /// Each costs about 20 kB.
  package var connectionsMax = 4096
  /// How many items a list gives at once, at most.
  package var pageItemsMax = 200
  /// How many items a list gives when nobody says.
  package var pageItemsDefault = 50

  /// The defaults.
  package init() {}
}
