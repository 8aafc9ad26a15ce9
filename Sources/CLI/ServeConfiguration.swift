import Carriers
import Foundation
import Gateway
import Web

/// Everything `serve` reads from its settings, checked before anything starts.
struct ServeConfiguration: Sendable {
  var web: WebConfiguration
  var secrets: [String]
  var limits: OutboxLimits
  var media = MediaLimits()
  var base: GraphBase
  var version: GraphVersion
  var callbackNetworks: CallbackNetworks

  /// Reads the settings; the first that is missing or wrong stops the start.
  init(_ settings: Settings) throws(Settings.Problem) {
    secrets = settings.list(.appSecret)
    guard !secrets.isEmpty else {
      throw Settings.Problem(
        name: "CAREWINDOW_APP_SECRET",
        reason: "is not set; it is Meta's app secret",
        example: "0123456789abcdef0123456789abcdef"
      )
    }
    let verifyToken = try settings.required(.verifyToken, example: "a-long-random-word")
    base = try settings.metaBase()
    version = try settings.metaVersion()
    callbackNetworks = CallbackNetworks(
      listed: try settings.list(.callbackNetworks).map { text throws(Settings.Problem) in
        guard let network = IPNetwork(text) else {
          throw Settings.Problem(
            name: "CAREWINDOW_CALLBACK_NETWORKS",
            reason: "takes ranges of IP addresses, comma separated",
            example: "10.20.0.0/16,fd12::/16"
          )
        }
        return network
      }
    )
    let carrier = CarrierLimits()
    limits = OutboxLimits()
    let marginMin = Int(carrier.marginMin.components.seconds)
    limits.margin = .seconds(
      try settings.integer(.safetyMargin, default: 60, in: marginMin...86_000)
    )
    let keepDays = try settings.integer(.mediaKeepDays, default: 90, in: 1...36_500)
    media.keepFor = .seconds(keepDays * 24 * 60 * 60)
    web = WebConfiguration(verifyToken: verifyToken)
    web.listen = try Self.listen(settings, .listen, default: "127.0.0.1:8080")
    web.metricsListen = try Self.listen(settings, .metricsListen, default: "127.0.0.1:9464")
    web.publicURL = settings.text(.publicURL) ?? "http://localhost:8080"
    while web.publicURL.hasSuffix("/") { web.publicURL.removeLast() }
    guard let url = URL(string: web.publicURL), ["http", "https"].contains(url.scheme),
      url.host != nil
    else {
      throw Settings.Problem(
        name: "CAREWINDOW_PUBLIC_URL",
        reason: "is no http or https address",
        example: "https://care.example.com"
      )
    }
  }

  private static func listen(
    _ settings: Settings,
    _ key: Settings.Key,
    default fallback: String
  ) throws(Settings.Problem) -> WebConfiguration.Listen {
    guard let address = Address(settings.text(key) ?? fallback) else {
      throw Settings.Problem(
        name: key.rawValue,
        reason: "takes HOST:PORT",
        example: fallback
      )
    }
    return address.listen
  }
}
