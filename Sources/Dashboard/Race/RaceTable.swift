import Accounting
import Canvas
import Quantities
import Telemetry

/// What each of the two had spent and done, a row for each.
extension RaceScene {
  /// Head and rows, as wide as there is room for.
  func table(width: Int) -> [[Run]] {
    let equal = moment.equalLoss
    let isValidated = race.basis == .validation
    let progress = race.run.progressUnit == race.baseline.progressUnit
    var table = TextTable([
      .init("", limit: 26), .init(say(.ate), right: true), .init("", whole: true, rank: 3),
      .init(say(.ran), right: true, rank: 2),
      .init(progress ? unit(race.run) : say(.progress), right: true, rank: 4),
      .init(say(isValidated ? .validationLoss : .loss), right: true, rank: 1), .init("", rank: 7),
      .init(
        equal.map { say(.toLoss, lossKind, significant($0.loss)) } ?? "", rank: 1, limit: 36),
      .init("", whole: true, rank: 5),
    ])
    let top = runners.compactMap { $0.profile.course?.end?.joules }.max() ?? 0
    for runner in runners {
      let point = runner.place?.point
      let modelled = runner.profile.isModelled ? "≈ " : ""
      let isRun = runner.profile == race.run
      let joules = isRun ? equal?.joules : equal?.baseline
      let seconds = isRun ? equal?.seconds : equal?.baselineSeconds
      table.rows.append([
        Run("\(runner.mark) \(runner.profile.name)", runner.style.bold),
        Run(point?.joules.map { modelled + string(SI.energy($0)) } ?? "–", runner.style.bold),
        Run(track(point?.joules, of: top, min(40, max(8, width / 6))), runner.style),
        Run(runner.profile.isTimed ? point.map { duration($0.seconds) } ?? "–" : "–", text),
        Run(point.flatMap { done($0, runner.profile) } ?? "–", text),
        Run(runner.place?.loss.map { significant($0.loss, digits: 4) } ?? "–", text),
        Run(state(runner.profile, runner.place), muted),
        Run(joules.map { modelled + words($0) { SI.energy($0) } } ?? "", runner.style.bold),
        Run(seconds.map { say(.took, duration($0.upperBound)) } ?? "", text),
      ])
    }
    return table.lines(width: width, title: muted)
  }

  /// A track as long as the joules, with the animal that eats them at its end.
  private func track(_ joules: Double?, of top: Double, _ width: Int) -> String {
    let animal = glyphs == .ascii ? "@" : "▟▙"
    guard let joules, top > 0, joules.isFinite else { return "" }
    let cells = Int(saturating: (min(1, max(0, joules / top)) * Double(width)).rounded())
    let line = String(repeating: "━", count: cells) + animal
    return line + String(repeating: " ", count: width - cells)
  }

  /// How far it has come.
  private func done(_ point: RunCourse.Point, _ profile: RunProfile) -> String? {
    switch profile.progressUnit {
    case "tokens": point.tokens.map { string(SI.text($0, "", smallest: 0)) }
    case "samples": point.samples.map { string(SI.text($0, "", smallest: 0)) }
    default: point.step.map { SI.count($0) }
    }
  }

  private func state(_ profile: RunProfile, _ place: Race.Place?) -> String {
    guard let place else { return "" }
    guard place.isOver else { return "" }
    return switch profile.ending {
    case .crashed: say(.failed)
    case .cancelled: say(.cancelled)
    case .finished: say(.finished)
    default: say(.ended)
    }
  }

  /// A range as people write it: `9.1 to 9.6 kJ`, or one number where both are the same.
  func words(_ range: ClosedRange<Double>, _ text: (Double) -> SI.Text) -> String {
    let (low, high) = (text(range.lowerBound), text(range.upperBound))
    if low == high { return string(high) }
    return low.unit == high.unit
      ? say(.range, number(low.number), string(high)) : say(.range, string(low), string(high))
  }
}
