import Accounting
import Canvas
import Quantities
import Telemetry

/// What a scheduler's job came to, over all machines it ran on.
struct AllocationReport {
  /// The job on each machine, in the order of the recordings.
  let sum: AllocationSum
  let terms: AllocationShare.Terms
  /// What must be said with the totals.
  private(set) var warnings: [String] = []
  /// What in the recordings cannot be as it was written, in words.
  var damages: [String] = []
  var isSimulated = false
  /// The store that told it; `nil` where recordings did.
  var store: String?

  var shares: [AllocationShare] { sum.shares }
  /// What the scheduler says of it; the best known of its machines.
  var facts: AllocationFacts {
    let all = shares.map(\.use.facts)
    return all.first { $0.account != nil } ?? all.first { $0.user != nil } ?? all.first
      ?? AllocationFacts()
  }
  var span: TimeSpan {
    let spans = shares.map(\.use.span)
    let start = spans.map(\.start).min() ?? Timestamp(nanoseconds: 0)
    return TimeSpan(start, spans.map(\.end).max() ?? start)
  }

  init(_ shares: [AllocationShare], _ terms: AllocationShare.Terms) {
    sum = AllocationSum(shares: shares)
    self.terms = terms
    // What is so of each machine is said once.
    let all = shares.map(Self.warnings)
    let common = all.dropFirst().reduce(into: all.first ?? []) { common, own in
      common.removeAll { !own.contains($0) }
    }
    warnings = common
    for (share, own) in zip(shares, all) {
      let place = shares.count > 1 ? sanitized(share.machine) + ": " : ""
      warnings += own.filter { !common.contains($0) }.map { place + $0 }
    }
  }

  /// What must be said with what one machine drew.
  private static func warnings(_ share: AllocationShare) -> [String] {
    let use = share.use
    var warnings = share.reservations
    if let absence = use.absence {
      warnings.append("energy not all known, because \(sanitized(absence))")
    }
    if use.isShared {
      warnings.append("some of it is its processes' share of a GPU held by several jobs")
    }
    if use.facts.gpusFrom == .processes {
      warnings.append("its GPUs are those its processes were seen on; it may have held more")
    }
    if use.isPresent {
      let end =
        share.isStored
        ? "the store has not heard of its end" : "it was there still when the recording ended"
      warnings.append("\(end); what followed is not in it")
    }
    if let started = use.facts.started, use.span.start - started >= 60 {
      let late = SI.duration(use.span.start - started)
      let how = share.isStored ? "told" : "recorded"
      warnings.append("the first \(late) of it were not \(how), and are in no number here")
    }
    return warnings
  }

  /// Adds what must be said with the totals.
  mutating func warn(_ words: String) { warnings.append(words) }

  /// Shares of one word, parted into the jobs that they are of.
  ///
  /// A number is used again by another cluster, and by the same one after years. What differs in its user,
  /// account or name is another job; and where none of that is known, what did not run at the same time.
  static func jobs(_ shares: [AllocationShare]) -> [[AllocationShare]] {
    var jobs: [[AllocationShare]] = []
    for share in shares {
      if let index = jobs.firstIndex(where: { job in job.allSatisfy { areOne($0, share) } }) {
        jobs[index].append(share)
      } else {
        jobs.append([share])
      }
    }
    return jobs
  }

  private static func areOne(_ left: AllocationShare, _ right: AllocationShare) -> Bool {
    let (one, other) = (left.use.facts, right.use.facts)
    guard one.scheduler == other.scheduler, one.jobID == other.jobID, one.number == other.number
    else { return false }
    let pairs = [
      (one.user, other.user), (one.account, other.account), (one.name, other.name),
      (one.pod, other.pod),
    ]
    let known = pairs.filter { $0.0 != nil && $0.1 != nil }
    guard known.allSatisfy({ $0.0 == $0.1 }) else { return false }
    let gap =
      max(left.use.span.start, right.use.span.start)
      - min(left.use.span.end, right.use.span.end)
    // Machines begin and end a job within a minute of each other.
    return !known.isEmpty || gap <= 60
  }

  /// Two recordings of one machine that overlap, if there are any: their joules would count twice.
  static func twice(_ shares: [AllocationShare]) -> (AllocationShare, AllocationShare)? {
    for (index, one) in shares.enumerated() {
      for other in shares[(index + 1)...] where other.use.device == one.use.device {
        let both = one.use.span.intersection(other.use.span)
        if both.map({ $0.seconds > 0 }) ?? false { return (one, other) }
      }
    }
    return nil
  }

  // MARK: Text

  /// Reports in a format: of several jobs that are called alike one after another, as JSON a line each.
  static func written(_ reports: [AllocationReport], as format: String) -> String {
    switch format {
    case "json": reports.map(\.json).joined()
    case "markdown": reports.map(\.markdown).joined(separator: "\n")
    default: reports.map { $0.lines.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    }
  }

  /// The report for a terminal.
  var lines: [String] { RunReport.lines(rows) }

  /// The report as a Markdown table.
  var markdown: String {
    TextColumns.markdown(
      ["job", sanitized(facts.number)], Array(rows.dropFirst()).map { [$0.0, $0.1] })
      + "\n"
  }

  private var rows: [(String, String)] {
    let facts = facts
    var rows: [(String, String)] = []
    func add(_ name: String, _ value: String?) {
      if let value, !value.isEmpty { rows.append((name, sanitized(value))) }
    }
    let name = facts.name.map { "  " + $0 } ?? ""
    let scheduler = facts.scheduler == "none" ? "" : facts.scheduler + " "
    add("job", scheduler + facts.number + name)
    if let store { add("  told by", store) }
    if isSimulated { add("SIMULATED", "numbers of this session were made up") }
    for damage in damages { add("DAMAGED", "totals may be wrong: " + damage) }
    let owner = [
      facts.user.map { "user \($0)" },
      facts.account.map { "account \($0)" }
        ?? (facts.scheduler == "slurm" ? "account unknown" : nil),
      facts.partition.map { "partition \($0)" }, facts.namespace.map { "namespace \($0)" },
    ].compactMap { $0 }
    add("  of", owner.isEmpty ? "unknown user" : owner.joined(separator: ", "))
    let machines = shares.reduce(into: [String]()) { names, share in
      if !share.machine.isEmpty, !names.contains(share.machine) { names.append(share.machine) }
    }
    add(machines.count > 1 ? "machines" : "machine", machines.joined(separator: ", "))
    add("from", RunReport.dates(span, terms.utcOffset))
    add("held", heldWords)
    add("  unused", unusedWords)
    rows += energyRows
    if shares.count > 1 {
      for share in shares {
        let joules = share.use.energy.map { SI.energy($0.joules).joined } ?? "unknown"
        let gpus = share.use.facts.gpus.count
        add("  " + sanitized(share.machine), "\(joules), \(gpus) GPU\(gpus == 1 ? "" : "s")")
      }
    }
    add("price", costWords)
    add("carbon", sum.grams.map { "≈ \(SI.carbon($0).joined) (location-based, lifecycle)" })
    add("lost", lostWords)
    for share in shares { for work in share.use.works { add(workName(work), workWords(work)) } }
    add("per token", sum.joulesPerToken.map { SI.string($0, "J") + " of all it drew" })
    for warning in warnings { add("▲", warning) }
    add("next time", AllocationAdvice.sentence(sum))
    return rows
  }

  private var heldWords: String {
    guard let gpus = sum.gpus else {
      return "unknown, because which GPUs it holds is not known"
    }
    guard let seconds = sum.gpuSeconds else {
      return "\(gpus) GPU\(gpus == 1 ? "" : "s"); for how long is not told"
    }
    let origins = Set(shares.compactMap(\.use.facts.gpusFrom?.rawValue)).sorted()
    return "\(gpus) GPU\(gpus == 1 ? "" : "s"), \(Self.hours(seconds)) GPU-hours"
      + (origins.isEmpty ? "" : ", known by " + origins.joined(separator: ", "))
  }

  private var unusedWords: String? {
    guard sum.gpus != nil else { return nil }
    guard let unused = sum.unusedGPUSeconds else {
      return shares.contains(where: \.isStored)
        ? "unknown, because nothing in the store tells of its processes"
        : "unknown, because not all processes on its GPUs can be seen"
    }
    guard unused > 0, let held = sum.gpuSeconds, held > 0 else { return nil }
    return "\(Self.hours(unused)) GPU-hours without a process of it "
      + "(\(SI.percent(min(1, unused / held))) %)"
  }

  private var energyRows: [(String, String)] {
    guard let joules = sum.joules else {
      let reason = shares.compactMap(\.use.absence).first ?? "nothing tells its GPUs' power"
      return [("energy", "unknown, because \(sanitized(reason))")]
    }
    let doubt = sum.uncertainty.flatMap { doubt in
      joules > 0 && doubt < joules ? " ± \(SI.fixed(max(1, doubt / joules * 100), 0)) %" : nil
    }
    return [
      (
        "energy",
        "\(Self.kilowattHours(joules)) kWh\(doubt ?? "") "
          + (sum.tellsCoverage
            ? "(\(SI.percent(sum.coverage)) % covered)" : "(of how much of its time is not told)")
      ),
      (
        "  of",
        shares.contains(where: \.isOfMachine)
          ? "what its exporter charges a job without GPUs: the processors, or the machine"
          : "its GPUs; processors, memory and fans are not in it"
      ),
    ]
  }

  private var costWords: String? {
    sum.cost.map { Self.amount($0) + " " + (terms.currency.isEmpty ? "money" : terms.currency) }
  }

  private var lostWords: String? {
    guard let share = sum.lostShare else { return nil }
    let causes = AllocationUse.Cause.allCases.filter { $0 != .heldBack }.compactMap {
      cause -> String? in
      guard let joules = sum.wasted[cause], joules >= 0.005 * sum.judged else { return nil }
      return "\(cause.words) \(SI.percent(joules / sum.judged)) %"
    }
    let words = causes.isEmpty ? "" : ": " + causes.joined(separator: ", ")
    let part = (sum.joules ?? 0) > 0 ? min(1, sum.judged / (sum.joules ?? 1)) : 0
    let of = part < 0.95 ? " (\(SI.percent(part)) % of its energy was judged)" : ""
    return "\(SI.percent(share)) % of its energy\(words)\(of)"
  }

  private func workName(_ work: AllocationUse.Work) -> String {
    work.isServing ? "  serving" : "  training"
  }

  private func workWords(_ work: AllocationUse.Work) -> String {
    let counts = [
      work.tokens.map { SI.text($0, "tokens", smallest: 0).joined },
      work.steps.map { SI.count($0) + " steps" },
      work.samples.map { SI.count($0) + " samples" },
    ].compactMap { $0 }
    let what = counts.isEmpty ? "tells neither tokens nor steps" : counts.joined(separator: ", ")
    return "\(work.job.label): \(what)"
  }

  /// Money, with hundredths of a hundredth where it is little.
  static func amount(_ money: Double) -> String {
    SI.fixed(money, money >= 0.1 || money == 0 ? 2 : 4)
  }

  /// Hours with as many digits as tell them apart.
  static func hours(_ seconds: Double) -> String { plain(seconds / 3600) }
  /// Kilowatt-hours, never with a prefix.
  static func kilowattHours(_ joules: Double) -> String { plain(joules / 3.6e6) }

  /// A number without a prefix: four digits, as a bill needs, and three of what is below one.
  static func plain(_ value: Double) -> String {
    if value == 0 { return "0" }
    if value >= 1000 { return SI.fixed(value, 0) }
    guard value > 0, value < 1 else { return SI.significant(value, digits: 4) }
    var (decimals, scaled) = (2, value * 10)
    while scaled < 1, decimals < 9 { (decimals, scaled) = (decimals + 1, scaled * 10) }
    return SI.fixed(value, decimals + 1)
  }
}

extension AllocationUse.Cause {
  /// What is said of it.
  var words: String {
    switch self {
    case .data: "waiting for data"
    case .peers: "waiting for other ranks"
    case .program: "waiting for the main thread"
    case .unknown: "without work, cause not known"
    case .idle: "idle"
    case .heldBack: "clocks held back"
    }
  }
}
