import CloudAPI
import CustomerCare
import HTTPTypes

extension Refusal {
  /// How a refusal looks to a program that speaks Cloud API: HTTP status, Meta's code, Meta's title.
  ///
  /// The whole table; docs/reference shows the same. Codes and statuses are those Meta uses for the same trouble.
  /// Source: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes (2026-06-18), read
  /// 2026-11-21.
  var graph: (status: HTTPResponse.Status, code: Int, title: String) {
    switch self {
    case .unknownNumber:
      (.badRequest, 100, "Invalid parameter")
    case .numberDisconnected(_, .disabled):
      (.forbidden, 131031, "Business Account locked")
    case .numberDisconnected:
      (.badRequest, 133010, "Phone number not registered")
    case .numberRestricted:
      (.forbidden, 368, "Temporarily blocked for policies violations")
    case .windowClosed, .neverOpened, .uncertain, .insideSafetyMargin, .kindNotAllowed,
      .templateNeededButNoneChosen, .tooManyParked:
      (.badRequest, 131047, "Re-engagement message")
    case .expiresBeforeItsTime, .scheduledInPast, .expired:
      (.badRequest, 131009, "Parameter value is not valid")
    }
  }
}
