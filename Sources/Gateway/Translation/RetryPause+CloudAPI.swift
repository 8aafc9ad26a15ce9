import CloudAPI
import CustomerCare

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
