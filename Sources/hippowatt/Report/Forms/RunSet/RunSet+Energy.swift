import Accounting
import Canvas
import Quantities
import Telemetry

/// The energy of several recordings and what the grid made of it.
extension RunSet {
  /// The share of a recording's time, or of its joules, that must be known for a total to be told.
  private static let leastCoverage = 0.9

  /// The joules of some recordings together, exactly as `report` tells them of each; without the
  /// overhead of the site.
  static func energy(of runs: [Run], in set: RunSet) -> Answer<Double> {
    guard !runs.isEmpty else { return .unknown(because: "no recording here is of that") }
    var reasons: [String] = []
    for run in runs {
      if run.kind == .mixed {
        reasons.append(
          "\(run.name) is of training and serving at once, and whose joules are whose is not told")
      } else if let energy = run.report.energy {
        if energy.coverage < leastCoverage {
          reasons.append(
            "\(run.name) knows its power for only \(SI.percent(energy.coverage)) % of its time")
        }
      } else {
        reasons.append("\(run.name) tells no power")
      }
      reasons += set.unseen(run)
    }
    return energy(of: runs, without: reasons)
  }

  /// The joules of the training; unknown where a recording may be of anything.
  var trainingEnergy: Answer<Double> {
    guard !training.isEmpty else { return .unknown(because: "no recording here is of training") }
    if let reason = Self.purpose(training) { return Self.energy(of: training, without: [reason]) }
    return Self.energy(of: training, in: self)
  }

  /// Why it is not known that some recordings are of training, if so.
  static func purpose(_ runs: [Run]) -> String? {
    let unknown = runs.filter(\.isOfUnknownPurpose)
    return unknown.isEmpty
      ? nil
      : "\(names(unknown)) recorded no job, so whether it was training is not known (state it "
        + "with --training-type)"
  }

  /// A sum, or what was recorded where there are reasons to tell none.
  private static func energy(of runs: [Run], without reasons: [String]) -> Answer<Double> {
    let known = runs.compactMap(\.report.energy)
    let sum = known.reduce(0) { $0 + $1.joules }
    guard reasons.isEmpty else {
      let part =
        known.isEmpty
        ? "" : " (what was recorded adds up to \(FormNumber.decimal(sum / 3.6e6)) kWh)"
      return .unknown(because: reasons.joined(separator: "; ") + part)
    }
    return .known(sum, method: method(of: runs))
  }

  /// What of a job was on devices that no recording of the set tells of.
  func unseen(_ run: Run) -> [String] {
    run.trainers.compactMap { job -> String? in
      guard let world = job.facts.worldSize, let own = Self.ownDevices(job), own < world - 0.5
      else {
        return nil
      }
      let others = runs.filter { $0.path != run.path && $0.isSimultaneous(with: run) }
      let seen = others.flatMap(\.trainers).filter { $0.facts.worldSize == world }
        .compactMap(Self.ownDevices).reduce(own, +)
      guard seen < world - 0.5 else { return nil }
      return
        "\(sanitized(job.device.label)) in \(run.name) runs on \(SI.count(world)) devices, and "
        + "only \(SI.count(seen)) of them were recorded"
    }
  }

  /// The devices of a job that are on the machines of its recording; `nil` where it told nothing.
  static func ownDevices(_ job: RunReport.Job) -> Double? {
    guard let share = (job.cost ?? job.totals?.parts.last?.cost)?.seenShare else { return nil }
    return (job.mfu.devices * share).rounded()
  }

  /// How the joules of some recordings were counted, with all that must be known before believing them.
  private static func method(of runs: [Run]) -> String {
    func unique(_ words: [String]) -> String {
      var seen: Set<String> = []
      return words.filter { seen.insert($0).inserted }.joined(separator: "; ")
    }
    let energies = runs.compactMap(\.report.energy)
    let how = unique(
      energies.map { energy in
        energy.isModelled
          ? "modelled, at least in part, and not measured"
          : energy.isCounted ? "read from energy counters" : "power integrated over time"
      })
    let boundary = unique(runs.compactMap(\.report.boundary).map(sanitized))
    let least = energies.map(\.coverage).min() ?? 0
    var sentences = [
      (runs.count == 1 ? "One recording, " : "Sum of \(runs.count) recordings, ") + how,
      "Boundary: \(boundary.isEmpty ? "not told" : boundary), and nothing beyond it",
      "Known for " + (runs.count > 1 && least < 0.9995 ? "at least " : "")
        + "\(SI.percent(least)) % of the time"
        + (least < 0.9995 ? "; what is missing is not guessed" : ""),
    ]
    let doubts = runs.map(\.report.uncertainty)
    if doubts.allSatisfy({ $0 != nil }) {
      let sum = energies.reduce(0) { $0 + $1.joules }
      let doubt = doubts.reduce(0) { $0 + ($1 ?? 0) }
      if sum > 0, doubt < sum {
        sentences.append("± \(SI.fixed(max(1, doubt / sum * 100), 0)) %")
      }
    }
    let cautions = runs.flatMap { run in
      run.report.warnings.map { "\(run.name): \(sanitized($0.words))" }
        + run.report.damages.map { "\(run.name) is DAMAGED: \(sanitized($0))" }
        + run.report.jobs.flatMap(\.caveats).filter { !$0.isAbsence }
        .map { "\(run.name): \(sanitized($0.words))" }
    }
    if !cautions.isEmpty { sentences.append("Caution: " + cautions.joined(separator: "; ")) }
    if runs.contains(where: \.report.isSimulated) {
      sentences.append("SIMULATED: numbers of these recordings were made up")
    }
    return sentences.joined(separator: ". ") + "."
  }

  /// Whether the site's overhead is in a figure, in words.
  func overhead(isCounted: Bool) -> String {
    guard let pue else { return "The site's overhead (PUE) is not in it: none is set." }
    let value = SI.significant(pue)
    return isCounted
      ? "Times the PUE of the settings, \(value)."
      : "The site's overhead is not in it; the PUE of the settings is \(value)."
  }

  // MARK: Carbon

  /// Grams of CO2 equivalent of some recordings by the grid's lifecycle intensity, without the overhead
  /// of the site.
  static func grams(of runs: [Run], in set: RunSet) -> Answer<Double> {
    if case .unknown(let reason) = energy(of: runs, in: set) {
      return .unknown(because: "its energy is not known: \(reason)")
    }
    let reasons = runs.compactMap { run -> String? in
      guard let grid = run.report.grid, grid.gramsMatched > 0 else {
        if let grid = run.report.grid, grid.siteJoules > 0, grid.siteMatched == 0 {
          return "\(run.name) does not tell what the site's own sun met"
        }
        return "\(run.name) tells no carbon intensity of a grid"
      }
      guard grid.gramsCoverage < leastCoverage else { return nil }
      let part = SI.percent(grid.gramsCoverage)
      return "\(run.name) knows the grid's intensity for only \(part) % of its joules"
    }
    guard reasons.isEmpty else { return .unknown(because: reasons.joined(separator: "; ")) }
    return .known(
      runs.compactMap(\.report.grid?.grams).reduce(0, +),
      method: "Energy times the grid's intensity at its time. \(basis(of: runs))"
        + (isPartly(runs) ? " What is missing is not in the grams." : ""))
  }

  /// Which intensity it is, and how well it is known.
  private static func basis(of runs: [Run]) -> String {
    var seen: Set<String> = []
    let grids = runs.compactMap { run in
      run.report.location.map {
        sanitized([$0.label, $0.model].filter { !$0.isEmpty }.joined(separator: ", "))
      }
    }.filter { seen.insert($0).inserted }
    let rungs = runs.compactMap(\.report.grid).flatMap { $0.intensityRungs.keys }
    let isAnnual = rungs.contains(.annual)
    let least = runs.compactMap(\.report.grid?.gramsCoverage).min() ?? 0
    return "Grid: \(grids.joined(separator: "; ")); location-based, average, "
      + (isAnnual
        ? "an annual mean (the coarsest granularity allowed)" : "the values that were recorded")
      + "; known for \(SI.percent(least)) % of the joules. Lifecycle, not a scope 2 figure."
      + ownSun(of: runs)
  }

  /// What of the joules the site's own sun met, since a mean over them is not the grid's; empty where no
  /// site was measured.
  private static func ownSun(of runs: [Run]) -> String {
    let grids = runs.compactMap(\.report.grid).filter { $0.siteJoules > 0 }
    guard !grids.isEmpty else { return "" }
    let all = runs.compactMap(\.report.grid?.joules).reduce(0, +)
    let sun = grids.map(\.ownSun).reduce(0, +)
    return " Own sun of the site met \(SI.percent(sun / all)) % of the joules and is in it "
      + "(\(SI.fixed(GridAccount.ownSunLifecycle, 0)) g CO2e/kWh by its lifecycle, none by combustion)."
  }

  /// Grams a kilowatt-hour over some recordings, weighted by their joules.
  static func intensity(of runs: [Run], in set: RunSet) -> Answer<Double> {
    let matched = runs.compactMap(\.report.grid?.gramsMatched).reduce(0, +)
    return grams(of: runs, in: set).map({ $0 * 3.6e6 / matched }) { _ in
      "Mean of the grid's intensity, weighted with the energy at its time. \(basis(of: runs))"
        + (isPartly(runs) ? " The mean stands for what is missing too." : "")
    }
  }

  /// Whether the intensity is not known for some of the joules.
  private static func isPartly(_ runs: [Run]) -> Bool {
    runs.contains { ($0.report.grid?.gramsCoverage ?? 0) < 0.9995 }
  }

  /// What the direct grams hold, where the source of the grid says it.
  private static func directWords(of runs: [Run]) -> String {
    var seen: Set<String> = []
    let words = runs.compactMap { run in
      run.report.location.flatMap { GridFacts($0.attributes) }.map { facts in
        facts.directWords
          + (facts.directFactors.isEmpty ? "" : ": more than a scope 2 figure counts")
      }
    }.filter { seen.insert($0).inserted }
    return words.isEmpty ? "." : ". Its source: \(sanitized(words.joined(separator: "; ")))."
  }

  /// Grams by the direct intensity of the grid: the only ones that may be called scope 2.
  static func scope2(of runs: [Run], in set: RunSet) -> Answer<Double> {
    if case .unknown(let reason) = energy(of: runs, in: set) {
      return .unknown(because: "its energy is not known: \(reason)")
    }
    let grams = runs.map { $0.report.grid?.combustionGrams }
    guard grams.allSatisfy({ $0 != nil }) else {
      return .unknown(
        because: "no direct (combustion) intensity of the grid was recorded; the lifecycle figure "
          + "is not a scope 2 figure")
    }
    return .known(
      grams.reduce(0) { $0 + ($1 ?? 0) },
      method: "Energy times the grid's direct intensity at its time; location-based, average"
        + directWords(of: runs))
  }
}

extension GridAccount {
  /// Grams from combustion alone; `nil` unless they are known for nearly all of the energy.
  fileprivate var combustionGrams: Double? { directGrams }
}
