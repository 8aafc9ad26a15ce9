import CloudAPI
package import CustomerCare

extension PaceLimit {
  /// The limit that Meta says is exceeded; `nil`: it is about something else.
  ///
  /// 4 and 80007 count calls of an app or an account; a number that meets them is to leave Meta alone, too.
  init?(exceededBy refusal: MetaRefusal) {
    switch refusal.code {
    case 4, 80_007, 130_429: self = .throughput
    case 131_056: self = .pair
    default: return nil
    }
  }

  /// Meta's code for it.
  package var metaCode: Int {
    switch self {
    case .throughput: 130_429
    case .pair: 131_056
    }
  }
}

extension RetryPause {
  /// What Meta asks for after an error; the usual where there was none, or Meta says nothing.
  init(after refusal: MetaRefusal?) {
    switch refusal.flatMap({ GraphError.known(code: $0.code) })?.wait {
    case .backoff(let first): self.init(first: first, most: Self.usual.most)
    case .atLeast(let least): self.init(first: least, most: max(least, Self.usual.most))
    // A limit that moves on with time: it may be over soon, and is in the end.
    case .atMost(let most): self.init(first: most / 60, most: most)
    // 4^n seconds are the usual pauses.
    case .powersOfFour, .until, .none?, nil: self = .usual
    }
  }
}
