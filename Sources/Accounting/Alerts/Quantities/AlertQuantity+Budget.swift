import Quantities
import Telemetry

extension AlertQuantity {
  /// What each job, or the machine since the session began, has taken: energy, grams or money.
  static let budget = AlertQuantity(
    "budget", example: "\"5kWh\", \"800g\", \"1.2kg\" or an amount in the currency of [price]",
    [
      AlertSpelling(suffix: "kWh", unit: .kilowattHour),
      AlertSpelling(suffix: "MWh", unit: .kilowattHour, factor: 1000),
      AlertSpelling(suffix: "Wh", unit: .kilowattHour, factor: 1e-3),
      AlertSpelling(suffix: "kgCO2e", unit: .gram, factor: 1000),
      AlertSpelling(suffix: "gCO2e", unit: .gram),
      AlertSpelling(suffix: "kg", unit: .gram, factor: 1000),
      AlertSpelling(suffix: "g", unit: .gram),
    ], takesBelow: false, options: [.projected, .of], marginShare: 0.02, every: 10
  ) { rule, scene in
    let unit = rule.limit.unit
    guard !rule.isOfMachine else {
      return [AlertReading(nil, "the machine", scene.machineAmount(unit), unit)].map {
        $0.taken(isProjected: false)
      }
    }
    return scene.ledger.inventory.jobs.map { job in
      AlertReading(
        job.id, scene.name(job), scene.amount(of: job, unit, isProjected: rule.isProjected), unit
      ).taken(isProjected: rule.isProjected)
    }
  }
}

extension AlertReading {
  /// The same with what has been taken in words.
  fileprivate func taken(isProjected: Bool) -> AlertReading {
    guard case .known(let value) = state else { return self }
    var copy = self
    copy.words =
      isProjected
      ? "\(name) will have taken ≈ \(unit.text(value)) by its end"
      : "\(name) has taken \(unit.text(value))"
    return copy
  }
}

extension AlertScene {
  /// What the machine has taken since the session began.
  fileprivate func machineAmount(_ unit: AlertUnit) -> AlertReading.State {
    guard let energy = ledger.energy(over: session), energy.covered > 0 else {
      return .unknown("nothing here tells its power")
    }
    guard let factor = perJoule(unit, over: session) else { return .unknown(absence(of: unit)) }
    return .known(energy.joules * factor)
  }

  /// What all lives of a job have taken, and what it will have taken at its end.
  fileprivate func amount(
    of job: Device, _ unit: AlertUnit, isProjected: Bool
  ) -> AlertReading.State {
    // Of what was written before anyone looked nothing is known, and nobody can mend it.
    guard !timeline.facts(of: job.id).isHistory else { return .over }
    if case .unknown(let reason) = ledger.charge(of: job.id, over: session) {
      return .unknown("\(name(job)) is charged nothing: \(reason)")
    }
    guard let totals = ledger.totals(of: job.id, over: session), let last = totals.parts.last else {
      return .unknown(nil)
    }
    guard totals.joules != nil else { return .unknown(nil) }
    var sum = 0.0
    for part in totals.parts {
      guard let joules = part.joules, joules > 0 else { continue }
      guard let factor = perJoule(unit, over: part.life.whole) else {
        return .unknown(absence(of: unit))
      }
      sum += joules * factor
    }
    guard isProjected, !hasEnded(job), sum <= .greatestFiniteMagnitude else { return .known(sum) }
    guard let outlook = ledger.outlook(of: job.id, at: time) else { return .unknown(nil) }
    guard let left = outlook.left ?? outlook.epochsLeft else {
      return .unknown("\(name(job)) does not tell how long it will go on")
    }
    if left == 0 { return .known(sum) }
    guard let joules = outlook.joules, let factor = perJoule(unit, over: last.life.whole) else {
      return .unknown(nil)
    }
    return .known(sum + joules * factor)
  }

  /// How much of a unit a joule was over a span: by the grid and the prices of the time it was drawn.
  private func perJoule(_ unit: AlertUnit, over span: TimeSpan) -> Double? {
    switch unit {
    case .kilowattHour: return 1 / 3.6e6
    case .gram:
      guard let grid = ledger.grid(over: span), grid.gramsCoverage >= JobCost.leastCoverage,
        grid.gramsMatched > 0
      else { return nil }
      return grid.grams / grid.gramsMatched
    case .money:
      guard let tariff, let energy = ledger.energy(over: span), energy.joules > 0,
        let cost = ledger.cost(over: span, tariff, offset: utcOffset)
      else { return nil }
      return cost / energy.joules
    default: return nil
    }
  }

  private func absence(of unit: AlertUnit) -> String? {
    unit == .gram && ledger.inventory.grid == nil
      ? "nothing here tells the grid's carbon intensity" : nil
  }
}
