package import CustomerCare

/// Which media a number has to do with: those that programs uploaded for it, and those of its messages.
package enum MediaSightings {
  /// Notes that a medium was uploaded for a number, and forgets those that Meta has forgotten.
  package static func note(
    _ media: String,
    of number: PhoneNumberID,
    at now: Instant,
    life: Duration,
    in unit: any SQLUnit
  ) throws {
    try unit.run("DELETE FROM media_upload WHERE at < $before", ["before": .instant(now - life)])
    try unit.run(
      """
      INSERT INTO media_upload (media_id, phone_number_id, at) VALUES ($media, $number, $at)
      ON CONFLICT (media_id, phone_number_id) DO UPDATE SET at = $at
      """,
      ["media": .text(media), "number": .id(number), "at": .instant(now)]
    )
  }

  /// The numbers that have to do with a medium.
  package static func numbers(
    thatSaw media: String,
    in unit: any SQLUnit
  ) throws -> Set<PhoneNumberID> {
    Set(
      try unit.rows(
        """
        SELECT phone_number_id FROM media_upload WHERE media_id = $media
        UNION SELECT phone_number_id FROM media WHERE media_id = $media
        """,
        ["media": .text(media)]
      ) { row in try row.id("phone_number_id") }
    )
  }
}
