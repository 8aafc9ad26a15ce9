/// How long nothing was acknowledged.
package enum Silence {
  /// The longest time without an acknowledgement in a span, in the unit of the times.
  ///
  /// Until the first and after the last one counts, too: who is never answered again has waited until the
  /// span's end.
  ///
  /// - Parameters:
  ///   - acknowledgements: When each came, in any order; those outside the span are left out.
  ///   - span: From when to when is looked.
  /// - Returns: The time.
  package static func longest(in acknowledgements: [Int64], within span: Range<Int64>) -> Int64 {
    var last = span.lowerBound
    var longest: Int64 = 0
    for at in acknowledgements.sorted() where span.contains(at) {
      longest = max(longest, at - last)
      last = at
    }
    return max(longest, span.upperBound - last)
  }
}
