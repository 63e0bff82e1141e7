import Formats
import Quantities
import Telemetry

extension PowerLogAssembly {
  /// Describes a device, and says what of its rows is left out.
  mutating func tell(_ whole: Whole) {
    let readings = PowerLogReadings(whole)
    var repeats: [(file: Int, text: String)] = []
    for (file, count) in readings.repeats.sorted(by: { $0.key < $1.key }) {
      let text =
        "\(count) rows of \(whole.id.kind.name) \(whole.id.name) are left out, since "
        + "\(files[whole.stretches[0].file].name) tells of the same time"
      remarks.append(Remark(path: files[file].path, text: text, isLoss: true))
      repeats.append((file, text))
    }
    let subject = whole.stretches[0].device.subject
    let period = period(whole, readings)
    var doubts = PowerLogDoubts(readings.counted)
    readings.open()
    while let row = readings.next() {
      doubts.note(row)
    }
    // What is told below lies within what the readings tell of.
    span = Self.union(span, readings.span)
    powerSpan = Self.union(powerSpan, readings.powerSpan)
    for (file, text) in repeats {
      guard let time = whole.stretches.first(where: { $0.file == file })?.span?.start else {
        continue
      }
      tell("\(files[file].name): \(text)", at: time, cause: .assumed)
    }
    tellDoubts(whole, doubts)
    descriptions.append(.device(device(whole, subject)))
    for metric in readings.metrics {
      descriptions.append(series(whole.id, metric, subject, period, readings.isInstant))
    }
    for (file, gate) in readings.gates.sorted(by: { $0.key < $1.key }) {
      report(
        Self.words(gate.refused, "impossible power", "left out"), gate.refused, file, whole)
      report(
        Self.words(gate.absent, "row", "without power", isListed: false), gate.absent, file, whole)
    }
    for stretch in whole.stretches {
      report(
        Self.words(stretch.contradictions, "row", "averaged with another of its time"),
        stretch.contradictions, stretch.file, whole)
    }
    told.append(readings)
  }

  /// How far apart readings are, in seconds; what is longer than one and a half times that is a hole.
  private func period(_ whole: Whole, _ readings: PowerLogReadings) -> Double {
    let made = whole.stretches.map(\.device.subject.rowDistance)
    if let longest = made.max(), made.allSatisfy({ $0 > 0 }) { return longest }
    let usual = max(
      whole.stretches[0].device.subject.leastPeriod, readings.survey.usualPeriod,
      whole.stretches.count > 1 ? whole.stretches.map(\.period).max() ?? 0 : 0)
    let lacking = readings.survey.lacking
    return usual * Self.patience(readings.isInstant ? lacking.instant : lacking.power)
  }

  private static func union(_ one: TimeSpan?, _ other: TimeSpan?) -> TimeSpan? {
    guard let one, let other else { return one ?? other }
    return TimeSpan(min(one.start, other.start), max(one.end, other.end))
  }

  /// How many times the usual distance a value may be from the one before it.
  ///
  /// A logger that writes rows but gets no power for up to three of them is alive, and so is its
  /// device: the values around are joined. A longer silence stays a hole.
  private static func patience(_ longest: Int) -> Double {
    // A gap begins at one and a half periods.
    longest == 0 ? 1 : Double(longest + 1) / 1.5 + 0.05
  }

  private mutating func report(
    _ words: String, _ count: PowerLogCount, _ file: Int, _ whole: Whole
  ) {
    guard count.count > 0, let stretch = whole.stretches.first(where: { $0.file == file }) else {
      return
    }
    remarks.append(
      Remark(
        path: files[file].path, text: "\(whole.id.kind.name) \(stretch.device.label): \(words)",
        isLoss: true))
    guard let time = stretch.time(ofLine: count.line) else { return }
    tell("\(files[file].name): \(words)", at: time, device: whole.id, cause: .refused)
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
