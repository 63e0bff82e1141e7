import Quantities
import Telemetry

/// Turns the rows of a job's file into observations, with all that must be said before them.
///
/// Numbers that cannot be true are left out, and the first of each kind is an event; so is a loss
/// that is no number, and a step that went back.
package struct JobRows {
  private(set) var device: Device
  private let source: String
  /// What the rows stand in, such as `TensorBoard event file`.
  private let kind: String
  private var reporter: DeviceReporter
  private var cadences: [Metric: Cadence] = [:]
  private var names: [Metric: String] = [:]
  /// Metrics of which something else is known than was last said.
  private var changed: Set<Metric> = []
  private var lastStep: Int64?
  private var lastEpoch: Double?
  /// Whether what is called steps begins anew with each pass.
  private var isStepOfPass = false
  private var highestStep: Int64 = 0
  /// Steps that were done again after the job went back, as far as the rows show it.
  private var redone: Int64 = 0
  /// What the rows' numbers count, where a tracker's axis may count anything.
  private var axis: StepAxis?
  private var isAxisTold = false
  private var isLossBroken = false
  private var refused: Set<Metric> = []
  private var isAnnounced = false
  private var described: Set<Metric> = []

  /// Rows of the file or folder at `path`, which names the job where there is no `label`.
  ///
  /// `framework` is shown as the job's model. `isOfTracker` says that what the rows call a step is what the
  /// job gave its tracker for an x axis, `isWhole` that all rows are there and will be read at once.
  package init(
    _ context: SourceContext, source: String, kind: String, path: String, label: String? = nil,
    framework: String = "", isOfTracker: Bool = false, isWhole: Bool = false
  ) {
    axis = isOfTracker ? StepAxis(keepsRows: isWhole) : nil
    self.source = source
    self.kind = kind
    let last = path.split(separator: "/").last.map(String.init) ?? path
    device = Device(
      id: context.device(.job, path), label: label ?? last, model: framework,
      attributes: ["path": path, "kind": "training"])
    reporter = DeviceReporter(device)
  }

  /// Adds facts about the job; they go out at once if the job has been announced.
  mutating func learn(
    _ facts: [String: String], label: String? = nil, to observations: inout [Observation]
  ) {
    var device = device
    for (key, value) in facts where device.attributes.count < 64 { device.attributes[key] = value }
    if let label, !label.isEmpty { device.label = label }
    if let framework = facts["framework"] { device.model = framework }
    guard device != self.device else { return }
    self.device = device
    if isAnnounced {
      observations.append(.device(device))
    } else {
      reporter = DeviceReporter(device)
    }
  }

  /// Adds a word about something that happened.
  func note(
    _ text: String, _ cause: Event.Cause? = nil, at time: Timestamp,
    to observations: inout [Observation]
  ) {
    observations.append(
      .event(Event(time: time, kind: .note, text: text, device: device.id, cause: cause)))
  }

  /// Adds rows that were read together, oldest first.
  ///
  /// How often they come is learnt from all of them before the first is said.
  ///
  /// `choice` is the one they were taken by: what their rate of tokens counts for is known from it,
  /// and what was read before a better name for the rate was heard is left out.
  package mutating func say(
    _ rows: [JobRow], by choice: ScalarChoice? = nil, arrival: Timestamp,
    to observations: inout [Observation]
  ) {
    var rows = rows
    if let scope = choice?.rateScope {
      learn([JobFacts.Key.rateScope.rawValue: scope.rawValue], to: &observations)
      let best = choice?.name(of: .tokenRate)
      for place in rows.indices {
        rows[place].entries.removeAll { $0.metric == .tokenRate && $0.name != best }
      }
    }
    if choice?.hasPartsOfLoss == true {
      for place in rows.indices {
        rows[place].entries.removeAll {
          $0.metric == .loss && LossRole.mayBePart($0.name)
        }
      }
    }
    if axis != nil { rows = axis?.take(rows) ?? rows }
    sayAll(rows, arrival: arrival, to: &observations)
  }

  /// Adds rows that were kept until it is known what they count: nothing more comes.
  mutating func finish(arrival: Timestamp, to observations: inout [Observation]) {
    sayAll(axis?.finish() ?? [], arrival: arrival, to: &observations)
  }

  private mutating func sayAll(
    _ rows: [JobRow], arrival: Timestamp, to observations: inout [Observation]
  ) {
    if !isAxisTold, let kind = axis?.kind, kind == .passes || kind == .calls, let first = rows.first
    {
      isAxisTold = true
      note(
        kind == .passes
          ? "what it gives as steps are passes: each has a validation of its own"
          : "what it gives as steps are calls of the logger, and are left out",
        // What was told as steps before is of another life.
        lastStep == nil ? .assumed : .restarted, at: min(first.time, arrival), to: &observations)
      lastStep = nil
    }
    for row in rows {
      for entry in row.entries { hear(entry.metric, at: min(row.time, arrival)) }
    }
    for row in rows { say(row, arrival: arrival, to: &observations) }
  }

  private mutating func hear(_ metric: Metric, at time: Timestamp) {
    if cadences[metric, default: Cadence()].hear(time) { changed.insert(metric) }
  }

  /// Adds a row.
  ///
  /// A writer's clock that is ahead of ours must not put it into the future.
  mutating func say(_ row: JobRow, arrival: Timestamp, to observations: inout [Observation]) {
    let time = min(row.time, arrival)
    var reading = Reading(device: device.id, time: time, arrival: arrival)
    var longer: [Metric] = []
    if let run = row.run { begin(run, at: time, &observations) }
    let row = withoutStepBack(row)
    for entry in row.entries {
      if entry.metric == .loss { hearLoss(entry.value, row, time, &observations) }
      guard let range = Self.plausible[entry.metric] else { continue }
      guard range.contains(entry.value) else {
        refuse(entry, time, &observations)
        continue
      }
      reading.set(entry.metric, entry.value)
      hear(entry.metric, at: time)
      if names[entry.metric] != entry.name {
        names[entry.metric] = entry.name
        learn(by: entry, &observations)
        changed.insert(entry.metric)
      }
      if changed.remove(entry.metric) != nil { longer.append(entry.metric) }
    }
    guard !reading.isEmpty else { return }
    if row[.loss] != nil { follow(&reading, row[.epoch], time, &observations) }
    if redone > 0 { reading.set(.redoneSteps, steps: redone) }
    if isAnnounced {
      for metric in longer where described.contains(metric) {
        observations.append(
          .series(
            SeriesDescriptor(
              device: device.id, metric: metric, provenance: provenance(metric))))
      }
    }
    isAnnounced = true
    described.formUnion(reading.values.map(\.metric))
    reporter.report(reading, to: &observations, provenance: provenance)
  }

  /// Another run begins, as the rows say.
  private mutating func begin(
    _ run: String, at time: Timestamp, _ observations: inout [Observation]
  ) {
    (lastStep, lastEpoch, highestStep) = (nil, nil, 0)
    let name = String(run.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })
    note("\(device.label): began anew (\(name))", .restarted, at: time, to: &observations)
  }

  /// Notices where a row of the training goes back.
  private mutating func follow(
    _ reading: inout Reading, _ epoch: Double?, _ time: Timestamp,
    _ observations: inout [Observation]
  ) {
    let before = lastEpoch
    if let epoch { lastEpoch = epoch }
    let step = reading.values.first { $0.metric == .step }?.steps
    if let step, let last = lastStep, step < last, let epoch, let before, epoch > before {
      // Steps begin anew with each pass: of the run they are none.
      isStepOfPass = true
    }
    if isStepOfPass { reading.remove(.step) }
    guard let step, !isStepOfPass else {
      if let epoch, let before, epoch < before {
        note("\(device.label): began anew", .restarted, at: time, to: &observations)
      }
      return
    }
    if let last = lastStep, step < last {
      redone += 1
      note("\(device.label): resumed at step \(step)", .resumed, at: time, to: &observations)
    } else if let last = lastStep, last < highestStep {
      redone += min(step, highestStep) - last
    }
    lastStep = step
    highestStep = max(highestStep, step)
  }

  /// A row that tells nothing of the training itself, such as an evaluation, does not set it back, nor is it
  /// the time of a step that was done before it.
  private func withoutStepBack(_ row: JobRow) -> JobRow {
    guard row[.loss] == nil, let lastStep, let step = row[.step], step <= Double(lastStep) else {
      return row
    }
    var copy = row
    copy.entries.removeAll { $0.metric == .step }
    return copy
  }

  /// Learns from a name who gave it.
  private mutating func learn(by entry: JobRow.Entry, _ observations: inout [Observation]) {
    if device.attributes["framework"] == nil,
      let framework = ScalarNames.framework(entry.name)
    {
      learn(["framework": framework], to: &observations)
    }
    // A last state is told without a choice; a rate in it must not pass for the whole job's.
    let key = JobFacts.Key.rateScope.rawValue
    guard entry.metric == .tokenRate, device.attributes[key] == nil,
      let scope = ScalarNames.use(entry.name)?.scope
    else { return }
    learn([key: scope.rawValue], to: &observations)
  }

  private func provenance(_ metric: Metric) -> Provenance {
    let name = names[metric].flatMap { $0.isEmpty ? nil : " as “\($0)”" } ?? ""
    return Provenance(
      source: source, method: .log, period: cadences[metric]?.period ?? 10,
      note: "stated by the job, \(kind)\(name)")
  }

  private mutating func hearLoss(
    _ loss: Double, _ row: JobRow, _ time: Timestamp, _ observations: inout [Observation]
  ) {
    if !loss.isFinite, !isLossBroken {
      let step = row[.step].flatMap { Int64(exactly: $0) }.map { " at step \($0)" } ?? ""
      note("\(device.label): the loss is no number\(step)", .refused, at: time, to: &observations)
    }
    isLossBroken = !loss.isFinite
  }

  private mutating func refuse(
    _ entry: JobRow.Entry, _ time: Timestamp, _ observations: inout [Observation]
  ) {
    guard entry.value.isFinite, refused.insert(entry.metric).inserted else { return }
    let name = entry.name.isEmpty ? entry.metric.name : entry.name
    note(
      "\(device.label): “\(name)” of \(entry.value) cannot be true and is left out", .refused,
      at: time, to: &observations)
  }

  /// What each metric of a job can be; others are not taken from files.
  private static let plausible: [Metric: ClosedRange<Double>] = [
    .step: 0...1e15, .stepTotal: 1...1e15, .epoch: 0...1e7, .epochTotal: 1...1e7, .loss: -1e9...1e9,
    .validationLoss: -1e9...1e9, .accuracy: 0...1, .gradientNorm: 0...1e12,
    .learningRate: 0...1e3, .evaluationTime: 0...1e7, .tokens: 0...1e18, .tokenRate: 1e-3...1e12,
    .samples: 0...1e18,
    .sampleRate: 1e-3...1e12, .stepTime: 1e-6...1e6, .dataTime: 0...1e6, .reportedMFU: 0...1.1,
    .reportedFLOPRate: 0...1e17, .peakMemory: 0...1e15,
  ]
}
