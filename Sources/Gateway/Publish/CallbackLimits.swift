/// How much is delivered at a time, and how long an attempt may take.
package struct CallbackLimits: Sendable, Hashable {
  /// How many callbacks there may be: companies have a handful of programs.
  package static let callbacksMax = 32
  /// The longest address, in bytes: what browsers and proxies agree on.
  package static let urlBytesMax = 2048
  /// The fewest bytes of a secret: 128 bits, if they are random.
  package static let secretBytesMin = 16
  /// The most bytes of a secret: twice the block of SHA-256, beyond which nothing is gained.
  package static let secretBytesMax = 128

  /// How many deliveries to one callback may be under way at once.
  ///
  /// At 50 ms each, what usual receivers take, 160 per second: more than a busy number is written to.
  package var perCallbackMax = 8
  /// How many deliveries may be under way in all.
  ///
  /// As many as all callbacks together may have: whoever hangs takes only what is his.
  package var inFlightMax = callbacksMax * 8
  /// How long a claim lasts if its owner dies: longer than everything an attempt may take.
  package var lease: Duration = .seconds(60)

  /// The defaults.
  package init() {}
}
