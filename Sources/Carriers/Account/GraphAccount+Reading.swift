import CloudAPI
import CustomerCare

extension MetaNumber {
  /// Reads a node of Meta's; nil if it has no id.
  init?(_ json: JSON) {
    guard let id = json["id"]?.text else { return nil }
    self.init(id: PhoneNumberID(rawValue: id))
    displayPhoneNumber = json["display_phone_number"]?.text
    verifiedName = json["verified_name"]?.text
    status = json["status"]?.text
    qualityRating = json["quality_rating"]?.text
    platformType = json["platform_type"]?.text
    throughputLevel = json["throughput"]?["level"]?.text
    isOnBusinessApp = json["is_on_biz_app"]?.flag
    messagingLimit = json["whatsapp_business_manager_messaging_limit"]?.text
  }
}

extension MetaApp {
  /// Reads a subscription; nil if it names no app.
  init?(_ json: JSON) {
    guard let app = json["whatsapp_business_api_data"], let id = app["id"]?.text else { return nil }
    self.init(
      id: id,
      name: app["name"]?.text,
      overrideCallbackURL: json["override_callback_uri"]?.text
    )
  }
}

extension MetaSubscription {
  /// Reads a subscription; nil if it is of no object.
  ///
  /// A field is an object with a name and a version, and was a bare name in older versions of Graph.
  init?(_ json: JSON) {
    guard let object = json["object"]?.text else { return nil }
    self.init(
      object: object,
      callbackURL: json["callback_url"]?.text,
      isActive: json["active"]?.flag ?? true,
      fields: Set((json["fields"]?.items ?? []).compactMap { $0["name"]?.text ?? $0.text })
    )
  }
}

extension TokenStanding {
  /// Reads `data` of `debug_token`; nil if it does not say whether the token is valid.
  ///
  /// Source: developers.facebook.com/docs/graph-api/reference/debug_token, read 2026-11-21.
  init?(_ json: JSON) {
    guard let isValid = json["is_valid"]?.flag else { return nil }
    let grants = (json["granular_scopes"]?.items ?? []).compactMap { grant in
      grant["scope"]?.text.map { ($0, grant["target_ids"]?.items.compactMap(\.text)) }
    }
    let limited = grants.compactMap { scope, targets in targets.map { (scope, Set($0)) } }
    self.init(
      isValid: isValid,
      appID: json["app_id"]?.text,
      kind: json["type"]?.text,
      // Meta writes 0 for a token that never expires.
      expiresAt: json["expires_at"]?.integer.flatMap { $0 > 0 ? Instant(seconds: $0) : nil },
      scopes: Set((json["scopes"]?.items ?? []).compactMap(\.text) + grants.map(\.0)).sorted(),
      accounts: Dictionary(limited) { $0.union($1) }
    )
  }
}

extension Instant {
  /// Reads an HTTP date, such as `Sun, 06 Nov 1994 08:49:37 GMT`; nil for everything else.
  ///
  /// Only the form that servers must write (RFC 9110, section 5.6.7), not the two obsolete ones.
  init?(httpDate text: String) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard parts.count == 6, parts[5] == "GMT", parts[0].count == 4, parts[0].hasSuffix(","),
      let month = months.firstIndex(of: String(parts[2]))
    else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    self.init(rfc3339: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
  }
}
