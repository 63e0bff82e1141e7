import Quantities
import Telemetry

/// The readings of a device over all its files, which are made anew each time they are asked for.
final class PowerLogReadings {
  let whole: PowerLogAssembly.Whole
  /// What was seen of its rows.
  private(set) var survey: PowerLogSurvey
  /// How many rows of each file were left out, because another one tells of their time.
  private(set) var repeats: [Int: Int] = [:]
  /// Whether the momentary power is all there is; then it is the device's power.
  let isInstant: Bool
  /// The metrics of its readings, in the order in which they come.
  private(set) var metrics: [Metric] = []
  /// What was left out of each file so far.
  private(set) var gates: [Int: PowerLogGate] = [:]
  /// The first and the last reading.
  private(set) var span: TimeSpan?
  /// The first and the last reading of power or energy.
  private(set) var powerSpan: TimeSpan?

  private var rows: PowerLogRows?
  private var gate: PowerLogGate
  private var gateFile = -1
  private var columns: [[Column]] = []
  private var known: Set<Int> = []
  /// The values of the reading that is told.
  private var told: [Reading.Entry] = []

  /// What becomes of a value of a row.
  private struct Column {
    var place: Int
    var metric: Metric
    /// What it is told as; `nil` for what is not told.
    var name: Metric?
    var tellsPower: Bool
  }

  init(_ whole: PowerLogAssembly.Whole) {
    self.whole = whole
    gate = PowerLogGate(whole.stretches[0].device.subject)
    if whole.stretches.count == 1 {
      survey = whole.stretches[0].survey
    } else {
      survey = PowerLogSurvey(isCompared: false)
      var repeats: [Int: Int] = [:]
      survey.take(Self.rows(whole.stretches) { repeats[$0, default: 0] += 1 }, endsUnordered: false)
      self.repeats = repeats
    }
    isInstant = !survey.tellsMean
  }

  /// The metric that the account is made of.
  var counted: Metric { isInstant ? .powerInstant : .power }

  /// The rows of a device over all files; a file's that tell of a time another tells of are left out.
  private static func rows(
    _ stretches: [PowerLogStretch], leftOut: @escaping (Int) -> Void
  ) -> PowerLogRows {
    var rows = stretches[0].rows()
    for stretch in stretches.dropFirst() {
      rows = PowerLogJoinedRows(
        rows, stretch.rows(), hole: 2.5 * max(stretch.period, stretches[0].period),
        leftOut: leftOut)
    }
    return rows
  }

  /// Begins with the first reading.
  func open() {
    rows = Self.rows(whole.stretches) { _ in }
    gates = [:]
    gateFile = -1
    columns = []
  }

  /// Goes on to the next row, and what of it can be true; `nil` behind the last.
  func next() -> (row: PowerLogRows, reading: [Reading.Entry])? {
    guard let rows, rows.next() else {
      endGate()
      rows = nil
      return nil
    }
    if rows.file != gateFile {
      endGate()
      gateFile = rows.file
      gate = gates[gateFile] ?? PowerLogGate(whole.stretches[0].device.subject)
    }
    return (rows, take(rows))
  }

  private func endGate() {
    if gateFile >= 0 { gates[gateFile] = gate }
  }

  private func take(_ row: PowerLogRows) -> [Reading.Entry] {
    while columns.count <= row.shape { columns.append([]) }
    if columns[row.shape].isEmpty { columns[row.shape] = plan(row) }
    told.removeAll(keepingCapacity: true)
    var tellsPower = false
    for column in columns[row.shape] where column.metric == .powerLimit {
      let bits = row.values[column.place]
      if PowerLogBits.isNumber(bits) { gate.note(limit: Double(bitPattern: bits)) }
    }
    for column in columns[row.shape] {
      guard let name = column.name,
        let number = gate.pass(column.metric, row.values[column.place], row, counting: counted)
      else { continue }
      if !known.contains(name.handle) {
        known.insert(name.handle)
        metrics.append(name)
      }
      guard let steps = name.steps(number) else { continue }
      if column.tellsPower { tellsPower = true }
      told.append(Reading.Entry(metric: name, steps: steps))
    }
    if !told.isEmpty { note(row.time, tellsPower) }
    return told
  }

  private func note(_ time: Timestamp, _ tellsPower: Bool) {
    span = TimeSpan(span?.start ?? time, time)
    if tellsPower { powerSpan = TimeSpan(powerSpan?.start ?? time, time) }
  }

  private func plan(_ row: PowerLogRows) -> [Column] {
    row.store.shapes[row.shape].metrics.enumerated().map { place, metric in
      let name: Metric? =
        !isInstant ? metric : metric == .power ? nil : metric == .powerInstant ? .power : metric
      return Column(
        place: place, metric: metric, name: name,
        tellsPower: name.map { $0.unit == .watt || $0.unit == .joule } ?? false)
    }
  }
}

extension PowerLogAssembly {
  /// Hands on all readings in the order of time, each device's in its own; of one time, that of the
  /// device that was described first comes first.
  public func forEachReading<Fault: Error>(
    _ body: (Reading) throws(Fault) -> Void
  ) throws(Fault) {
    var next: [Reading?] = []
    func advance(_ place: Int) -> Reading? {
      while let (row, entries) = told[place].next() {
        guard !entries.isEmpty else { continue }
        return Reading(device: told[place].whole.id, time: row.time, entries: entries)
      }
      return nil
    }
    var heap = PowerLogHeap()
    func isBefore(_ one: Int, _ other: Int) -> Bool {
      guard let first = next[one]?.time, let second = next[other]?.time else { return false }
      return first == second ? one < other : first < second
    }
    for place in told.indices {
      told[place].open()
      next.append(advance(place))
      if next[place] != nil { heap.push(place, isBefore) }
    }
    while let place = heap.first, let reading = next[place] {
      try body(reading)
      next[place] = advance(place)
      if next[place] == nil { heap.removeFirst(isBefore) } else { heap.replaceFirst(isBefore) }
    }
  }

  /// How many rows there are.
  public var count: Int { told.reduce(0) { $0 + $1.survey.count } }

  /// The devices, their series and readings, and events that tell what was left out, all in memory.
  public var observations: [Observation] {
    var readings: [Observation] = []
    for device in told {
      device.open()
      while let (row, entries) = device.next() {
        if entries.isEmpty { continue }
        readings.append(
          .reading(Reading(device: device.whole.id, time: row.time, entries: entries)))
      }
    }
    return descriptions + readings + events
  }
}
