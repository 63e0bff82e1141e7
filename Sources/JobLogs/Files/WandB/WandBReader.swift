import Quantities
import Telemetry

/// Turns W&B's transaction log into the rows of a job and facts about it.
///
/// The step is the trainer's own where it logs one, such as `train/global_step`; otherwise it is
/// W&B's count of calls. What W&B measured of accelerators is kept as a fact to compare with: all
/// of the machine's are in it, whoever used them.
package struct WandBReader: Sendable {
  private var log = WandBLog()
  private(set) var choice = ScalarChoice()
  private var axes = WandBAxes()
  /// Whether `_step` is how often `log` was called.
  private var countsCalls = false
  /// The count of the newest row of the training, and how many others came since.
  private var lastCount: Int64?
  private var others: Int64 = 0
  private(set) var rows: [JobRow] = []
  /// What was measured of accelerators since it was last taken away.
  private(set) var gpus: [SecondHandGPUs.Sample] = []
  /// The machine the run was on.
  private(set) var host = ""
  private(set) var facts: [String: String] = [:]
  private(set) var label: String?
  /// The code with which the job ended, once it has.
  private(set) var exitCode: Int64?
  private(set) var historyCount = 0
  private(set) var statsCount = 0
  private var own: Set<Int> = []
  private var wattSum = 0.0
  private var wattCount = 0

  /// A reader at the start of a log.
  package init() {}

  var isForeign: Bool { log.isForeign }
  var firstDamage: Int64? { log.firstDamage }

  /// Takes bytes of the log.
  package mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) {
    var log = WandBLog()
    swap(&log, &self.log)
    log.feed(bytes) { take($0) }
    swap(&log, &self.log)
  }

  /// Notices whether W&B's own count is of the calls of `log`, and not of steps: where every row has its
  /// number, and those between two of the training are of something else.
  private mutating func hear(_ row: JobRow?, count: Int64?) {
    guard let count, !countsCalls else { return }
    guard row?[.loss] != nil else {
      others += 1
      return
    }
    if let lastCount, others > 0, count - lastCount == others + 1 {
      countsCalls = true
      for place in rows.indices { rows[place].entries.removeAll { $0.name == "_step" } }
    }
    (lastCount, others) = (count, 0)
  }

  /// Gives away the rows read so far.
  package mutating func takeRows() -> [JobRow] {
    defer { rows = [] }
    return rows
  }

  /// Gives away what was measured of accelerators.
  package mutating func takeGPUs() -> [SecondHandGPUs.Sample] {
    defer { gpus = [] }
    return gpus
  }

  private mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) {
    switch WandBRecord(bytes) {
    case .history(let values, let step):
      historyCount += 1
      var row = Self.row(values, step: step, &choice)
      row = row.map { axes.placed($0, values) }
      hear(
        row, count: step ?? values.first { $0.name == "_step" }.flatMap { Int64(exactly: $0.value) }
      )
      if countsCalls { row?.entries.removeAll { $0.name == "_step" } }
      if let row, !row.entries.isEmpty { rows.append(row) }
    case .stats(let time, let found, let own):
      statsCount += 1
      learn(found.compactMapValues { $0[.power] }, own)
      guard let time, time.seconds > 946_684_800 else { return }
      for (index, values) in found.sorted(by: { $0.key < $1.key }) where values[.power] != nil {
        gpus.append(
          SecondHandGPUs.Sample(
            time: time, index: "\(index)",
            values: values.sorted { $0.key.name < $1.key.name }.map { ($0.key, $0.value) }))
      }
    case .run(let id, let name, let project, let host):
      self.host = host
      label = name.isEmpty ? id : name
      facts["run"] = id
      if !project.isEmpty { facts["project"] = project }
    case .exit(let code): exitCode = code
    case .metric(let name, let axis, let place): axes.hear(name: name, axis: axis, place: place)
    case .summary, nil: break
    }
  }

  private mutating func learn(_ watts: [Int: Double], _ now: Set<Int>) {
    if !now.isSubset(of: own) {
      own.formUnion(now)
      (wattSum, wattCount) = (0, 0)
      facts["gpus_hint"] = own.sorted().map { "\($0)" }.joined(separator: ",")
    }
    let drawn = own.compactMap { watts[$0] }
    guard !own.isEmpty, drawn.count == own.count else { return }
    wattSum += drawn.reduce(0, +)
    wattCount += 1
    // Said anew at every doubling, so that it stays a fact and does not become a series.
    if wattCount & (wattCount - 1) == 0 {
      facts["reported_gpu_watts"] = "\((wattSum / Double(wattCount) * 10).rounded() / 10)"
    }
  }

  /// The row that numbers logged together make; `nil` when none is known or the time is missing.
  static func row(
    _ values: [(name: String, value: Double)], step: Int64?, _ choice: inout ScalarChoice
  ) -> JobRow? {
    guard let stamp = values.first(where: { $0.name == "_timestamp" })?.value,
      946_684_800...4_102_444_800 ~= stamp
    else { return nil }
    var row = JobRow(time: Timestamp(seconds: stamp))
    var isOfPasses = false
    for (name, raw) in values {
      choice.hear(name: name)
      guard let use = ScalarNames.use(name), let value = use.value(raw),
        choice.takes(use, name: use.sum ?? name),
        row[use.metric] == nil || use.metric == .tokenRate || use.sum != nil
      else { continue }
      let before = use.sum.flatMap { sum in row.entries.first { $0.name == sum }?.value } ?? 0
      row.set(use.metric, before + value, name: use.sum ?? name)
      if use.counting == .epochs { isOfPasses = true }
    }
    guard !row.entries.isEmpty else { return nil }
    let counted = step.map(Double.init) ?? values.first { $0.name == "_step" }?.value
    // Where the trainer counts, W&B's count would be another one in the same curve.
    let count = ScalarUse(metric: .step, rank: 9)
    if isOfPasses {
      if let counted { row.set(.epoch, counted, name: "_step") }
    } else if row[.step] == nil, let counted, choice.takes(count, name: "_step") {
      row.set(.step, counted, name: "_step")
    }
    return row
  }
}
