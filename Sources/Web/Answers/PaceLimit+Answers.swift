import CustomerCare

extension PaceLimit {
  /// Meta's own words for it.
  var metaTitle: String {
    switch self {
    case .throughput: "Rate limit hit"
    case .pair: "(Business Account, Consumer Account) pair rate limit hit"
    }
  }

  /// The stable word for programs.
  var code: String {
    switch self {
    case .throughput: "throughput_limit"
    case .pair: "pair_limit"
    }
  }

  /// What happened, and what to do.
  var sentence: String {
    switch self {
    case .throughput:
      "This number sends as fast as Meta lets it, and no slot is near. Nothing was sent; try again."
    case .pair:
      "Meta takes no more messages to this customer for now. Nothing was sent; try again."
    }
  }
}

extension Duration {
  /// The duration as `Retry-After` has it: whole seconds, rounded up, one at least.
  var retryAfter: String {
    let (seconds, rest) = components
    return String(max(rest > 0 ? seconds + 1 : seconds, 1))
  }
}
