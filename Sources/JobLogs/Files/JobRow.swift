import Quantities
import Telemetry

/// What a job said at one time: the numbers that belong to one step.
package struct JobRow: Sendable, Equatable {
  /// One number with what it is; the name is the one the job gave it.
  package struct Entry: Sendable, Equatable {
    /// What the number is.
    package var metric: Metric
    /// In the metric's unit.
    package var value: Double
    /// The job's own name for it, such as `train/loss`; empty where it has none.
    package var name: String
  }

  /// When the job said it.
  package var time: Timestamp
  /// The numbers, each metric at most once.
  package var entries: [Entry] = []
  /// The name of another run that begins with it; `nil` for one that goes on.
  var run: String?

  /// A row without numbers.
  package init(time: Timestamp) { self.time = time }

  /// The value of a metric, if it is in the row.
  subscript(metric: Metric) -> Double? { entries.first { $0.metric == metric }?.value }

  /// Adds a number, or replaces the one the row had.
  mutating func set(_ metric: Metric, _ value: Double, name: String = "") {
    let entry = Entry(metric: metric, value: value, name: name)
    if let place = entries.firstIndex(where: { $0.metric == metric }) {
      entries[place] = entry
    } else {
      entries.append(entry)
    }
  }

  /// Adds what `other` says, which came later.
  mutating func update(with other: JobRow) {
    time = max(time, other.time)
    run = other.run ?? run
    for entry in other.entries { set(entry.metric, entry.value, name: entry.name) }
  }
}

/// Chooses between several names for the same thing, such as the losses of a batch and an epoch.
///
/// The name with the best rank wins, and of those the one that was heard first. For rates of tokens
/// the best is known only when all of a step's names have been heard.
package struct ScalarChoice: Sendable {
  private var chosen: [Metric: (name: String, rank: Int)] = [:]
  private var rates = RateNames()
  private var heard: Set<String> = []
  /// Whether losses were heard that are parts of one, of which the others are not known.
  private(set) var hasPartsOfLoss = false
  /// What the chosen rate of tokens counts for; `nil` where there is none.
  private(set) var rateScope: JobFacts.RateScope?
  /// How often a choice has changed: as long as it stands, so does every answer.
  private(set) var changes = 0

  /// Nothing chosen yet.
  package init() {}

  /// The name whose numbers are taken for a metric.
  func name(of metric: Metric) -> String? { chosen[metric]?.name }

  /// Whether numbers under this name are to be taken.
  mutating func takes(_ use: ScalarUse, name: String) -> Bool {
    if use.metric == .tokenRate {
      hear(use, name: name)
      return chosen[.tokenRate]?.name == name
    }
    if use.metric == .loss, hasPartsOfLoss, use.sum == nil, LossRole.mayBePart(name) {
      return false
    }
    if let now = chosen[use.metric] {
      if now.name == name { return true }
      hear(use, name: name)
      if now.rank <= use.rank { return false }
    } else {
      hear(use, name: name)
    }
    chosen[use.metric] = (name, use.rank)
    changes += 1
    return true
  }

  /// Takes notice of a name, without a number under it.
  mutating func hear(_ use: ScalarUse, name: String) {
    switch use.metric {
    case .tokenRate: if rates.hear(name, use) { chooseRate() }
    case .stepTime: if rates.hear(other: name) { chooseRate() }
    default: break
    }
  }

  /// Takes notice of any name, whether anybody knows what it means or not.
  mutating func hear(name: String) {
    guard !hasPartsOfLoss, heard.count < 65_536, heard.insert(name).inserted,
      LossRole.isPart(ScalarNames.normal(name))
    else { return }
    hasPartsOfLoss = true
    changes += 1
    if let loss = chosen[.loss], LossRole.mayBePart(loss.name) { chosen[.loss] = nil }
  }

  private mutating func chooseRate() {
    guard let best = rates.best else { return }
    rateScope = best.scope
    guard chosen[.tokenRate]?.name != best.name else { return }
    chosen[.tokenRate] = (best.name, best.rank)
    changes += 1
  }
}

/// Learns how often values come, so that rare ones are not full of gaps.
///
/// A pause above ten minutes counts only when the one before it was of about the same length: one
/// alone may be the time between an end and a new start.
struct Cadence: Sendable {
  private(set) var period: Double
  private var last: Timestamp?
  private var pause = 0.0

  init(period: Double = 10) { self.period = period }

  /// Takes the time of a value; says whether the period has become longer.
  mutating func hear(_ time: Timestamp) -> Bool {
    guard let before = last else {
      last = time
      return false
    }
    guard time > before else { return false }
    let interval = time - before
    let isLikely = interval <= 600 || (pause > interval / 2 && pause < interval * 2)
    pause = interval
    last = time
    guard isLikely, interval > 1.5 * period, interval < 30 * 86_400 else { return false }
    period = interval.rounded(.up)
    return true
  }
}
