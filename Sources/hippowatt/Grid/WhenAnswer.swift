import Accounting
import Canvas
import Dashboard
import Formats
import Quantities
import Sensors
import Telemetry

/// The greenest window, in words and as JSON.
struct WhenAnswer {
  var window: GreenWindow
  var forecast: GridForecast
  var watts: Double?
  var tariff: Tariff?
  var offset: (Timestamp) -> Int
  /// The run that the length or the power is of, in words.
  var work: String?

  /// A time on the local clock and in UTC: `2026-11-29 08:00 (07:00Z)`.
  static func time(_ time: Timestamp, _ offset: (Timestamp) -> Int) -> String {
    let seconds = offset(time)
    let local = CivilTime(time, offset: seconds)
    let text = "\(local.isoDate) \(local.shortClock)"
    return seconds == 0 ? text + "Z" : "\(text) (\(CivilTime(time, offset: 0).shortClock)Z)"
  }

  /// The next time after one at which clocks show a time of day, or the date that is written.
  static func next(_ text: String, after time: Timestamp, _ zone: TimeZoneRule) -> Timestamp? {
    guard let second = GridTable.timeOfDay(text) else { return GridTable.date(text) }
    let now = time.nanoseconds.flooredQuotient(by: 1_000_000_000)
    let midnight = (now + Int64(zone.offset(at: now))).flooredQuotient(by: 86_400) * 86_400
    for day in Int64(0)...2 {
      let fitting = zone.times(showing: midnight + day * 86_400 + Int64(second))
      if let next = fitting.first(where: { $0 > now }) {
        return Timestamp(nanoseconds: next * 1_000_000_000)
      }
    }
    return nil
  }

  var lines: [String] {
    var lines = [headline]
    lines += [gain, saving, doubt].compactMap { $0 }
    if let other = window.other {
      let by = window.objective == .intensity ? "most renewables" : "least carbon"
      let flag = window.objective == .intensity ? "share" : "intensity"
      lines.append(
        "\(by): \(text(other.span)) (\(values(other))); they differ, choose it with --by \(flag)")
    }
    if let work { lines.append(work) }
    lines.append("forecast: \(sanitized(forecast.source))\(age)")
    if !forecast.remark.isEmpty { lines.append("but " + sanitized(forecast.remark)) }
    return lines
  }

  private var headline: String {
    let hours = SI.duration(window.question.seconds)
    let best = window.best
    if window.best.span.start <= window.question.now {
      return "now: the greenest \(hours) begin at once, \(text(best.span)) (\(values(best)))"
    }
    if window.isNow, let now = window.atOnce {
      return
        "flat: start when you like (now \(values(now)); best \(text(best.span)), \(values(best)))"
    }
    return "greenest \(hours): \(text(best.span)) (\(values(best)))"
  }

  private var gain: String? {
    let horizon =
      "mean up to \(Self.time(window.horizon.span.end, offset)): "
      + values(window.horizon)
    guard let now = window.atOnce else {
      return "beginning at once: unknown, the forecast does not cover it; \(horizon)"
    }
    let name =
      window.question.first > window.question.now
      ? "beginning \(Self.time(window.question.first, offset))" : "beginning now"
    return "\(name): \(values(now)); \(horizon)"
  }

  private var saving: String? {
    guard !window.isNow else { return nil }
    var parts: [String] = []
    if let gain = window.shareGain { parts.append("\(points(gain)) of renewable share") }
    if let watts, let grams = window.gramsSaved(watts: watts) {
      parts.append(
        grams < 0 ? "\(SI.carbon(-grams).joined) more\(kind)" : SI.carbon(grams).joined + kind)
    } else if let gain = window.intensityGain {
      parts.append("\(SI.significant(gain)) g/kWh\(kind)")
    }
    if let watts, let tariff, !tariff.periods.isEmpty,
      let money = window.moneySaved(watts: watts, tariff, offset: offset)
    {
      let currency = tariff.currency.isEmpty ? "money" : sanitized(tariff.currency)
      parts.append(SI.fixed(money, 2) + " " + currency)
    }
    return parts.isEmpty ? nil : "waiting saves " + parts.joined(separator: ", ")
  }

  private var doubt: String? {
    guard !window.isNow, let isDoubtful = window.isDoubtful, let best = window.best.band,
      let now = window.atOnce?.band
    else { return nil }
    func text(_ band: ClosedRange<Double>) -> String {
      "\(SI.percent(band.lowerBound))-\(SI.percent(band.upperBound)) %"
    }
    return isDoubtful
      ? "doubt: the bands overlap (then \(text(best)), now \(text(now))); the gain may be none"
      : "doubt: the bands are apart (then \(text(best)), now \(text(now)))"
  }

  private var age: String {
    guard let said = forecast.said else { return ", of unknown age" }
    return ", said \(SI.duration(max(0, window.question.now - said))) ago"
  }

  /// Which intensity is meant, where it is not the lifecycle one.
  private var kind: String {
    switch window.intensityMetric {
    case Metric.directIntensity?: " direct"
    case Metric.marginalIntensity?: " marginal"
    default: ""
    }
  }

  private func points(_ share: Double) -> String { "\(SI.fixed(share * 100, 1)) points" }

  private func values(_ choice: GreenWindow.Choice) -> String {
    let basis = window.isShareOfLoad ? " of load" : ""
    let parts = [
      choice.share.map { "renewable \(SI.percent($0)) %\(basis)" },
      choice.intensity.map { "\(SI.significant($0)) g/kWh\(kind)" },
    ].compactMap { $0 }
    return parts.isEmpty ? "unknown" : parts.joined(separator: ", ")
  }

  private func text(_ span: TimeSpan) -> String {
    "\(Self.time(span.start, offset)) to \(Self.time(span.end, offset))"
  }

  var json: String {
    JSONText.object([
      ("now", .text(Self.utc(window.question.now))),
      ("is_now", .flag(window.isNow)), ("is_flat", .flag(window.isFlat)),
      ("objective", .text(window.objective.rawValue)),
      ("best", json(window.best)), ("at_once", window.atOnce.map(json)),
      ("horizon", json(window.horizon)), ("other", window.other.map(json)),
      ("share_gain", window.shareGain.map(JSONText.number)),
      ("intensity_gain", window.intensityGain.map(JSONText.number)),
      (
        "intensity_kind",
        window.intensityMetric.map { _ in
          .text(kind.isEmpty ? "lifecycle" : String(kind.dropFirst()))
        }
      ),
      ("share_of_load", .flag(window.isShareOfLoad)),
      ("grams_saved", watts.flatMap { window.gramsSaved(watts: $0) }.map(JSONText.number)),
      (
        "money_saved",
        watts.flatMap { watts in
          tariff.flatMap { window.moneySaved(watts: watts, $0, offset: offset) }
        }.map(JSONText.number)
      ),
      ("currency", tariff.map { .text($0.currency) }),
      ("seconds", .number(window.question.seconds)), ("watts", watts.map(JSONText.number)),
      ("work", work.map(JSONText.text)),
      ("bands_overlap", window.isDoubtful.map(JSONText.flag)),
      ("source", .text(forecast.source)),
      ("remark", forecast.remark.isEmpty ? nil : .text(forecast.remark)),
      ("said", forecast.said.map { .text(Self.utc($0)) }),
    ]).written
  }

  private func json(_ choice: GreenWindow.Choice) -> JSONText {
    .object([
      ("start", .text(Self.utc(choice.span.start))), ("end", .text(Self.utc(choice.span.end))),
      ("renewable_share", choice.share.map(JSONText.number)),
      ("intensity", choice.intensity.map(JSONText.number)),
      ("renewable_low", choice.band.map { .number($0.lowerBound) }),
      ("renewable_high", choice.band.map { .number($0.upperBound) }),
    ])
  }

  private static func utc(_ time: Timestamp) -> String {
    let civil = CivilTime(time, offset: 0)
    return "\(civil.isoDate)T\(civil.clock)Z"
  }
}
