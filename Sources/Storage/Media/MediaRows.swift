import CustomerCare

/// What is known of files: one row per id that a number's webhooks named.
///
/// What Meta told is folded by `Apply`; whether we have the bytes is `Fetch`'s, and no part of what a
/// replay must give again.
enum MediaRows {
  /// Remembers a file, to be fetched at once; one that is known already is not fetched again.
  ///
  /// Two messages that name the same file are rare (an import beside the live message): of what they
  /// say the smaller stays, whichever comes first.
  static func record(
    _ fact: MediaFact,
    of number: PhoneNumberID,
    at receivedAt: Instant,
    in unit: any SQLUnit
  ) throws(StoreError) {
    try unit.run(
      """
      INSERT INTO media (phone_number_id, media_id, wamid, kind, mime_type, filename, told_hash,
        seen_at, state, attempts, next_at)
      VALUES ($number, $id, $wamid, $kind, $mime, $filename, $hash, $now, 'pending', 0, $now)
      ON CONFLICT (media_id, phone_number_id) DO UPDATE SET
        wamid = excluded.wamid, kind = excluded.kind, mime_type = excluded.mime_type,
        filename = excluded.filename, told_hash = excluded.told_hash
      WHERE (excluded.wamid, excluded.kind, COALESCE(excluded.mime_type, ''),
          COALESCE(excluded.filename, ''), COALESCE(excluded.told_hash, $none))
        < (media.wamid, media.kind, COALESCE(media.mime_type, ''), COALESCE(media.filename, ''),
          COALESCE(media.told_hash, $none))
      """,
      [
        "number": .id(number), "id": .id(fact.id), "wamid": .id(fact.message),
        "kind": .text(fact.kind.rawValue), "mime": .text(fact.mimeType),
        "filename": .text(fact.filename), "hash": .bytes(fact.hash?.bytes),
        "now": .instant(receivedAt), "none": .bytes([]),
      ]
    )
  }
}
