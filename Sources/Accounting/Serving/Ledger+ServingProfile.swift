import Quantities
import Telemetry

extension Ledger {
  /// The profile of a server from its first count in a span to its last; `nil` where it counted neither
  /// output tokens nor requests twice.
  func servingProfile(
    of job: Device, over span: TimeSpan, name: String, isBrief: Bool, withCourse: Bool
  ) -> RunProfile? {
    guard let cost = servingCost(of: job.id, within: span) else { return nil }
    let stretch = cost.span
    func work(_ count: Double, _ each: Double?) -> RunProfile.Work {
      .init(count: count, joules: each.map { $0 * count }, seconds: stretch.seconds)
    }
    var profile = profile(named: name, of: job)
    if cost.measure == .outputToken {
      profile.works[.outputToken] = work(cost.outputTokens, cost.joulesPerOutputToken)
    }
    if let requests = cost.requests {
      profile.works[.request] = work(requests, cost.joulesPerRequest)
    }
    guard !profile.works.isEmpty else { return nil }
    profile.seconds = stretch.seconds
    if cost.absence == nil, let energy = cost.energy, energy.isKnown {
      profile.joules = energy.joules
      profile.coverage = energy.coverage
    }
    profile.isModelled = cost.energy?.isModelled ?? false
    profile.measure = profile.preferredMeasure
    guard !isBrief else { return profile }
    profile.caveats =
      caveats(of: job.id, over: stretch).map(\.words) + warnings(over: stretch).map(\.words)
    if let caveat = profile.partCaveat { profile.caveats.append(caveat) }
    describeHardware(&profile, job, stretch)
    profile.blocks = blocks(of: job.id, profile, over: stretch)
    if withCourse {
      profile.course = course(along: RunWay(of: job.id, to: stretch, in: self, seenShare: 1))
    }
    profile.ending = timeline.ending(of: job.id, at: span.end)?.cause
    return profile
  }

  /// Stretches that a server's noise is judged by, each between two reports of what is measured; none
  /// where no joules of it are known.
  private func blocks(
    of job: DeviceID, _ profile: RunProfile, over span: TimeSpan
  ) -> [RunProfile.Block] {
    let metric: Metric = profile.measure == .outputToken ? .outputTokens : .requests
    guard profile.joules(per: profile.measure) != nil, let id = timeline.id(metric, of: job) else {
      return []
    }
    return Self.blocks(reportTimes(id, in: span, since: nil)).compactMap { block in
      let count = timeline.total(id, over: block).amount
      guard let energy = jobEnergy(of: job, over: block), energy.isKnown, count > 0 else {
        return nil
      }
      return RunProfile.Block(joules: energy.joules / energy.coverage, count: count)
    }
  }
}
