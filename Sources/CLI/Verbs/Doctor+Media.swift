import Storage

extension DatabaseCheckup.Found {
  /// Whether files come in: those that have failed several times are waited for by somebody.
  var media: Doctor.Check {
    let room = "\(mediaCounts.kept) files are kept, \(mediaCounts.bytes) bytes"
    guard !mediaTroubles.isEmpty else {
      return Doctor.Check(
        name: "media",
        ok: true,
        detail: "\(room); \(mediaCounts.pending) are on their way"
      )
    }
    let reasons = mediaTroubles.map { "\($0.reason) (\($0.count))" }.joined(separator: ", ")
    return Doctor.Check(
      name: "media",
      ok: false,
      detail: "\(room); some cannot be fetched: \(reasons)",
      remedy:
        "Meta has them for seven days. docs/guides/media.md says what each word means and what to do."
    )
  }
}
