/// What all jobs of one account, or of one user, took together.
public struct FleetAccount: Sendable, Hashable {
  /// The account's name; empty for jobs that name none.
  public var name: String
  /// How many jobs.
  public var jobs = 0
  /// How many of them tell no joules, which are in no sum.
  public var unknown = 0
  /// Their joules.
  public var joules = 0.0
  /// Joules that bought nothing, of those that are judged.
  public var wasted = 0.0
  /// Grams of CO₂ equivalent; `nil` where no job's are known.
  public var grams: Double?
  /// What they cost; `nil` where no job's cost is known, or currencies differ.
  public var cost: FleetCost?

  /// Whether its jobs are paid in several currencies.
  private var isMixed = false

  /// The jobs gathered by account, the one that took most first.
  public static func all(_ jobs: [FleetJob]) -> [FleetAccount] {
    var accounts: [String: FleetAccount] = [:]
    for job in jobs { accounts[job.account, default: FleetAccount(name: job.account)].add(job) }
    return accounts.values.sorted {
      $0.joules == $1.joules ? $0.name < $1.name : $0.joules > $1.joules
    }
  }

  private init(name: String) { self.name = name }

  private mutating func add(_ job: FleetJob) {
    jobs += 1
    guard let more = job.joules else {
      unknown += 1
      return
    }
    joules += more
    wasted += job.wastedJoules ?? 0
    if let more = job.grams { grams = (grams ?? 0) + more }
    guard let more = job.cost else { return }
    isMixed = isMixed || cost.map { $0.currency != more.currency } ?? false
    cost = isMixed ? nil : FleetCost((cost?.amount ?? 0) + more.amount, more.currency)
  }
}
