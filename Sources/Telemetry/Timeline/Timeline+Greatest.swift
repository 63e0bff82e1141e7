import Quantities

extension Timeline {
  /// The greatest mean of a series over a whole minute inside a span; of a counter, of its rate.
  ///
  /// Minutes are what a recording keeps of its whole length, so that it tells the same as the session
  /// told live. Of what is more than six hours before the end only quarters of an hour are looked at.
  /// `nil` until a minute of which nearly all is known has passed.
  public func greatestMinute(_ id: SeriesID, in span: TimeSpan) -> Double? {
    demand?.noteMinutes(id.index)
    let series = series[id.index]
    var greatest: Double?
    for tier in series.tiers where Self.storedTierWidths.contains(tier.width) {
      let first =
        tier.width < 900_000_000_000
        ? max(span.start, span.end - Self.minuteHistory) : span.start
      let from = tier.buckets.place(from: first)
      let to = tier.buckets.place(from: tier.start(of: tier.slot(span.end)))
      var before = from > 0 ? tier.buckets[from - 1].integral : series.start?.1
      tier.buckets.forEach(in: from..<max(from, to)) { bucket in
        let integral = bucket.integral
        defer { before = integral }
        guard let before, case let seconds = integral.covered - before.covered,
          seconds >= 0.6 * Double(tier.width) / 1e9
        else { return }
        let mean = (integral.cumulative - before.cumulative) / seconds
        greatest = max(greatest ?? mean, mean)
      }
    }
    return greatest
  }
}
