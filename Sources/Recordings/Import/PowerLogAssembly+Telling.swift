import Formats
import Quantities
import Telemetry

extension PowerLogAssembly {
  mutating func tell(
    _ whole: Whole, _ readings: inout [Observation], _ events: inout [Observation]
  ) {
    let (rows, repeats) = Self.merged(whole.stretches)
    for (file, count) in repeats {
      remarks.append(
        Remark(
          path: files[file].path,
          text: "\(count) rows of \(whole.id.kind.name) \(whole.id.name) are left out, since "
            + "\(files[whole.stretches[0].file].name) tells of the same time",
          isLoss: true))
    }
    let subject = whole.stretches[0].device.subject
    let usual = max(
      subject.leastPeriod, rows.map(\.row.time).usualPeriod,
      whole.stretches.count > 1 ? whole.stretches.map(\.period).max() ?? 0 : 0)
    var gate = PowerLogGate(subject)
    var gates: [Int: PowerLogGate] = [:]
    let isInstant = !rows.contains { $0.row.tells(.power) || $0.row.tells(.energy) }
    let counted: Metric = isInstant ? .powerInstant : .power
    let period = usual * Self.patience(rows.map { $0.row.lacks(counted) })
    var metrics: [Metric] = []
    for (file, row) in rows {
      gate = gates[file] ?? PowerLogGate(subject)
      gate.note(row)
      var reading = Reading(device: whole.id, time: row.time)
      for value in row.values {
        guard !isInstant || value.metric != .power,
          let number = gate.pass(value, row, counting: counted)
        else { continue }
        // Where the momentary power is all there is, it is the device's power.
        let metric = isInstant && value.metric == .powerInstant ? .power : value.metric
        reading.set(metric, number)
        if !metrics.contains(metric) { metrics.append(metric) }
      }
      gates[file] = gate
      if !reading.isEmpty { readings.append(.reading(reading)) }
    }
    tellDoubts(whole, rows.map(\.row), counted)
    observations.append(.device(device(whole, subject)))
    for metric in metrics {
      observations.append(series(whole.id, metric, subject, period, isInstant))
    }
    for (file, gate) in gates.sorted(by: { $0.key < $1.key }) {
      report(
        Self.words(gate.refused, "impossible power", "left out"), gate.refused, file, whole, &events
      )
      report(
        Self.words(gate.absent, "row", "without power", isListed: false), gate.absent, file, whole,
        &events)
    }
  }

  /// How many times the usual distance a value may be from the one before it.
  ///
  /// A logger that writes rows but gets no power for up to three of them is alive, and so is its
  /// device: the values around are joined. A longer silence stays a hole.
  private static func patience(_ isLacking: [Bool]) -> Double {
    var longest = 0
    var run = 0
    for lacks in isLacking {
      run = lacks ? run + 1 : 0
      if run <= 3 { longest = max(longest, run) }
    }
    // A gap begins at one and a half periods.
    return longest == 0 ? 1 : Double(longest + 1) / 1.5 + 0.05
  }

  private mutating func report(
    _ words: String, _ count: PowerLogCount, _ file: Int, _ whole: Whole,
    _ events: inout [Observation]
  ) {
    guard count.count > 0, let stretch = whole.stretches.first(where: { $0.file == file }) else {
      return
    }
    remarks.append(
      Remark(
        path: files[file].path, text: "\(whole.id.kind.name) \(stretch.device.label): \(words)",
        isLoss: true))
    guard let time = Self.time(stretch, count.line) else { return }
    events.append(
      .event(
        Event(
          time: time, kind: .note, text: "\(files[file].name): \(words)", device: whole.id,
          cause: .refused)))
  }

  private func device(_ whole: Whole, _ subject: PowerLogSubject) -> Device {
    var attributes = subject.attributes
    for (mark, key) in [(PowerLogSubject.Mark.uuid, "uuid"), (.bus, "bus"), (.serial, "serial")] {
      if let value = subject.marks[mark] { attributes[key] = value }
    }
    let isPart = subject.role.isPart || subject.role == .platform || subject.role == .machine
    return Device(
      id: whole.id, label: whole.stretches[0].device.label, model: subject.model,
      role: whole.isStray && isPart ? .sensor : subject.role, contents: subject.contents,
      parent: subject.parent.map {
        DeviceID(machine: whole.id.machine, kind: subject.kind, name: $0)
      }, attributes: attributes)
  }

  private func series(
    _ id: DeviceID, _ metric: Metric, _ subject: PowerLogSubject, _ period: Double,
    _ isInstant: Bool
  ) -> Observation {
    let isMean = metric == .power && !isInstant
    let method: Provenance.Method =
      metric.isCounter ? .counter : isMean ? subject.method : .instant
    return .series(
      SeriesDescriptor(
        device: id, metric: metric,
        provenance: Provenance(
          source: "import", method: method, period: period, note: subject.note)))
  }

  /// The rows of a device over all files, each with its file; and how many of a file were left out,
  /// because another one tells of their time.
  private static func merged(
    _ stretches: [PowerLogStretch]
  ) -> (rows: [(file: Int, row: PowerLogStretch.Row)], repeats: [Int: Int]) {
    var result = stretches[0].rows.map { (file: stretches[0].file, row: $0) }
    var repeats: [Int: Int] = [:]
    for stretch in stretches.dropFirst() {
      let hole = 2.5 * max(stretch.period, stretches[0].period)
      var added: [(file: Int, row: PowerLogStretch.Row)] = []
      var place = 0
      for row in stretch.rows {
        while place < result.count, result[place].row.time < row.time { place += 1 }
        let next = place < result.count ? result[place].row.time : nil
        let last = place > 0 ? result[place - 1].row.time : nil
        let isTold =
          next == row.time || next.flatMap { next in last.map { next - $0 <= hole } } ?? false
        if isTold {
          repeats[stretch.file, default: 0] += 1
        } else {
          added.append((stretch.file, row))
        }
      }
      result = (result + added).sorted { $0.row.time < $1.row.time }
    }
    return (result, repeats)
  }

  /// The time of a line, or of the line before it.
  static func time(_ stretch: PowerLogStretch, _ line: Int) -> Timestamp? {
    (stretch.rows.last { $0.line <= line } ?? stretch.rows.first)?.time
  }

  /// Such as `3 lines left out, the first is line 42: “x” is no time; also lines 50 and 61`.
  static func words(
    _ count: PowerLogCount, _ noun: String, _ verb: String, isListed: Bool = true
  ) -> String {
    let isOne = count.count == 1
    return "\(count.count) \(noun)\(isOne ? "" : "s") \(verb), "
      + "\(isOne ? "" : "the first is ")line \(count.line): \(count.words)"
      + (isListed ? others(count) : "")
  }

  /// The other lines by their numbers, as far as they are kept.
  private static func others(_ count: PowerLogCount) -> String {
    let lines = count.others.map { "\($0)" }
    guard let last = lines.last else { return "" }
    if lines.count < count.count - 1 { return "; also lines \(lines.joined(separator: ", ")), …" }
    guard lines.count > 1 else { return "; also line \(last)" }
    return "; also lines \(lines.dropLast().joined(separator: ", ")) and \(last)"
  }
}

extension PowerLogStretch.Row {
  /// Whether it has a place for a metric, and no number in it.
  func lacks(_ metric: Metric) -> Bool {
    values.contains { $0.metric == metric } && !tells(metric)
  }

  /// Whether it has a number for a metric.
  func tells(_ metric: Metric) -> Bool {
    values.contains { $0.metric == metric && $0.content.isNumber }
  }
}
