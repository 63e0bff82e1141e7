import Telemetry

/// How the readings of one device with one set of metrics are written.
struct RowPlan {
  /// The handles of the reading's metrics, in its order.
  var metrics: [Int]
  /// Which value goes to which column; a metric named twice counts the last time.
  var columns: [Column]
  var statement: Statement

  struct Column {
    var entry: Int
    var series: Int
    var scale: Double
  }

  func fits(_ reading: Reading) -> Bool {
    guard metrics.count == reading.values.count else { return false }
    for index in metrics.indices where metrics[index] != reading.values[index].metric.handle {
      return false
    }
    return true
  }
}

extension RecordingWriter {
  /// The way to write a reading; made when its shape is seen first.
  func plan(for reading: Reading) throws(RecordingError) -> RowPlan {
    if let device = catalogue.deviceIndex[reading.device],
      let known = plans[device]?.first(where: { $0.fits(reading) })
    {
      return known
    }
    // All is checked before anything is written, so that a refusal undoes nothing.
    try SQLIdentifier.check(reading.device.kind)
    for entry in reading.values {
      try SQLIdentifier.check(entry.metric)
      try checkRoom(for: entry.metric, of: reading.device.kind)
    }
    try begin()
    let kind = reading.device.kind
    try database.run(Schema.table(kind))
    if catalogue.deviceIndex[reading.device] == nil {
      try announce(Device(id: reading.device, label: reading.device.name))
    }
    if catalogue.tables[kind] == nil { catalogue.tables[kind] = [] }
    var columns: [String: RowPlan.Column] = [:]
    for (index, entry) in reading.values.enumerated() {
      let series = try identify(entry.metric, of: reading.device)
      columns[entry.metric.name] = .init(
        entry: index, series: series, scale: catalogue.series[series].descriptor.metric.scale)
    }
    let order = columns.sorted { $0.value.entry < $1.value.entry }
    let plan = RowPlan(
      metrics: reading.values.map(\.metric.handle), columns: order.map(\.value),
      statement: try statement(Self.insertion(kind, order.map(\.key))))
    guard let device = catalogue.deviceIndex[reading.device] else { return plan }
    plans[device] = [plan] + (plans[device] ?? []).prefix(7)
    return plan
  }

  /// What arrives within so many nanoseconds of its time is not late: only the time is kept.
  private static let promptness: UInt64 = 1_000_000

  private static func insertion(_ kind: DeviceKind, _ columns: [String]) -> String {
    let quoted = (["time", "device", "arrival"] + columns).map { "\"\($0)\"" }
    let updates = quoted.dropFirst(2).map { "\($0) = excluded.\($0)" }
    return """
      INSERT INTO "\(Schema.rows(kind))" (\(quoted.joined(separator: ", ")))
      VALUES (\(quoted.map { _ in "?" }.joined(separator: ", ")))
      ON CONFLICT (time, device) DO UPDATE SET \(updates.joined(separator: ", "))
      """
  }

  func write(_ reading: Reading, with plan: RowPlan) throws(RecordingError) {
    guard let device = catalogue.deviceIndex[reading.device] else { return }
    let time = reading.time.nanoseconds
    let kind = reading.device.kind
    if let last = packing[kind]?.last[Int64(device + 1)], time <= last {
      try unpack(around: time, of: Int64(device + 1), kind: kind)
    } else if let from = packing[kind]?.from, time < from {
      packing[kind]?.from = Rollup.floor(time, Rollup.quarter)
    }
    rowsSincePacking += 1
    plan.statement.bind(0, time)
    plan.statement.bind(1, Int64(device + 1))
    let delay = reading.arrival.nanoseconds - time
    plan.statement.bind(2, delay.magnitude < Self.promptness ? nil : reading.arrival.nanoseconds)
    for (index, column) in plan.columns.enumerated() {
      let entry = reading.values[column.entry]
      let steps =
        entry.metric.scale == column.scale
        ? entry.steps
        : entry.metric.stored(in: column.scale).steps(entry.value)
      plan.statement.bind(index + 3, steps)
      let rolled = catalogue.series[column.series].rolled
      if rolled.map({ time < $0 }) ?? true { try dropRollups(column.series, from: time) }
    }
    try plan.statement.run()
  }

  func insert(_ event: Event) throws(RecordingError) {
    let device: Int?
    if let named = event.device { device = try place(of: named) } else { device = nil }
    let insert = try statement(
      "INSERT INTO event (time, kind, text, device, cause) VALUES (?, ?, ?, ?, ?)")
    insert.bind(0, event.time.nanoseconds)
    insert.bind(1, event.kind.rawValue)
    insert.bind(2, event.text)
    insert.bind(3, device.map { Int64($0 + 1) })
    insert.bind(4, event.cause?.rawValue)
    try insert.run()
  }

  /// Adds what is said of an interval; what was said of it before stays.
  func insert(_ statement: GridStatement) throws(RecordingError) {
    let device = try place(of: statement.device)
    let insert = try self.statement(
      """
      INSERT OR REPLACE INTO grid_statement (device, start, end, said, quality, metric, value)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """)
    for entry in statement.values {
      insert.bind(0, Int64(device + 1))
      insert.bind(1, statement.span.start.nanoseconds)
      insert.bind(2, statement.span.end.nanoseconds)
      insert.bind(3, statement.said.nanoseconds)
      insert.bind(4, statement.quality.rawValue)
      insert.bind(5, entry.metric.name)
      insert.bind(6, entry.steps)
      try insert.run()
    }
  }

  func insert(_ state: SourceState) throws(RecordingError) {
    let insert = try statement(
      """
      INSERT INTO state (source, time, health, message, remedy, kind, machine)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """)
    insert.bind(0, state.source)
    insert.bind(1, state.time.nanoseconds)
    insert.bind(2, state.health.rawValue)
    insert.bind(3, state.message)
    insert.bind(4, state.remedy)
    insert.bind(5, state.kind)
    insert.bind(6, state.machine)
    try insert.run()
  }

  func delete(_ event: Event) throws(RecordingError) {
    let delete = try statement("DELETE FROM event WHERE time = ? AND kind = ? AND text = ?")
    delete.bind(0, event.time.nanoseconds)
    delete.bind(1, event.kind.rawValue)
    delete.bind(2, event.text)
    try delete.run()
  }
}
