/// How many files are fetched at a time, and how long one may take.
package struct MediaLimits: Sendable, Hashable {
  /// How many files of one number may be under way at once.
  ///
  /// A picture takes about a second, so that is eight pictures a second: more than customers send to a busy number.
  package var perNumberMax = 8
  /// How many files may be under way in all.
  ///
  /// Each holds one chunk and what the network has brought of the next, together half a megabyte at most: 16 MiB.
  package var inFlightMax = 32
  /// How long one attempt may take: the largest file, 100 MiB, at 180 kB a second.
  package var whole: Duration = .seconds(600)
  /// How long a claim lasts if its owner dies.
  ///
  /// Every chunk prolongs it, so it is longer than a chunk of 256 KiB takes at 3 kB a second.
  package var lease: Duration = .seconds(90)
  /// How long files are kept.
  ///
  /// Longer than a complaint about a picture takes, and short enough that a number with 1,000 pictures a day of 200 kB
  /// stays below 20 GB.
  package var keepFor: Duration = .seconds(90 * 24 * 60 * 60)

  /// The defaults.
  package init() {}
}
