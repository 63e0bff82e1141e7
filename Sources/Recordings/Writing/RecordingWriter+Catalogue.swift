import Quantities
import Telemetry

/// Devices, series and the columns they need.
extension RecordingWriter {
  func announce(_ device: Device) throws(RecordingError) {
    if let known = catalogue.deviceIndex[device.id] {
      let row = catalogue.devices[known]
      if row.isAnnounced, row.device == device { return }
    }
    try store(device: catalogue.add(.init(device: device, isAnnounced: true)))
  }

  func describe(_ descriptor: SeriesDescriptor) throws(RecordingError) {
    let device = try place(of: descriptor.device)
    if let known = catalogue.find(descriptor.metric, device: device),
      catalogue.series[known].descriptor == descriptor
    {
      return
    }
    var descriptor = descriptor
    // A column has one scale, for all devices and for good.
    if let column = catalogue.column(descriptor.metric, of: descriptor.device.kind),
      column.metric.scale != descriptor.metric.scale
    {
      descriptor.metric = descriptor.metric.stored(in: column.metric.scale)
    }
    let rolled = catalogue.find(descriptor.metric, device: device).flatMap {
      catalogue.series[$0].rolled
    }
    try addColumn(descriptor.metric, to: descriptor.device.kind)
    try store(
      series: catalogue.add(
        .init(
          descriptor: descriptor, device: device, column: descriptor.metric.name, rolled: rolled)))
    if descriptor.provenance.method == .simulated { try markSimulated() }
  }

  /// The series of a metric, with a default description if it has none, as in the timeline.
  func identify(_ metric: Metric, of device: DeviceID) throws(RecordingError) -> Int {
    if catalogue.deviceIndex[device] == nil {
      try announce(Device(id: device, label: device.name))
    }
    let place = try place(of: device)
    if let known = catalogue.find(metric, device: place) { return known }
    try describe(
      SeriesDescriptor(
        device: device, metric: metric,
        provenance: Provenance(source: "?", method: metric.isCounter ? .counter : .instant)))
    guard let new = catalogue.find(metric, device: place) else {
      throw .failed(path: path, action: "record to", reason: "a series was lost")
    }
    return new
  }

  /// A device's index in the catalogue, with a row of its own if it was not announced yet.
  func place(of device: DeviceID) throws(RecordingError) -> Int {
    if let known = catalogue.deviceIndex[device] { return known }
    let place = catalogue.add(.init(device: Device(id: device, label: ""), isAnnounced: false))
    try store(device: place)
    return place
  }

  private func store(device place: Int) throws(RecordingError) {
    let row = catalogue.devices[place]
    let id = Int64(place + 1)
    let parent: Int?
    if let named = row.device.parent { parent = try self.place(of: named) } else { parent = nil }
    let insert = try statement(
      """
      INSERT INTO device (id, machine, kind, name, label, model, role, contains, parent)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET label = excluded.label, model = excluded.model,
        role = excluded.role, contains = excluded.contains, parent = excluded.parent
      """)
    insert.bind(0, id)
    insert.bind(1, row.device.id.machine)
    insert.bind(2, row.device.id.kind.name)
    insert.bind(3, row.device.id.name)
    insert.bind(4, row.isAnnounced ? row.device.label : nil)
    insert.bind(5, row.device.model)
    insert.bind(6, row.device.role.rawValue)
    insert.bind(7, row.device.contents.map(Schema.text))
    insert.bind(8, parent.map { Int64($0 + 1) })
    try insert.run()
    try database.run("DELETE FROM device_attribute WHERE device = \(id)")
    let attribute = try statement(
      "INSERT INTO device_attribute (device, name, value) VALUES (?, ?, ?)")
    for (name, value) in row.device.attributes {
      attribute.bind(0, id)
      attribute.bind(1, name)
      attribute.bind(2, value)
      try attribute.run()
    }
  }

  private func store(series place: Int) throws(RecordingError) {
    let row = catalogue.series[place]
    let provenance = row.descriptor.provenance
    let insert = try statement(
      """
      INSERT INTO series (id, device, metric, unit, scale, counter, source, method, period, range,
        note, rolled) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET unit = excluded.unit, scale = excluded.scale,
        counter = excluded.counter, source = excluded.source, method = excluded.method,
        period = excluded.period, range = excluded.range, note = excluded.note,
        rolled = excluded.rolled
      """)
    insert.bind(0, Int64(place + 1))
    insert.bind(1, Int64(row.device + 1))
    insert.bind(2, row.descriptor.metric.name)
    insert.bind(3, row.descriptor.metric.unit.rawValue)
    insert.bind(4, row.descriptor.metric.scale)
    insert.bind(5, row.descriptor.metric.isCounter)
    insert.bind(6, provenance.source)
    insert.bind(7, provenance.method.rawValue)
    insert.bind(8, provenance.period)
    insert.bind(9, provenance.range)
    insert.bind(10, provenance.note)
    insert.bind(11, row.rolled)
    try insert.run()
  }

  /// How many kinds of devices a file has tables for, and how many columns a table has: SQLite allows
  /// 2000 of these.
  private static let most = (kinds: 128, metrics: 1500)

  /// Refuses a metric for which the file has no room, before anything is written.
  func checkRoom(for metric: Metric, of kind: DeviceKind) throws(RecordingError) {
    guard let columns = catalogue.tables[kind] else {
      guard catalogue.tables.count < Self.most.kinds else {
        throw .refused("the device kind '\(kind.name)': there are \(Self.most.kinds) already")
      }
      return
    }
    guard columns.count < Self.most.metrics || catalogue.column(metric, of: kind) != nil else {
      throw .refused(
        "the metric '\(metric.name)': devices of the kind '\(kind.name)' have "
          + "\(Self.most.metrics) already")
    }
  }

  private func addColumn(_ metric: Metric, to kind: DeviceKind) throws(RecordingError) {
    guard catalogue.column(metric, of: kind) == nil else { return }
    var columns = catalogue.tables[kind] ?? []
    try database.run(Schema.table(kind))
    try database.run(
      "ALTER TABLE \"\(Schema.rows(kind))\" ADD COLUMN \"\(metric.name)\" INTEGER")
    // Without a type, so that a text of digits stays a text.
    try database.run("ALTER TABLE \"\(Schema.packed(kind))\" ADD COLUMN \"\(metric.name)\"")
    columns.append(.init(name: metric.name, metric: metric))
    try database.run(Schema.views(kind, columns: columns.map(\.metric)))
    catalogue.tables[kind] = columns
    plans = plans.filter { catalogue.devices[$0.key].device.id.kind != kind }
  }

  /// Writes the whole catalogue again, after a transaction with part of it was undone.
  func restoreCatalogue() throws(RecordingError) {
    let known = try database.columnNames()
    for (kind, columns) in catalogue.tables {
      catalogue.tables[kind] = columns.filter {
        known[Schema.rows(kind)]?.contains($0.name) ?? false
      }
    }
    for place in catalogue.devices.indices { try store(device: place) }
    for place in catalogue.series.indices {
      let descriptor = catalogue.series[place].descriptor
      try addColumn(descriptor.metric, to: descriptor.device.kind)
      try store(series: place)
    }
    mustRestoreCatalogue = false
  }
}

extension Database {
  /// The columns of every table.
  func columnNames() throws(RecordingError) -> [String: [String]] {
    let query = try prepare(
      """
      SELECT m.name, p.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS p
      WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY m.rowid, p.cid
      """)
    var result: [String: [String]] = [:]
    while try query.step() {
      result[query.text(0), default: []].append(query.text(1))
    }
    return result
  }
}
