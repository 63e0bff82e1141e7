import Telemetry

extension RecordingReader {
  /// How many series the recording has.
  public var seriesCount: Int { catalogue.series.count }

  /// Passes every observation of the recording to `body`: devices and series first, then by time.
  ///
  /// With a time readings and events before it are left out; states and what is said of the grid are not.
  /// - Throws: `RecordingError` if the file is damaged, and whatever `body` throws.
  public func observations(
    from start: Timestamp? = nil, _ body: (Observation) throws -> Void
  ) throws {
    database.beginTask()
    for row in catalogue.devices where row.isAnnounced { try body(.device(row.device)) }
    for row in catalogue.series { try body(.series(row.descriptor)) }
    var statements = try gridStatements()[...]
    var events = try events().drop { event in start.map { event.time < $0 } ?? false }
    var states = try states()[...]
    func speak(until time: Int64) throws {
      while let statement = statements.first, statement.said.nanoseconds <= time {
        try body(.grid(statement))
        statements.removeFirst()
      }
      while let state = states.first, state.time.nanoseconds <= time {
        try body(.state(state))
        states.removeFirst()
      }
      while let event = events.first, event.time.nanoseconds <= time {
        try body(.event(event))
        events.removeFirst()
      }
    }
    var kinds: [ReadingCursor] = []
    for kind in catalogue.tables.keys.sorted(by: { $0.name < $1.name }) {
      if let cursor = try ReadingCursor(kind, from: start, of: catalogue, in: database) {
        kinds.append(cursor)
      }
    }
    while let next = kinds.indices.min(by: { kinds[$0].time < kinds[$1].time }),
      kinds[next].time < .max
    {
      try speak(until: kinds[next].time)
      if let reading = kinds[next].reading { try body(.reading(reading)) }
      try kinds[next].advance()
    }
    try speak(until: .max)
  }
}

/// Walks through the readings of one device kind in order of time.
private struct ReadingCursor {
  /// When the next reading was; after the last, `Int64.max`.
  private(set) var time: Int64 = .max
  private(set) var reading: Reading?
  private let stream: RowStream
  private let kind: DeviceKind
  private let catalogue: RecordingCatalogue
  private let columns: [RecordingCatalogue.Column]

  init?(
    _ kind: DeviceKind, from start: Timestamp?, of catalogue: RecordingCatalogue,
    in database: Database
  ) throws(RecordingError) {
    guard let columns = catalogue.tables[kind] else { return nil }
    self.kind = kind
    self.catalogue = catalogue
    self.columns = columns
    stream = try RowStream(kind, columns: columns.map(\.name), of: catalogue, in: database)
    let limits = SQLIdentifier.times
    try stream.begin(
      from: max(limits.lowerBound, start?.nanoseconds ?? 0), to: limits.upperBound)
    try advance()
  }

  mutating func advance() throws(RecordingError) {
    reading = nil
    guard try stream.next() else {
      time = .max
      return
    }
    time = stream.time
    let device = Int(truncatingIfNeeded: stream.device) &- 1
    guard catalogue.devices.indices.contains(device),
      catalogue.devices[device].device.id.kind == kind
    else { return }
    var new = Reading(
      device: catalogue.devices[device].device.id, time: Timestamp(nanoseconds: time),
      arrival: stream.arrival.map(Timestamp.init(nanoseconds:)))
    for (index, column) in columns.enumerated() {
      guard let steps = stream.steps(index),
        let series = catalogue.find(column.metric, device: device)
      else { continue }
      // What no writer of ours stores, a damaged row holds.
      let metric = catalogue.series[series].descriptor.metric
      guard metric.range.contains(Double(steps) * metric.scale) else { continue }
      new.set(metric, steps: steps)
    }
    guard !new.isEmpty, PlausibleTime.recorded.contains(new.time) else { return }
    reading = new
  }
}
