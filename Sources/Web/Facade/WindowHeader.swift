import CustomerCare

extension CareWindow {
  /// The value of `CareWindow-Window` (contract 4.2).
  var headerValue: String {
    switch state {
    case .open(let until, _): "open; closes=\(until.rfc3339)"
    case .closed(let since, _): "closed; since=\(since.rfc3339)"
    case .neverOpened: "never-opened"
    case .uncertain: "uncertain"
    }
  }
}
