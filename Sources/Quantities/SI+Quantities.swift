extension SI {
  /// Writes an energy in joules up to 100 kJ and in watt-hours beyond, as electricity bills do.
  public static func energy(_ joules: Double) -> Text {
    abs(joules) < 1e5 ? text(joules, "J") : text(joules / 3600, "Wh")
  }

  /// Writes an amount of data with decimal prefixes, in bytes.
  public static func data(_ bytes: Double) -> Text { text(bytes, "B", smallest: 0) }

  /// Writes a data rate with decimal prefixes, in bytes per second.
  public static func dataRate(_ bytesPerSecond: Double) -> Text {
    text(bytesPerSecond, "B/s", smallest: 0)
  }

  /// Writes an amount of memory with binary prefixes, as drivers report it.
  public static func memory(_ bytes: Double) -> Text {
    let prefixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi"]
    var value = bytes
    var index = 0
    while abs(value) >= 999.5, index < prefixes.count - 1 {
      value /= 1024
      index += 1
    }
    let number = index == 0 ? fixed(value, 0) : significant(value)
    return Text(number: number, unit: prefixes[index] + "B")
  }

  /// Writes a mass of CO2 equivalent, given in grams; tonnes from a thousand kilograms on.
  public static func carbon(_ grams: Double) -> Text {
    abs(grams) >= 999_500 ? text(grams / 1e6, "tCO₂e") : text(grams, "gCO₂e")
  }

  /// Writes a length of time, given in seconds, with its two largest parts: `2 d 17 h`, `3 min 5 s`.
  ///
  /// `day` is the sign of a day, which is not the same in every language.
  public static func duration(_ seconds: Double, day: String = "d") -> String {
    guard seconds.isFinite, abs(seconds) < 9e15 else { return "–" }
    let sign = seconds < 0 ? "−" : ""
    let value = abs(seconds)
    if value < 0.9995 { return sign + string(value, "s") }
    if value < 59.5 { return sign + significant(value) + " s" }
    let whole = Int64(saturating: value.rounded())
    let parts = [
      (whole / 86_400, day), (whole / 3600 % 24, "h"), (whole / 60 % 60, "min"), (whole % 60, "s"),
    ]
    guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0 s" }
    var text = "\(parts[first].0) \(parts[first].1)"
    if first + 1 < parts.count, parts[first + 1].0 > 0 {
      text += " \(parts[first + 1].0) \(parts[first + 1].1)"
    }
    return sign + text
  }

  /// Writes how old something is, given in seconds: whole seconds, then as a duration.
  public static func age(_ seconds: Double, day: String = "d") -> String {
    let value = max(0, seconds)
    return value < 59.5 ? fixed(value, 0) + " s" : duration(value, day: day)
  }

  /// Writes a length of time, given in seconds, as a clock does: `04:42:17`, with days before it.
  public static func clock(_ seconds: Double, day: String = "d") -> String {
    guard seconds.isFinite, abs(seconds) < 9e15 else { return "--:--:--" }
    let whole = Int64(saturating: abs(seconds))
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let days = whole / 86_400
    let clock = "\(two(whole / 3600 % 24)):\(two(whole / 60 % 60)):\(two(whole % 60))"
    return (seconds < 0 ? "−" : "") + (days > 0 ? "\(days) \(day) " : "") + clock
  }
}
