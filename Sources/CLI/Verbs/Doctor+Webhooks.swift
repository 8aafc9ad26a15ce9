import Carriers
import CustomerCare
import Foundation
import Gateway

/// Whether Meta sends what it must send, and here.
extension MetaCheckup {
  /// The fields that every number needs, and those of the WhatsApp Business app beside it.
  private static let fields = ["messages", "calls"]
  private static let coexistenceFields = ["smb_message_echoes", "history", "smb_app_state_sync"]

  /// Whether the token's app gets the account's webhooks, with every field, at our address.
  func webhooks(
    _ number: NumberFacts,
    _ account: GraphAccount,
    _ token: AccessToken,
    app: String?
  ) async -> Check {
    var check = Check(name: "number.\(number.phoneNumberID).webhooks", ok: false, detail: "")
    let needed = Self.fields + (number.coexistence ? Self.coexistenceFields : [])
    do {
      let apps = try await account.subscribedApps(of: number.wabaID, accessToken: token)
      guard let ours = apps.first(where: { app == nil || $0.id == app }) else {
        check.detail = "the token's app does not get this account's webhooks"
        check.remedy = "Add the number with --subscribe, or subscribe the app at Meta."
        return check
      }
      guard let found = try await subscription(of: ours.id, account) else {
        check.detail = "the app subscribed to no field of whatsapp_business_account"
        check.remedy = Self.remedy(needed)
        return check
      }
      let missing = needed.filter { !found.fields.contains($0) }
      guard found.isActive, missing.isEmpty else {
        check.detail =
          found.isActive
          ? "the app is not subscribed to \(missing.joined(separator: ", "))"
          : "the app's subscription is not active"
        check.remedy = Self.remedy(missing.isEmpty ? needed : missing)
        return check
      }
      return address(ours.overrideCallbackURL ?? found.callbackURL, needed, check)
    } catch {
      check.ok = nil
      check.detail = "Meta did not tell which webhook fields are subscribed: \(error)"
      check.remedy =
        "Only the app itself may ask: check that CAREWINDOW_APP_SECRET is the secret of the token's app. "
        + Self.remedy(needed)
      return check
    }
  }

  /// What the app subscribed to about WhatsApp, asked with each of our secrets until one is the app's.
  private func subscription(
    of app: String,
    _ account: GraphAccount
  ) async throws -> MetaSubscription? {
    var refusal: (any Error)?
    for secret in secrets {
      do {
        return try await account.subscriptions(of: app, secret: secret)
          .first { $0.object == MetaSubscription.whatsApp }
      } catch {
        refusal = error
      }
    }
    throw refusal ?? Failure("CAREWINDOW_APP_SECRET is not set")
  }

  private func address(_ callback: String?, _ needed: [String], _ check: Check) -> Check {
    var check = check
    check.ok = true
    check.detail = "Meta sends \(needed.joined(separator: ", "))"
    guard let publicURL, let callback else {
      check.detail +=
        publicURL == nil
        ? "; whether here is not known, because CAREWINDOW_PUBLIC_URL is not set"
        : "; where to, Meta does not say"
      return check
    }
    let ours = publicURL + "/webhooks/meta"
    guard Self.isSame(callback, ours) else {
      check.ok = false
      check.detail =
        "Meta sends webhooks to \(callback.isEmpty ? "no address" : callback), not to \(ours)"
      check.remedy =
        "Set the callback URL in App Dashboard > WhatsApp > Configuration > Webhook, or CAREWINDOW_PUBLIC_URL."
      return check
    }
    return check
  }

  /// Whether two addresses mean the same place; all names of loopback are one.
  private static func isSame(_ one: String, _ other: String) -> Bool {
    func plain(_ text: String) -> URLComponents? {
      guard var parts = URLComponents(string: text) else { return nil }
      let host = parts.host?.lowercased() ?? ""
      parts.host = ["127.0.0.1", "[::1]", "::1"].contains(host) ? "localhost" : host
      parts.port = parts.port ?? (parts.scheme == "https" ? 443 : 80)
      return parts
    }
    return plain(one) == plain(other)
  }

  private static func remedy(_ fields: [String]) -> String {
    "In App Dashboard > WhatsApp > Configuration > Webhook fields, subscribe to \(fields.joined(separator: ", "))."
  }
}
