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
  /// Joules of which it was judged whether they bought anything.
  public var judged = 0.0
  /// Joules that bought nothing, of those that are judged.
  public var wasted = 0.0
  /// Grams of CO₂ equivalent; `nil` unless those of every job with joules are known.
  public var grams: Double? { gramsOf == known && known > 0 ? gramsSum : nil }
  /// What they cost; `nil` unless that of every job with joules is known, in one currency.
  public var cost: FleetCost? {
    guard costOf == known, known > 0, !isMixed, let currency else { return nil }
    return FleetCost(costSum, currency)
  }

  /// The share of the judged joules that bought nothing; `nil` where nothing was judged.
  public var wastedShare: Double? { judged > 0 ? min(1, wasted / judged) : nil }

  /// How many jobs drew anything, as far as that is known.
  private var known = 0
  private var gramsOf = 0
  private var gramsSum = 0.0
  private var costOf = 0
  private var costSum = 0.0
  private var currency: String?

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
    guard more > 0 else { return }
    known += 1
    wasted += job.wastedJoules ?? 0
    if job.wasted != nil { judged += job.judged ?? more }
    if let more = job.grams { (gramsOf, gramsSum) = (gramsOf + 1, gramsSum + more) }
    guard let more = job.cost else { return }
    isMixed = isMixed || currency.map { $0 != more.currency } ?? false
    (costOf, costSum, currency) = (costOf + 1, costSum + more.amount, more.currency)
  }
}
