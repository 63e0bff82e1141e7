import Quantities
import Telemetry

/// The readings of a device over all its files, which are made anew each time they are asked for.
final class PowerLogReadings {
  let whole: PowerLogAssembly.Whole
  /// What was seen of its rows.
  private(set) var survey: PowerLogSurvey
  /// How many rows of each file were left out, because another one tells of their time.
  private(set) var repeats: [Int: Int] = [:]
  /// The first and the last reading.
  var span: TimeSpan? { first.any.flatMap { start in last.any.map { TimeSpan(start, $0) } } }
  /// The first and the last reading of power or energy.
  var powerSpan: TimeSpan? {
    first.power.flatMap { start in last.power.map { TimeSpan(start, $0) } }
  }
  /// Whether the momentary power is all there is; then it is the device's power.
  let isInstant: Bool
  /// The metrics of its readings, in the order in which they come.
  private(set) var metrics: [Metric] = []
  /// What was left out of each file so far.
  private(set) var gates: [Int: PowerLogGate] = [:]
  /// The first reading, and the first one of power or energy.
  private(set) var first: (any: Timestamp?, power: Timestamp?)
  /// The last reading, and the last one of power or energy.
  private(set) var last: (any: Timestamp?, power: Timestamp?)
  /// A row that was read already.
  private var ahead: PowerLogRows?

  private var rows: PowerLogRows?
  private var gate: PowerLogGate
  private var gateFile = -1
  /// What becomes of the values of rows of each shape.
  private var columns: [[Column]] = []
  /// What readings may have values of, in the order in which shapes have it, and which came.
  private var slots: [Metric] = []
  private var hasCome: [Bool] = []
  /// The values of the row that was read last, by their slots.
  private var steps: [Int64] = []

  /// What becomes of a value of a row.
  private struct Column {
    var place: Int
    var rule: PowerLogGate.Rule
    /// Whether it is the limit of the powers of its row.
    var isLimit: Bool
    /// Whether the account is made of it.
    var isCounted: Bool
    /// Where it is told; less than none for what is not told.
    var slot: Int
    var scale: Double
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
    ahead = nil
  }

  /// Goes on to the next row; `nil` behind the last.
  func next() -> PowerLogRows? {
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
    take(rows)
    return rows
  }

  /// Whether anything in the row that was read last can be true.
  private(set) var hasValues = false

  private func endGate() {
    if gateFile >= 0 { gates[gateFile] = gate }
  }

  private func take(_ row: PowerLogRows) {
    if row.shape >= columns.count || columns[row.shape].isEmpty { plan(row) }
    var came: [Int] = []
    let kind = judge(row, columns[row.shape], &steps, hasCome, &gate, &came)
    for slot in came where !hasCome[slot] { come(slot) }
    hasValues = kind != .nothing
    guard hasValues else { return }
    let time = row.time
    if first.any == nil { first.any = time }
    last.any = time
    guard kind == .power else { return }
    if first.power == nil { first.power = time }
    last.power = time
  }

  /// What a row has that can be true.
  private enum Kind { case nothing, others, power }

  /// Finds what of a row can be true; all that it looks at again and again is handed to it.
  private func judge(
    _ row: PowerLogRows, _ columns: [Column], _ steps: inout [Int64], _ hasCome: [Bool],
    _ gate: inout PowerLogGate, _ came: inout [Int]
  ) -> Kind {
    var kind = Kind.nothing
    let values = row.values
    for slot in steps.indices { steps[slot] = ReadingBlock.absent }
    for column in columns where column.isLimit {
      let watts = Double(bitPattern: values[column.place])
      if watts.isFinite { gate.note(limit: watts) }
    }
    for column in columns where column.slot >= 0 {
      guard
        let number = gate.pass(column.rule, values[column.place], row, isCounted: column.isCounted)
      else { continue }
      if !hasCome[column.slot] { came.append(column.slot) }
      let whole = (number / column.scale).rounded()
      guard abs(whole) < 9.2e18 else { continue }
      steps[column.slot] = Int64(whole)
      kind = column.tellsPower || kind == .power ? .power : .others
    }
    return kind
  }

  private func come(_ slot: Int) {
    hasCome[slot] = true
    metrics.append(slots[slot])
  }

  private func plan(_ row: PowerLogRows) {
    while columns.count <= row.shape { columns.append([]) }
    columns[row.shape] = row.store.shapes[row.shape].metrics.enumerated().map { place, metric in
      let name: Metric? =
        !isInstant ? metric : metric == .power ? nil : metric == .powerInstant ? .power : metric
      return Column(
        place: place, rule: PowerLogGate.Rule(metric), isLimit: metric == .powerLimit,
        isCounted: metric == counted, slot: name.map(slot) ?? -1, scale: name?.scale ?? 1,
        tellsPower: name.map { $0.unit == .watt || $0.unit == .joule } ?? false)
    }
  }

  private func slot(of metric: Metric) -> Int {
    if let known = slots.firstIndex(of: metric) { return known }
    slots.append(metric)
    hasCome.append(false)
    steps.append(ReadingBlock.absent)
    return slots.count - 1
  }

  /// The row that was read last as a reading.
  func reading(_ row: PowerLogRows) -> Reading {
    var reading = Reading(device: whole.id, time: row.time)
    for column in columns[row.shape]
    where column.slot >= 0 && steps[column.slot] != ReadingBlock.absent {
      reading.set(slots[column.slot], steps: steps[column.slot])
    }
    return reading
  }

  /// The next readings that go together into a recording; `nil` behind the last.
  func nextBlock() -> ReadingBlock? {
    guard var row = ahead ?? nextWithValues() else { return nil }
    ahead = nil
    let quarter = ReadingBlock.quarter(row.time)
    var block = ReadingBlock(device: whole.id, metrics: slots)
    repeat {
      if block.columns.count < slots.count { block.grow(to: slots) }
      block.add(row.time, steps)
      guard let next = nextWithValues() else { return block }
      row = next
    } while ReadingBlock.quarter(row.time) == quarter && block.times.count < ReadingBlock.most
    ahead = row
    return block
  }

  private func nextWithValues() -> PowerLogRows? {
    while let row = next() {
      if hasValues { return row }
    }
    return nil
  }
}

extension PowerLogAssembly {
  /// Hands on all readings, those of a device and a quarter of an hour together, in the order of the
  /// first of each; of one time, that of the device that was described first comes first.
  package func forEachBlock<Fault: Error>(
    _ body: (ReadingBlock) throws(Fault) -> Void
  ) throws(Fault) {
    var next: [ReadingBlock?] = []
    var heap = PowerLogHeap()
    func isBefore(_ one: Int, _ other: Int) -> Bool {
      guard let first = next[one]?.times.first, let second = next[other]?.times.first else {
        return false
      }
      return first == second ? one < other : first < second
    }
    for place in told.indices {
      told[place].open()
      next.append(told[place].nextBlock())
      if next[place] != nil { heap.push(place, isBefore) }
    }
    while let place = heap.first, let block = next[place] {
      try body(block)
      next[place] = told[place].nextBlock()
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
      while let row = device.next() {
        if device.hasValues { readings.append(.reading(device.reading(row))) }
      }
    }
    return descriptions + readings + events
  }
}
