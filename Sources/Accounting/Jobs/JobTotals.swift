import Telemetry

/// All lives of a job together, and each apart.
public struct JobTotals: Hashable, Sendable {
  /// A life and what it took, evaluations and checkpoints left out where the job tells them.
  public struct Part: Hashable, Sendable {
    /// The life.
    public var life: JobLife
    /// What its steps took.
    public var cost: JobCost
    /// Joules from its first report to its last with all its pauses; `nil` where most of them are not
    /// known, and for a life of one report.
    public var joules: Double?
  }

  /// The lives, oldest first.
  public var parts: [Part]

  /// Steps of all lives, those that were done twice counted twice.
  public var steps: Double { parts.reduce(0) { $0 + $1.life.steps } }
  /// Steps that an earlier life had done already.
  public var redone: Double { parts.reduce(0) { $0 + $1.life.redone } }
  /// Steps of all lives, each counted once.
  public var usefulSteps: Double { steps - redone }

  /// Joules of all lives with their pauses; `nil` where those of one are not known.
  ///
  /// One that reported once took no time that anyone knows of.
  public var joules: Double? {
    guard parts.contains(where: { $0.life.whole.seconds > 0 }) else { return nil }
    return sum { $0.life.whole.seconds > 0 ? $0.joules : 0 }
  }
  /// Joules for a step that counts, from the energy of all steps; `nil` where none was done twice.
  public var joulesPerUsefulStep: Double? {
    guard redone > 0, usefulSteps > 0 else { return nil }
    return sum { part in part.cost.steps > 0 ? part.cost.joules(part.cost.energy) : 0 }
      .map { $0 / usefulSteps }
  }

  private func sum(_ joules: (Part) -> Double?) -> Double? {
    guard !parts.isEmpty else { return nil }
    return parts.reduce(0) { sum, part in sum.flatMap { sum in joules(part).map { sum + $0 } } }
  }
}

extension JobCost {
  /// The joules of the whole job for those measured here; `nil` where most of them are not known.
  func joules(_ energy: EnergyAmount?) -> Double? {
    guard isTimed, let energy, energy.isKnown else { return nil }
    return energy.joules / (energy.coverage * seenShare)
  }
}

extension Ledger {
  /// The lives of a job in a span with what each took; `nil` for one that told no progress.
  public func totals(of job: DeviceID, over span: TimeSpan) -> JobTotals? {
    memos.totals.answer(.init(job: job, span: span)) {
      let parts = lives(of: job, over: span).map { life in
        let cost = cost(
          of: job, over: life.span, steps: life.steps, withoutPauses: true, room: life.whole)
        let joules =
          life.whole.seconds > 0 ? cost.joules(jobEnergy(of: job, over: life.whole)) : nil
        return JobTotals.Part(life: life, cost: cost, joules: joules)
      }
      return parts.isEmpty ? nil : JobTotals(parts: parts)
    }
  }
}
