extension Sequence<Timestamp> {
  /// The usual time between readings at these times, which come in order, in seconds.
  ///
  /// It is the median, or that of the slowest part of them, when a logger was started again with
  /// another interval; a little more where many come late, so that they are not taken for holes. Two
  /// or three readings alone are not believed to be more than a minute apart, many not more than an
  /// hour.
  package var usualPeriod: Double {
    let steps = zip(self, dropFirst()).map { $1 - $0 }.filter { $0 > 0 }
    guard !steps.isEmpty else { return 1 }
    var period = steps.sorted()[steps.count / 2]
    // A part of its own are so many readings that are equally far apart.
    let all = steps.reduce(0, +)
    var start = 0
    for place in 1...steps.count {
      let isSame = place < steps.count && abs(steps[place] - steps[start]) <= 0.25 * steps[start]
      guard !isSame else { continue }
      let step = steps[start]
      if place - start >= 10, step > period,
        Double(place - start) * step * 20 >= Swift.min(all, 86_400)
      {
        period = step
      }
      start = place
    }
    // One value in fifty may be missing; where one in ten comes late, that is how the logger works.
    let near = steps.filter { $0 <= 3.5 * period }.sorted()
    let late = near.count { $0 > 1.45 * period }
    if late * 10 >= near.count {
      period = Swift.max(period, near[near.count * 19 / 20] / 1.45)
    }
    return Swift.min(period, steps.count < 3 ? 60 : 3600)
  }
}
