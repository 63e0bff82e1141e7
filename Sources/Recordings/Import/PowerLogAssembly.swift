import Formats
import Quantities
import Telemetry

/// Makes readings of power logs: the one place that decides what devices there are, when it was, how
/// far apart readings should be, and which numbers can be true.
public struct PowerLogAssembly {
  /// Something that whoever imports should know of a file.
  public struct Remark: Sendable, Hashable {
    /// The path of the file.
    public var path: String
    /// What there is to say, in words.
    public var text: String
    /// Whether something was left out, and not only assumed.
    public var isLoss: Bool
  }

  /// The devices, their series and readings, and events that tell what was left out.
  public private(set) var observations: [Observation] = []
  /// What was assumed and what was left out, file by file.
  public private(set) var remarks: [Remark] = []
  /// Whether a time without a zone was read.
  public private(set) var hasUsedZone = false

  private let files: [PowerLogFile]
  private var stretches: [PowerLogStretch] = []
  /// What was left out of each file.
  private var losses: [[PowerLogCount]]

  /// Puts files together.
  ///
  /// - Parameters:
  ///   - zone: the zone of times that are written without one.
  ///   - machine: what the machine is called where there is only one.
  ///   - isMachineNamed: whether the user said so, of all files.
  /// - Throws: `ImportError` where a file tells nothing; it names the file.
  package init(
    _ files: [PowerLogFile], zone: TimeZoneRule = .utc, machine: String = "imported",
    isMachineNamed: Bool = false
  ) throws(ImportError) {
    self.files = files
    losses = Array(repeating: [], count: files.count)
    for place in files.indices { try read(place, zone) }
    let machines = PowerLogMachines(
      files, stretches, machine: machine, isNamed: isMachineNamed)
    for (file, words) in machines.assumptions {
      remarks.append(Remark(path: files[file].path, text: words, isLoss: false))
    }
    tell(machines)
  }

  /// Reads the rows of one file into stretches.
  private mutating func read(_ place: Int, _ zone: TimeZoneRule) throws(ImportError) {
    let file = files[place]
    let table = file.table
    let devices = PowerLogDevices(table)
    var clock = PowerLogClock(table, zone: zone, modified: file.modified)
    var timeless = PowerLogCount()
    for device in devices.entries {
      let times = clock.times(device.rows.map { table.rows[$0].time })
      var rows: [PowerLogStretch.Row] = []
      for (row, time) in zip(device.rows, times) {
        let known = table.rows[row]
        guard let time = time.map({ $0 + file.shift }),
          abs(time.nanoseconds) < 9_000_000_000_000_000_000
        else {
          timeless.add(line: known.line, "its day is not told")
          continue
        }
        rows.append(.init(time: time, line: known.line, values: Array(table.values[known.values])))
      }
      if !rows.isEmpty {
        stretches.append(PowerLogStretch(file: place, device: device, rows: rows))
      }
    }
    if clock.hasUsedZone { hasUsedZone = true }
    for count in [table.broken, table.torn, devices.lost, timeless] where count.count > 0 {
      losses[place].append(count)
    }
    for words in table.assumptions + devices.assumptions + clock.assumptions {
      remarks.append(Remark(path: file.path, text: words, isLoss: false))
    }
    let isReadable = stretches.contains { stretch in
      stretch.file == place
        && stretch.rows.contains { $0.values.contains { $0.content.isNumber } }
    }
    guard isReadable else {
      let reason = losses[place].first.map { ": line \($0.line): \($0.words)" } ?? ""
      throw ImportError("\(file.path): tells no power\(reason)")
    }
  }

  /// A device of all files.
  private struct Whole {
    var id: DeviceID
    var stretches: [PowerLogStretch]
    var isStray: Bool

    var span: TimeSpan? {
      let spans = stretches.compactMap(\.span)
      guard let start = spans.map(\.start).min(), let end = spans.map(\.end).max() else {
        return nil
      }
      return TimeSpan(start, end)
    }
  }

  private mutating func tell(_ machines: PowerLogMachines) {
    var wholes: [Whole] = []
    var places: [DeviceID: Int] = [:]
    for stretch in stretches {
      let group = machines.group(of: stretch.file)
      let hosts = Set(
        stretches.lazy.filter { $0.file == stretch.file }.compactMap(\.device.subject.host))
      let host = hosts.count > 1 ? stretch.device.subject.host : nil
      let id = DeviceID(
        machine: files[stretch.file].machine ?? host ?? group?.name ?? "imported",
        kind: stretch.device.subject.kind, name: stretch.device.name)
      if let known = places[id] {
        wholes[known].stretches.append(stretch)
      } else {
        places[id] = wholes.count
        wholes.append(Whole(id: id, stretches: [stretch], isStray: group?.isStray ?? false))
      }
    }
    var events: [Observation] = []
    var readings: [Observation] = []
    for place in wholes.indices {
      markRepeated(&wholes[place], after: wholes[..<place])
      tell(wholes[place], &readings, &events)
    }
    for (place, counts) in losses.enumerated() {
      for count in counts {
        let text = Self.words(count, "line", "left out")
        remarks.append(Remark(path: files[place].path, text: text, isLoss: true))
        let time = stretches.first { $0.file == place }.flatMap { Self.time($0, count.line) }
        if let time {
          events.append(
            .event(
              Event(time: time, kind: .note, text: "\(files[place].name): \(text)", cause: .refused)
            ))
        }
      }
    }
    observations += readings + events
  }

  /// Sees to it that what two tools tell of one machine under different names counts once.
  ///
  /// Only two names of one sort, such as the numbers 0 and 1, show that two devices are not the same.
  private mutating func markRepeated(_ whole: inout Whole, after others: ArraySlice<Whole>) {
    let role = whole.stretches[0].device.subject.role
    guard role.isPart || role == .machine, !whole.isStray, let span = whole.span else { return }
    for other in others where other.id.machine == whole.id.machine && !other.isStray {
      let (mine, theirs) = (whole.stretches[0], other.stretches[0])
      guard theirs.device.subject.role == role,
        files[mine.file].format != files[theirs.file].format,
        let shared = other.span?.intersection(span), shared.seconds > 0
      else { continue }
      let marks = theirs.device.subject.marks
      let isOther = mine.device.subject.marks.contains { mark, name in
        mark != .name && marks[mark].map { $0 != name } ?? false
      }
      guard !isOther else { continue }
      whole.isStray = true
      remarks.append(
        Remark(
          path: files[mine.file].path,
          text: "\(whole.id.kind.name) \(mine.device.label) is shown and not added: "
            + "\(files[theirs.file].name) tells of it too; if not, say --machine NAME=FILE",
          isLoss: false))
      return
    }
  }

  private mutating func tell(
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
    let period = max(
      subject.leastPeriod, rows.map(\.row.time).usualPeriod,
      whole.stretches.count > 1 ? whole.stretches.map(\.period).max() ?? 0 : 0)
    var gate = PowerLogGate(subject.role)
    var gates: [Int: PowerLogGate] = [:]
    let isInstant = !rows.contains { $0.row.tells(.power) || $0.row.tells(.energy) }
    let counted: Metric = isInstant ? .powerInstant : .power
    var metrics: [Metric] = []
    for (file, row) in rows {
      gate = gates[file] ?? PowerLogGate(subject.role)
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
    observations.append(.device(device(whole, subject)))
    for metric in metrics {
      observations.append(series(whole.id, metric, subject, period, isInstant))
    }
    for (file, gate) in gates.sorted(by: { $0.key < $1.key }) {
      report(
        Self.words(gate.refused, "impossible power", "left out"), gate.refused, file, whole, &events
      )
      report(Self.words(gate.absent, "row", "without power"), gate.absent, file, whole, &events)
    }
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
  private static func time(_ stretch: PowerLogStretch, _ line: Int) -> Timestamp? {
    (stretch.rows.last { $0.line <= line } ?? stretch.rows.first)?.time
  }

  /// Such as `3 lines left out, the first is line 42: “x” is no time`.
  private static func words(_ count: PowerLogCount, _ noun: String, _ verb: String) -> String {
    let isOne = count.count == 1
    return "\(count.count) \(noun)\(isOne ? "" : "s") \(verb), "
      + "\(isOne ? "" : "the first is ")line \(count.line): \(count.words)"
  }
}

extension PowerLogStretch.Row {
  /// Whether it has a number for a metric.
  func tells(_ metric: Metric) -> Bool {
    values.contains { $0.metric == metric && $0.content.isNumber }
  }
}
