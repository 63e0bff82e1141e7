import Telemetry

/// Many machines at a time, with what their jobs took since the beginning of an account.
public struct FleetMoment: Sendable, Hashable {
  /// The time that is looked at.
  public var time: Timestamp
  /// What the joules, grams and tokens are added up over; it ends at the time that is looked at.
  public var span: TimeSpan
  /// The machines, in the order they are drawn: by rack where racks are told, then by name.
  public var hosts: [FleetHost]
  /// The jobs that held accelerators within the account.
  public var jobs: [FleetJob]
  /// What all together draw and buy.
  public var totals: FleetTotals
  /// What somebody should look at, the gravest first.
  public var findings: [FleetFinding] = []
  /// Seconds by which the clock of the store that told it is ahead; all times here are shifted into ours.
  public var storeAhead = 0.0
  /// Whether what some machine tells is made up.
  public var isSimulated = false

  /// A fleet of which nothing is known yet.
  public init(
    time: Timestamp, span: TimeSpan, hosts: [FleetHost] = [], jobs: [FleetJob] = [],
    totals: FleetTotals = FleetTotals()
  ) {
    self.time = time
    self.span = span
    self.hosts = hosts
    self.jobs = jobs
    self.totals = totals
  }

  /// How many machines answer at the time.
  public var answering: Int { hosts.count { $0.state == .answers } }

  /// A machine by its name.
  public func host(_ name: String) -> FleetHost? { hosts.first { $0.name == name } }
}

/// What a whole fleet draws, wastes and buys.
public struct FleetTotals: Sendable, Hashable {
  /// Watts of all machines whose power is known; `nil` where none is.
  public var watts: Double?
  /// How many machines tell no watts though they answer.
  public var unmetered = 0
  /// The accelerators that are known, each counted once.
  public var gpus = 0
  /// Those of them that a job holds; `nil` where nothing tells who holds any.
  public var held: Int?
  /// Joules of all machines over the account.
  public var joules: Double?
  /// Joules of all accelerators over the account, which are among those of the machines.
  public var accelerators: Double?
  /// Joules of the accelerators of which it was judged what they were for.
  public var judged: Double?
  /// Joules of those that bought nothing.
  public var wasted: Double?
  /// Tokens of all jobs that count them and whose joules are known.
  public var tokens: Double?
  /// Joules of these jobs, and of the time in which they counted.
  public var tokenJoules: Double?
  /// Grams of CO₂ equivalent over the account, where the machines tell them.
  public var grams: Double?
  /// What the account's electricity cost, where the machines tell one currency.
  public var cost: FleetCost?
  /// The share of the machines' joules that the grams are of, 0...1.
  public var gramsShare = 1.0
  /// The share of the machines' joules that the cost is of, 0...1.
  public var costShare = 1.0
  /// The share of the account's time for which the machines' joules are known, 0...1.
  public var coverage: Double?
  /// Targets that told of an accelerator that another target tells of too.
  public var duplicates = 0

  /// Totals of nothing.
  public init() {}

  /// The share of the judged joules that bought nothing.
  public var wastedShare: Double? {
    guard let wasted, let judged, judged > 0 else { return nil }
    return min(1, wasted / judged)
  }

  /// Joules for each token.
  public var joulesPerToken: Double? {
    guard let tokens, let tokenJoules, tokens > 0 else { return nil }
    return tokenJoules / tokens
  }
}

/// An amount of money.
public struct FleetCost: Sendable, Hashable {
  /// How much.
  public var amount: Double
  /// As whoever set the price writes it: `EUR`, `€`.
  public var currency: String

  /// An amount in a currency.
  public init(_ amount: Double, _ currency: String) {
    self.amount = amount
    self.currency = currency
  }
}
