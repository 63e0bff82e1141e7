import Quantities
import Telemetry

extension GreenWindow {
  /// Why no window can be told.
  public enum Unknown: Error, Sendable, Hashable {
    /// Nothing is forecast, or nothing of what is sought.
    case noForecast
    /// No work of that length fits between the first time and the end that is asked for; it would
    /// have to begin by this time.
    case noTime(latestStart: Timestamp)
    /// The forecast goes no further than this, and the work needs it at least up to the second time.
    case tooShort(reach: Timestamp, needed: Timestamp)
    /// The forecast has holes that leave no window whole; it ends at this time.
    case broken(end: Timestamp)

    /// The reason in words, with times as the reader's clock shows them.
    public func words(_ time: (Timestamp) -> String) -> String {
      switch self {
      case .noForecast: "there is no forecast"
      case .noTime(let start): "the work would have to begin by \(time(start))"
      case .tooShort(let reach, let needed):
        "the forecast reaches to \(time(reach)), and would have to reach to \(time(needed))"
      case .broken(let end):
        "the forecast, up to \(time(end)), has holes that leave no window whole"
      }
    }
  }

  /// Looks for the greenest window.
  ///
  /// - Parameter statements: what is forecast, of one grid.
  /// - Throws: why none can be told.
  public init(_ question: Question, in statements: [GridStatement]) throws(Unknown) {
    let forecast = Forecast(statements)
    let first = question.first
    if let end = question.latestEnd, first + question.seconds > end {
      throw .noTime(latestStart: end - question.seconds)
    }
    let starts = [first] + forecast.starts.filter { $0 > first }
    let choices = starts.compactMap { start -> Choice? in
      let end = start + question.seconds
      guard question.latestEnd.map({ end <= $0 }) ?? true else { return nil }
      return forecast.choice(TimeSpan(start, end), question.power)
    }
    let byIntensity = Self.least(choices) { $0.intensity }
    let byShare = Self.least(choices) { $0.share.map { -$0 } }
    let objective: Objective = question.objective ?? (byIntensity != nil ? .intensity : .share)
    guard let best = objective == .intensity ? byIntensity : byShare else {
      throw forecast.lack(question, question.objective)
    }
    self.question = question
    self.objective = objective
    self.best = best
    atOnce = choices.first.flatMap { choice in
      let isKnown = objective == .intensity ? choice.intensity != nil : choice.share != nil
      return choice.span.start == first && isKnown ? choice : nil
    }
    horizon = Choice(
      span: TimeSpan(question.now, max(question.now, forecast.end ?? question.now)),
      share: forecast.share.known(after: question.now),
      intensity: forecast.intensity.known(after: question.now))
    intensityMetric = forecast.intensityMetric
    isShareOfLoad = forecast.shareMetric == .renewableShareOfLoad
    if objective == .intensity, let rival = byShare, rival.span != best.span,
      let there = rival.share, best.share.map({ there > $0 + 0.005 }) ?? true
    {
      other = rival
    } else if objective == .share, let rival = byIntensity, rival.span != best.span,
      let there = rival.intensity, best.intensity.map({ there < $0 * 0.995 }) ?? true
    {
      other = rival
    }
  }

  /// The choice with the least value; the earliest of those that differ by no more than rounding.
  private static func least(_ choices: [Choice], _ value: (Choice) -> Double?) -> Choice? {
    var best: (choice: Choice, value: Double)?
    for choice in choices {
      guard let value = value(choice) else { continue }
      if let known = best, value >= known.value - 1e-9 * max(1, abs(known.value)) { continue }
      best = (choice, value)
    }
    return best?.choice
  }

  /// What statements say of the future, value by value.
  private struct Forecast {
    var starts: [Timestamp]
    var shareMetric: Metric
    var intensityMetric: Metric?
    var share: GreenCourse
    var intensity: GreenCourse
    var low: GreenCourse
    var high: GreenCourse

    init(_ statements: [GridStatement]) {
      let statements = statements.filter { $0.span.seconds > 0 }
        .sorted { ($0.span.start, $0.said) < ($1.span.start, $1.said) }
      // One kind throughout, since their levels cannot be compared: the one that reaches furthest. What
      // was measured of the present may be told in other terms than what is forecast.
      func furthest(_ metrics: [Metric]) -> Metric? {
        let ends = metrics.map { metric in
          statements.last { $0[metric] != nil }?.span.end ?? Timestamp(nanoseconds: .min)
        }
        guard let end = ends.max(), end.nanoseconds > .min else { return nil }
        return ends.firstIndex(of: end).map { metrics[$0] }
      }
      let shareMetric =
        furthest([.renewableShare, .renewableShareOfLoad]) ?? .renewableShare
      let intensityMetric = furthest([.carbonIntensity, .directIntensity, .marginalIntensity])
      starts = statements.map(\.span.start)
      self.shareMetric = shareMetric
      self.intensityMetric = intensityMetric
      // More than all of it nobody can use.
      share = GreenCourse(statements) { $0[shareMetric].map { min($0, 1) } }
      intensity = GreenCourse(statements) { statement in
        intensityMetric.flatMap { statement[$0] }
      }
      low = GreenCourse(statements) { $0[.renewableShareLow] }
      high = GreenCourse(statements) { $0[.renewableShareHigh] }
    }

    var end: Timestamp? { [share.end, intensity.end].compactMap { $0 }.max() }

    func choice(_ span: TimeSpan, _ power: [Double]) -> Choice {
      var choice = Choice(span: span)
      choice.share = share.mean(over: span, weights: power)
      choice.intensity = intensity.mean(over: span, weights: power)
      if let low = low.mean(over: span, weights: power),
        let high = high.mean(over: span, weights: power), low <= high
      {
        choice.band = low...high
      }
      return choice
    }

    /// Why there is no window.
    func lack(_ question: Question, _ objective: Objective?) -> Unknown {
      let courses: [GreenCourse] =
        switch objective {
        case .intensity?: [intensity]
        case .share?: [share]
        case nil: [intensity, share]
        }
      guard let end = courses.compactMap(\.end).max() else { return .noForecast }
      let needed = question.first + question.seconds
      return end < needed ? .tooShort(reach: end, needed: needed) : .broken(end: end)
    }
  }
}
