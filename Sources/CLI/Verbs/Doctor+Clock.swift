import CustomerCare

extension Doctor.Check {
  /// How far two clocks may be apart before somebody should look.
  ///
  /// The safety margin forgives far more: 60 s by default, and never less than 20. But a machine whose time is kept
  /// is right to a tenth of a second; one that is a whole second off is kept by nobody, and drifts on.
  private static var gapMax: Duration { .seconds(1) }

  /// Judges how far this machine's clock is from another one.
  static func clock(_ gap: ClockGap, name: String, of whom: String) -> Doctor.Check {
    let isFine = gap.mayBeWithin(gapMax)
    return Doctor.Check(
      name: name,
      ok: isFine,
      detail: "this machine is \(words(gap)) \(whom)",
      remedy: isFine
        ? ""
        : "Keep the time of every machine: chrony or systemd-timesyncd. Windows are judged by the clock."
    )
  }

  private static func words(_ gap: ClockGap) -> String {
    func seconds(_ duration: Duration) -> String {
      let tenths = (abs(duration.wholeMilliseconds) + 50) / 100
      return "\(tenths / 10).\(tenths % 10) s"
    }
    if gap.least > gapMax { return "at least \(seconds(gap.least)) ahead of" }
    if gap.most < .zero - gapMax { return "at least \(seconds(gap.most)) behind" }
    return "within \(seconds(max(gap.most, .zero - gap.least))) of"
  }
}
