import Accounting
import Canvas
import Dashboard
import Quantities
import Telemetry

extension RunReport {
  /// The lines of the recording's summary.
  var summary: [String] { Self.lines(facts(isFull: false)) }

  /// The whole report, for a terminal.
  var lines: [String] {
    var all = [("machine", sanitized(machine)), ("hardware", sanitized(hardware))]
      .filter { !$0.1.isEmpty }
    if isSimulated { all.append(("SIMULATED", "numbers of this session were made up")) }
    all += damages.map { ("DAMAGED", "totals may be wrong: " + sanitized($0)) }
    return Self.lines(all + facts(isFull: true))
  }

  /// Name and value of every line; what belongs to the one before begins with two blanks.
  func facts(isFull: Bool) -> [(String, String)] {
    let duration =
      isTimeless ? "unknown, because the log has no times" : SI.duration(span.seconds)
    var facts = isFull && !isTimeless ? [("from", Self.dates(span, utcOffset))] : []
    facts += [("duration", duration)] + energyFacts(isFull: isFull)
    if let supposed { facts.append(("what if", sanitized(supposed))) }
    facts += gridFacts(isFull: isFull)
    if isFull, let cost { facts.append(("price", sanitized(cost))) }
    if isFull, !jobs.contains(where: { $0.waiting != nil }) {
      facts += waitingFacts(waiting, indent: "")
    }
    if isFull { facts += allocationFacts }
    facts += jobs.flatMap { jobFacts($0, isFull: isFull) }
    if isFull { facts += alertFacts }
    if isFull {
      for (index, count) in equivalents.enumerated() {
        facts.append(
          (index == 0 ? "as much as" : "", "≈ \(SI.twoDigits(count.count)) \(count.thing.name)"))
      }
    }
    return facts
  }

  private func energyFacts(isFull: Bool) -> [(String, String)] {
    let warnings = warnings.map { ("  ▲", sanitized($0.words)) }
    guard let energy else {
      let unknown = ("energy", "unknown: nothing here tells its power")
      return [unknown] + (isFull ? remedy.map { [("  remedy", $0)] } ?? [] : []) + warnings
    }
    func covered(_ energy: EnergyAmount) -> String {
      "(\(Self.method(energy)), \(SI.percent(energy.coverage)) % covered)"
    }
    func mark(_ energy: EnergyAmount) -> String { energy.isModelled ? "≈ " : "" }
    let doubt = doubtText.map { " " + $0 } ?? ""
    var facts = [
      ("energy", "\(mark(energy))\(SI.energy(energy.joules).joined)\(doubt) \(covered(energy))")
    ]
    if isFull, let boundary { facts.append(("  of", sanitized(boundary))) }
    for part in parts {
      let amount = mark(part.energy) + SI.energy(part.energy.joules).joined
      facts.append(
        (
          "  \(part.device.id.kind.name) \(sanitized(part.device.label))",
          isFull ? "\(amount) \(covered(part.energy))" : amount
        ))
    }
    if let mean = energy.meanPower {
      let peak = peakPower.map { ", peak " + SI.string($0, "W") } ?? ""
      facts.append(("power", "mean \(SI.string(mean, "W"))\(peak)"))
    }
    if let pue {
      let site = SI.energy(energy.joules * pue).joined
      facts.append(
        (
          "  site",
          "≈ \(site) with cooling and the like, by the PUE of the settings, \(SI.significant(pue))"
        ))
    }
    return facts + warnings
  }

  /// `± 5 %`, where the uncertainty is known.
  private var doubtText: String? {
    guard let uncertainty, let joules = energy?.joules, joules > 0, uncertainty < joules else {
      return nil
    }
    return "± \(SI.fixed(max(1, uncertainty / joules * 100), 0)) %"
  }

  /// Beginning and end in local time, with its distance from UTC.
  static func dates(_ span: TimeSpan, _ offset: (Timestamp) -> Int) -> String {
    let start = CivilTime(span.start, offset: offset(span.start))
    let seconds = offset(span.end)
    let end = CivilTime(span.end, offset: seconds)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let minutes = abs(seconds) / 60
    let sign = seconds < 0 ? "−" : "+"
    let zone = seconds == 0 ? "UTC" : "UTC\(sign)\(two(minutes / 60)):\(two(minutes % 60))"
    let day = start.isoDate == end.isoDate ? "" : end.isoDate + " "
    return "\(start.isoDate) \(start.clock) to \(day)\(end.clock) \(zone)"
  }

  static func mfuText(_ mfu: MFU) -> String {
    guard let share = mfu.share, let accelerator = mfu.accelerator, let precision = mfu.precision
    else { return "unknown: \(mfu.reason)" }
    return "\(SI.percent(share)) % of \(precision.rawValue) on \(accelerator.name), dense; "
      + (mfu.count?.convention ?? "as the framework counts")
  }

  static func targetText(_ target: TargetLoss) -> String {
    let name = "\(target.basis.words) \(SI.significant(target.target)): "
    func energies(_ joules: ClosedRange<Double>) -> String {
      "\(SI.energy(joules.lowerBound).joined) to \(SI.energy(joules.upperBound).joined)"
    }
    switch target.outcome {
    case .reached(let step, let joules):
      let energy = joules.map { ", after \(energies($0))" } ?? ""
      return name
        + "reached between steps \(SI.count(step.lowerBound)) and \(SI.count(step.upperBound))"
        + energy
    case .projected(let steps, let joules, let fit):
      let energy = joules.map { ", ≈ \(energies($0))" } ?? ""
      return name
        + "≈ \(TargetLoss.words(steps)) more steps"
        + energy + " (\(fit))"
    case .refused(let reason): return name + reason
    }
  }

  /// The facts as lines, all values in one column.
  static func lines(_ facts: [(String, String)]) -> [String] {
    let width = facts.map { displayWidth($0.0) + 1 }.max() ?? 0
    return facts.map { name, value in
      name + String(repeating: " ", count: max(14, width) - displayWidth(name)) + value
    }
  }
}
