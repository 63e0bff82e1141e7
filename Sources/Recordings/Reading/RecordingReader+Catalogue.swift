import Quantities
import Telemetry

extension RecordingReader {
  /// Reads what was measured: devices, series and the columns they are in.
  func readCatalogue() throws(RecordingError) {
    try readDevices()
    try readSeries()
    var columnCount = 0
    catalogue.version = header.schema
    let tables = try database.columnNames()
    for (table, columns) in tables where columns.starts(with: ["time", "device", "arrival"]) {
      guard let kind = kind(of: table) else { continue }
      let metrics = Dictionary(
        catalogue.series.lazy.filter { $0.descriptor.device.kind == kind }
          .map { ($0.column, $0.descriptor.metric) }, uniquingKeysWith: { first, _ in first })
      catalogue.tables[kind] = columns.dropFirst(3).compactMap { name in
        metrics[name].map { .init(name: name, metric: $0) }
      }
      columnCount += columns.count - 3
      guard header.schema >= 3 else { continue }
      let packed = tables[Schema.packed(kind)] ?? []
      if !catalogue.tables[kind, default: []].allSatisfy({ packed.contains($0.name) }) {
        catalogue.unpacked.insert(kind)
        findings.append("the packed readings of “\(kind.name)” are lost")
      }
    }
    findLosses(columnCount)
  }

  /// The kind whose readings are rows of a table, if they are of one.
  private func kind(of table: String) -> DeviceKind? {
    guard header.schema >= 3 else {
      return SQLIdentifier.isTable(table) ? DeviceKind(table) : nil
    }
    guard table.hasSuffix("_rows") else { return nil }
    let name = String(table.dropLast(5))
    return SQLIdentifier.isTable(name) ? DeviceKind(name) : nil
  }

  /// How many of a thing a recording may hold; beyond that a damaged file repeats itself.
  static let mostDevices = 1 << 17
  static let mostSeries = 1 << 18
  static let mostNotices = 1 << 19

  /// Notes series without a column and columns without a series: something between them is lost.
  private func findLosses(_ columnCount: Int) {
    let described = Set(catalogue.series.map { "\($0.descriptor.device.kind.name) \($0.column)" })
    let known = catalogue.tables.values.reduce(0) { $0 + $1.count }
    let lost = catalogue.series.filter { row in
      catalogue.column(row.descriptor.metric, of: row.descriptor.device.kind) == nil
    }
    if let first = lost.first {
      findings.append(
        "the values of “\(first.column)” are lost"
          + (lost.count > 1 ? ", and those of \(lost.count - 1) other series" : ""))
    }
    if columnCount > known || known > described.count {
      findings.append("\(columnCount - known) columns hold values of which nothing is said")
    }
  }

  private func readDevices() throws(RecordingError) {
    let attributes = try database.prepare("SELECT device, name, value FROM device_attribute")
    var known: [Int64: [String: String]] = [:]
    while try attributes.step() {
      known[attributes.integer(0), default: [:]][attributes.text(1)] = attributes.text(2)
    }
    let isFormer = header.schema < 2
    let query = try database.prepare(
      """
      SELECT id, machine, kind, name, label, model\(isFormer ? "" : ", role, contains, parent")
      FROM device ORDER BY id
      """)
    var parents: [Int: Int64] = [:]
    while try query.step() {
      guard query.integer(0) == catalogue.devices.count + 1 else {
        throw damage("device \(catalogue.devices.count + 1) is missing")
      }
      guard catalogue.devices.count < Self.mostDevices else {
        throw damage("it has no end of devices")
      }
      guard SQLIdentifier.isTable(query.text(2)) else {
        throw damage("a device is of the kind '\(query.text(2).prefix(80))'")
      }
      let id = DeviceID(
        machine: query.text(1), kind: DeviceKind(query.text(2)), name: query.text(3))
      var device = Device(
        id: id, label: query.text(4), model: query.text(5),
        attributes: known[query.integer(0)] ?? [:])
      if isFormer {
        device = device.withFormerRole()
      } else {
        guard let role = DeviceRole(rawValue: query.text(6)) else {
          throw damage("a device has the unknown role '\(query.text(6).prefix(80))'")
        }
        device.role = role
        device.contents = query.isNull(7) ? nil : Schema.roles(query.text(7))
        parents[catalogue.devices.count] = query.integerIfAny(8)
      }
      _ = catalogue.add(.init(device: device, isAnnounced: !query.isNull(4)))
    }
    for (child, parent) in parents {
      let place = Int(truncatingIfNeeded: parent) &- 1
      guard catalogue.devices.indices.contains(place) else {
        throw damage("a device is a part of device \(parent), which is missing")
      }
      catalogue.setParent(of: child, to: catalogue.devices[place].device.id)
    }
  }

  private func readSeries() throws(RecordingError) {
    let query = try database.prepare(
      """
      SELECT id, device, metric, unit, scale, counter, source, method, period, range, note, rolled
      FROM series ORDER BY id
      """)
    while try query.step() {
      guard catalogue.series.count < Self.mostSeries else {
        throw damage("it has no end of series")
      }
      let id = catalogue.series.count + 1
      let device = Int(truncatingIfNeeded: query.integer(1)) &- 1
      guard query.integer(0) == id, catalogue.devices.indices.contains(device) else {
        throw damage("series \(id) is missing or has no device")
      }
      guard let unit = Unit(rawValue: query.text(3)),
        let method = Provenance.Method(rawValue: query.text(7))
      else { throw damage("series \(id) has an unknown unit or method") }
      let column = query.text(2)
      let metric = Self.metric(
        column, unit, scale: query.double(4), counter: query.integer(5) != 0)
      do throws(RecordingError) { try SQLIdentifier.check(column, scale: metric.scale) } catch {
        throw damage("series \(id) has an unusable metric")
      }
      let (period, range) = (query.double(8), query.double(9))
      guard Provenance.periods.contains(period), Provenance.ranges.contains(range),
        Metric.scales.contains(metric.scale)
      else { throw damage("series \(id) has a period, a range or a step that cannot be") }
      let provenance = Provenance(
        source: query.text(6), method: method, period: period, range: range, note: query.text(10))
      let descriptor = SeriesDescriptor(
        device: catalogue.devices[device].device.id, metric: metric, provenance: provenance)
      _ = catalogue.add(
        .init(
          descriptor: descriptor, device: device, column: column, rolled: query.integerIfAny(11)))
    }
  }

  /// What a column means: the metric that is declared under its name, in the file's own scale.
  ///
  /// A name of schema 1 may have changed since; one that is not declared is a custom metric.
  private static func metric(
    _ column: String, _ unit: Unit, scale: Double, counter: Bool
  ) -> Metric {
    if let former = Metric.renamed[column] { return former.stored(in: scale) }
    guard let known = Metric.known[column] else {
      return Metric(custom: column, unit, scale: scale, counter: counter)
    }
    return known.stated(unit, scale: scale, counter: counter)
  }
}
