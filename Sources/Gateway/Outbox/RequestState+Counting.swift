import CustomerCare
import Metrics

extension RequestState {
  /// Counts requests that reached the state: to be called once for each, by whoever brought them there.
  func count(_ requests: Int = 1) {
    guard requests > 0 else { return }
    Counter(label: "carewindow_messages_total", dimensions: [("state", rawValue)])
      .increment(by: requests)
  }
}
