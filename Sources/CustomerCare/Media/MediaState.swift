/// Where a file that a message names is.
package enum MediaState: String, CaseIterable, Sendable {
  /// Meta has it, and it is being fetched; it becomes `kept` or `lost`.
  case pending
  /// We have it; it becomes `lost` when it was kept as long as it is to be.
  case kept
  /// Nobody has it any more, or nobody may keep it; it stays so.
  case lost
}

/// Why a file is lost.
package enum MediaLoss: String, CaseIterable, Sendable {
  /// It is larger than files of its kind may be.
  case tooLarge = "too_large"
  /// Meta has no such file any more.
  case gone
  /// It could not be fetched while Meta had it.
  case expired
  /// What Meta hands out is not what it told of: another hash, again and again.
  case spoilt
  /// It was kept as long as it is to be.
  case pruned
}
