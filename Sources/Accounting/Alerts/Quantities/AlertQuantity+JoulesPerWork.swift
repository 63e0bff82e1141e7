import Telemetry

extension AlertQuantity {
  /// Joules for a token of each job, trained or served, over its last reports.
  static let joulesPerToken = AlertQuantity(
    "joules_per_token", example: "\"+20%\", 0.05 or \"50mJ\"", spellings(.joulePerToken),
    relativeTo: .joulePerToken, options: [.baseline], every: 5
  ) { _, scene in
    readings(scene, .joulePerToken, "tokens") {
      $0.tokenWork
    } _: {
      $0.joulesPerToken
    }
  }

  /// Joules for a step of each job that trains, over its last reports.
  static let joulesPerStep = AlertQuantity(
    "joules_per_step", example: "\"+20%\", 450 or \"1.2kJ\"", spellings(.joulePerStep),
    relativeTo: .joulePerStep, options: [.baseline], every: 5
  ) { _, scene in
    readings(scene, .joulePerStep, "steps") { cost in
      cost.steps > 0
        ? JobWork(count: cost.steps, span: cost.span, energy: cost.energy, basis: .counted) : nil
    } _: {
      $0.joulesPerStep
    }
  }

  private static func spellings(_ unit: AlertUnit) -> [AlertSpelling] {
    [("", 1), ("mJ", 1e-3), ("kJ", 1e3), ("MJ", 1e6), ("J", 1)].map { suffix, factor in
      AlertSpelling(suffix: suffix, unit: unit, factor: factor)
    }
  }

  /// Seconds for which the last report still speaks of the present.
  private static func patience(_ work: JobWork) -> Double { max(60, 2 * work.span.seconds) }

  private static func readings(
    _ scene: AlertScene, _ unit: AlertUnit, _ what: String, _ work: (JobCost) -> JobWork?,
    _ joules: (JobCost) -> Double?
  ) -> [AlertReading] {
    let ledger = scene.ledger
    return ledger.inventory.jobs.map { job in
      let name = scene.name(job)
      func reading(_ state: AlertReading.State) -> AlertReading {
        AlertReading(job.id, name, state, unit)
      }
      guard !scene.hasEnded(job) else { return reading(.over) }
      if ledger.isServer(job.id) {
        guard unit == .joulePerToken else { return reading(.over) }
        let cost = ledger.servingCost(of: job.id, at: scene.time)
        // Without requests there is nothing to judge.
        return reading(cost?.joulesPerOutputToken.map { .known($0) } ?? .unknown(nil))
      }
      guard let cost = ledger.cost(of: job.id, at: scene.time) else {
        return reading(.unknown(nil))
      }
      guard let work = work(cost) else {
        return reading(.unknown("\(name) does not tell its \(what)"))
      }
      guard scene.time - work.span.end <= patience(work) else { return reading(.unknown(nil)) }
      return reading(joules(cost).map { .known($0) } ?? .unknown(cost.shortfall))
    }
  }
}

extension AlertScene {
  /// Whether a job is over, or was before anyone looked.
  func hasEnded(_ job: Device) -> Bool {
    guard !timeline.facts(of: job.id).isHistory else { return true }
    let cause = timeline.ending(of: job.id, at: time)?.cause
    return cause != nil && cause != .stalled
  }
}
