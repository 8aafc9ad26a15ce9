/// How long an exchange with Meta may take, and how much of it is read.
package struct CarrierLimits: Sendable, Hashable {
  /// From the start until a connection is ready: waiting for a free one, name, TCP and TLS included.
  ///
  /// Meta's edge is rarely further than 300 ms away; five seconds leave room for two lost handshakes.
  package var connect: Duration
  /// From then until the last byte of the request is with the system.
  ///
  /// A message has a few kilobytes and fits the socket's buffer at once, so this bounds only a broken network.
  package var write: Duration
  /// From the start until the answer is whole.
  ///
  /// Meta answers within a second or two; 30 s is where giving up costs less than waiting, because the conversation's next
  /// message waits too. Claims on a conversation must be longer than this.
  package var whole: Duration
  /// The longest answer that is read, in bytes; a longer one counts as unreadable.
  ///
  /// An answer to a message has a few hundred bytes, a page of 100 numbers some tens of kilobytes.
  package var answerBytesMax: Int
  /// How many connections to Meta there may be at once; who finds none free waits, at most for `connect`.
  ///
  /// Meta's highest throughput, 1,000 messages per second, at 250 ms each.
  package var connectionsMax: Int
  /// After how much idleness a connection is closed.
  ///
  /// Shorter than a server's usual keep-alive: a message written to a connection that the other side is just closing
  /// is lost in between, and its outcome unknown.
  package var idle: Duration
  /// How long a file may take from its first byte to its last, up or down.
  ///
  /// Ten minutes for 100 MB are 1.4 Mbit/s: less than any line on which somebody waits for a film.
  package var stream: Duration
  /// How long a file may stand still, up or down: the other side, or whoever takes it from us, is gone.
  package var streamIdle: Duration
  /// How many files are on their way to or from one host at once; they have connections of their own, so that no message
  /// waits behind a film.
  package var streamsMax: Int

  /// Makes limits.
  ///
  /// - Precondition: All are positive, and the whole is not shorter than its parts.
  package init(
    connect: Duration = .seconds(5),
    write: Duration = .seconds(5),
    whole: Duration = .seconds(30),
    answerBytesMax: Int = 1 << 20,
    connectionsMax: Int = 256,
    idle: Duration = .seconds(15),
    stream: Duration = .seconds(600),
    streamIdle: Duration = .seconds(60),
    streamsMax: Int = 32
  ) {
    precondition(connect > .zero && write > .zero && idle > .zero, "a deadline must be positive")
    precondition(whole >= connect + write, "the whole deadline includes connecting and writing")
    precondition(answerBytesMax > 0 && connectionsMax > 0, "a limit must be positive")
    precondition(stream > .zero && streamIdle > .zero && streamsMax > 0, "a limit must be positive")
    self.connect = connect
    self.write = write
    self.whole = whole
    self.answerBytesMax = answerBytesMax
    self.connectionsMax = connectionsMax
    self.idle = idle
    self.stream = stream
    self.streamIdle = streamIdle
    self.streamsMax = streamsMax
  }

  /// The longest time between the decision to send and the last byte leaving: 10 s by default.
  package var handover: Duration { connect + write }

  /// The shortest safety margin before the end of a care window that goes with these limits.
  ///
  /// Twice the handover, since an attempt that was certainly not sent may be made once more: 20 s, well within the
  /// 60 s that are the setting's default.
  package var marginMin: Duration { handover * 2 }
}
