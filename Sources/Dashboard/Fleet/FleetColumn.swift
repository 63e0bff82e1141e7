import Accounting
import Canvas
import Quantities
import Telemetry

/// A column of the table of jobs.
enum FleetColumn: CaseIterable {
  case job, user, account, gpus, wasted, bar, share, cause, energy, token, cost, carbon, covered,
    state

  static var all: [FleetColumn] { allCases }

  /// Whether the column is left out where no job tells it.
  var isOptional: Bool { ![.job, .gpus, .energy].contains(self) }

  func isTold(_ job: FleetJob) -> Bool {
    switch self {
    case .user: !job.user.isEmpty
    case .account: !job.account.isEmpty
    case .token: job.joulesPerToken != nil
    case .cost: job.cost != nil
    case .carbon: job.grams != nil
    case .covered: (job.coverage ?? 1) < 0.995
    case .state: true
    case .wasted, .bar, .share, .cause: job.wasted != nil
    case .job, .gpus, .energy: true
    }
  }

  private var order: FleetOrder? {
    switch self {
    case .job: .name
    case .user: .user
    case .account: .account
    case .gpus: .gpus
    case .wasted: .waste
    case .share: .share
    case .energy: .energy
    case .token: .token
    case .cost: .cost
    case .carbon: .carbon
    case .bar, .cause, .covered, .state: nil
    }
  }

  func head(_ state: FleetState, _ currency: String, _ c: FrameContext) -> TextTable.Column {
    var title = text(currency, c)
    if let order, order == state.order { title += state.isReversed ? "▴" : "▾" }
    return switch self {
    case .job: .init(title, limit: 26)
    case .user: .init(title, rank: 6, limit: 10)
    case .account: .init(title, rank: 5, limit: 10)
    case .gpus: .init(title, right: true, rank: 3)
    case .wasted: .init(title, right: true)
    case .bar: .init(title, whole: true, rank: 7)
    case .share: .init(title, right: true, rank: 1)
    case .cause: .init(title, rank: 8, limit: 14)
    case .energy: .init(title, right: true)
    case .token: .init(title, right: true, rank: 2)
    case .cost: .init(title, right: true, rank: 4)
    case .carbon: .init(title, right: true, rank: 9)
    case .covered: .init(title, right: true, rank: 10)
    case .state: .init(title, rank: 2, limit: 48)
    }
  }

  private func text(_ currency: String, _ c: FrameContext) -> String {
    switch self {
    case .job: c.say(FleetWords.job)
    case .user: c.say(FleetWords.user)
    case .account: c.say(FleetWords.account)
    case .gpus: "GPU"
    case .wasted: c.say(FleetWords.wasted)
    case .bar: ""
    case .share: "%"
    case .cause: c.say(FleetWords.forWhat)
    case .energy: c.say(FleetWords.energy)
    case .token: c.say(FleetWords.perTokenHead)
    case .cost: sanitized(currency)
    case .carbon: "CO₂e"
    case .covered: c.say(FleetWords.known)
    case .state: ""
    }
  }

  func cell(_ job: FleetJob, _ moment: FleetMoment, _ most: Double, _ c: FrameContext) -> Run {
    let plain = job.isRunning ? c.text : c.muted
    switch self {
    case .job: return Run(FleetJobTable.title(job), plain)
    case .user: return Run(job.user, c.muted)
    case .account: return Run(job.account, c.muted)
    case .gpus: return Run(job.gpus.map(String.init) ?? "–", plain)
    case .wasted:
      return Run(job.wastedJoules.map { c.string(SI.energy($0)) } ?? "–", c.style(.waiting))
    case .bar:
      return Run(Self.bar(job.wastedJoules ?? 0, of: most, c), c.style(.waiting))
    case .share: return Run(job.wastedShare.map { c.percent($0) } ?? "–", c.style(.waiting))
    case .cause: return Run(job.mainCause.map { c.say(FleetWords.cause($0)) } ?? "", c.muted)
    case .energy: return Run(job.joules.map { c.string(SI.energy($0)) } ?? "–", c.style(.power))
    case .token:
      return Run(job.joulesPerToken.map { Self.small($0, c) } ?? "–", c.style(.algorithm))
    case .cost:
      return Run(job.cost.map { Self.money($0.amount, c) } ?? "–", plain)
    case .carbon: return Run(job.grams.map { c.string($0, "g") } ?? "–", plain)
    case .covered:
      let isWhole = (job.coverage ?? 1) >= 0.995
      return Run(
        job.coverage.map { c.percent($0) + " %" } ?? "–", isWhole ? c.muted : c.style(.warning))
    case .state: return Self.state(job, moment, c)
    }
  }

  /// An amount without its currency, with so many decimals that little is not shown as none.
  static func money(_ amount: Double, _ c: FrameContext) -> String {
    c.fixed(amount, amount >= 0.1 || amount == 0 ? 2 : 4)
  }

  /// Joules without their unit, but for those that two decimals would show as none.
  private static func small(_ joules: Double, _ c: FrameContext) -> String {
    joules >= 0.01 || joules == 0 ? c.significant(joules) : c.string(joules, "J")
  }

  /// What is the matter with a job, in few words; nothing where all is well.
  private static func state(_ job: FleetJob, _ moment: FleetMoment, _ c: FrameContext) -> Run {
    if job.isHeldWithoutProcess {
      return Run(c.say(FleetWords.heldWithout), c.style(.critical).bold)
    }
    if let quiet = job.hosts.lazy.compactMap({ name in
      moment.host(name).flatMap { $0.state == .answers ? nil : $0 }
    }).first {
      return Run(c.say(FleetWords.notHeard, quiet.name), c.style(.critical))
    }
    if !job.isRunning {
      let age = job.lastSeen.map { c.age(moment.time - $0) }
      return Run(age.map { c.say(FleetWords.endedAgo, $0) } ?? c.say(FleetWords.ended), c.muted)
    }
    if let first = job.reservations.first {
      let words = first.split(separator: "_").joined(separator: " ")
      return Run(words, c.style(.warning))
    }
    if let doubt = job.doubt {
      return Run(c.say(doubt == .noCounter ? FleetWords.noCounter : .seenOnce), c.muted)
    }
    if let idle = job.idleGPUs, idle > 0 {
      return Run(c.say(FleetWords.idleGPUs, "\(idle)"), c.style(.warning))
    }
    return Run("", c.muted)
  }

  private static let cells = 8

  /// A bar of eight cells.
  private static func bar(_ value: Double, of most: Double, _ c: FrameContext) -> String {
    guard most > 0, value > 0 else { return "" }
    let eighths = max(1, Int((value / most * Double(cells * 8)).rounded()))
    if c.glyphs == .ascii { return String(repeating: "#", count: (eighths + 7) / 8) }
    let rest = eighths % 8
    let tail =
      rest > 0 ? String(Unicode.Scalar(UInt32(0x2590 - rest)).map(Character.init) ?? "▏") : ""
    return String(repeating: "█", count: eighths / 8) + tail
  }
}
