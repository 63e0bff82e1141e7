/// What the jobs of a fleet are in order of.
public enum FleetOrder: String, Sendable, Hashable, CaseIterable {
  case waste, energy, cost, carbon, token, share, gpus, name, user, account

  /// The jobs in order, the greatest first and names from A; what is not known comes last in any case.
  public func sorted(_ jobs: [FleetJob], isReversed: Bool = false) -> [FleetJob] {
    jobs.sorted { left, right in
      if isText {
        let (one, two) = (text(left), text(right))
        if one != two {
          if one.isEmpty || two.isEmpty { return two.isEmpty }
          return one.isBeforeInPeoplesOrder(two) != isReversed
        }
      } else {
        let (one, two) = (number(left), number(right))
        if one != two {
          guard let one, let two else { return one != nil }
          return (one > two) != isReversed
        }
      }
      let (one, two) = (left.joules ?? -1, right.joules ?? -1)
      return one == two ? left.id.isBeforeInPeoplesOrder(right.id) : one > two
    }
  }

  private var isText: Bool { [.name, .user, .account].contains(self) }

  private func text(_ job: FleetJob) -> String {
    switch self {
    case .user: job.user
    case .account: job.account
    default: job.name
    }
  }

  private func number(_ job: FleetJob) -> Double? {
    switch self {
    case .waste: job.wastedJoules
    case .energy: job.joules
    case .cost: job.cost?.amount
    case .carbon: job.grams
    case .token: job.joulesPerToken
    case .share: job.wastedShare
    case .gpus: job.gpus.map(Double.init)
    case .name, .user, .account: nil
    }
  }
}
