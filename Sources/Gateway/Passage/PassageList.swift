import Storage

/// The list of calls that may pass.
///
/// What is not here does not reach Meta.
///
/// Sources: developers.facebook.com/documentation/business-messaging/whatsapp: business-phone-numbers/{media,phone-numbers},
/// business-profiles, block-users, templates/template-management; developers.facebook.com/docs/graph-api/guides/upload;
/// read 2026-11-21.
package enum PassageList {
  /// Every line, by what the first part of its path names.
  ///
  /// Where a path may mean several, the first whose object is there counts; whether an id is a template's, Meta has to be asked.
  package static let rules: [PassageRule] = numbers + accounts + media + templates + uploads

  /// The lists and objects that a line of their own reads.
  static let edges = Set(rules.compactMap { $0.edge?.rawValue })

  private static let pages: [String: PassageParameter] = [
    "after": .cursor, "before": .cursor, "limit": .number,
  ]
  private static let fields: [String: PassageParameter] = ["fields": .fields]

  private static let numbers: [PassageRule] = [
    PassageRule(.get, .number, for: .read, query: fields),
    PassageRule(.get, .number, .profile, for: .read, query: fields),
    PassageRule(.post, .number, .profile, for: .manage, body: .json(profile)),
    PassageRule(.get, .number, .blockedUsers, for: .manage, query: pages, rewriting: .pages),
    PassageRule(.post, .number, .blockedUsers, for: .manage, body: .json(blocking)),
    PassageRule(.delete, .number, .blockedUsers, for: .manage, body: .json(blocking)),
  ]

  private static let accounts: [PassageRule] = [
    PassageRule(
      .get,
      .account,
      .phoneNumbers,
      for: .read,
      query: pages.merging(fields) { old, _ in old },
      rewriting: .numbers
    ),
    PassageRule(
      .get,
      .account,
      .templates,
      for: .read,
      query: pages.merging(fields) { old, _ in old }.merging([
        "status": .text, "name": .text, "language": .text, "category": .text, "content": .text,
        "name_or_content": .text, "quality_score": .text, "summary": .fields,
      ]) { old, _ in old },
      rewriting: .pages
    ),
    PassageRule(.post, .account, .templates, for: .manage, body: .json(template)),
    PassageRule(
      .delete,
      .account,
      .templates,
      for: .manage,
      query: ["name": .text, "hsm_id": .number]
    ),
  ]

  private static let templates: [PassageRule] = [
    PassageRule(.get, .template, for: .read, query: fields),
    PassageRule(.post, .template, for: .manage, body: .json(template)),
  ]

  private static let media: [PassageRule] = [
    PassageRule(
      .get,
      .media,
      for: .read,
      query: ["phone_number_id": .number],
      rewriting: .link
    ),
    PassageRule(.delete, .media, for: .send, query: ["phone_number_id": .number]),
    PassageRule(.post, .number, .media, for: .send, body: .form),
  ]

  private static let uploads: [PassageRule] = [
    PassageRule(
      .post,
      .uploads,
      for: .manage,
      query: [
        "file_name": .text, "file_length": .number, "file_type": .text, "session_type": .text,
      ],
      rewriting: .upload
    ),
    PassageRule(.get, .upload, for: .manage, rewriting: .upload),
    PassageRule(.post, .upload, for: .manage, body: .bytes),
  ]

  private static let profile: [String: PassageShape] = [
    "messaging_product": .whatsapp, "about": .text, "address": .text, "description": .text,
    "email": .text, "profile_picture_handle": .text, "vertical": .text, "websites": .texts,
  ]

  private static let blocking: [String: PassageShape] = [
    "messaging_product": .whatsapp, "block_users": .users,
  ]

  private static let template: [String: PassageShape] = [
    "name": .text, "language": .text, "category": .text, "sub_category": .text,
    "components": .structure, "parameter_format": .text, "display_format": .text,
    "message_send_ttl_seconds": .plain, "allow_category_change": .plain,
    "cta_url_link_tracking_opted_out": .plain, "is_primary_device_delivery_only": .plain,
    "library_template_name": .text, "library_template_body_inputs": .structure,
    "library_template_button_inputs": .structure, "degrees_of_freedom_spec": .structure,
    "creative_sourcing_spec": .structure,
  ]
}
