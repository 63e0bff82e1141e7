import Telemetry

/// What a recording knows of devices, series and columns: the map between names and row numbers.
struct RecordingCatalogue {
  struct DeviceRow {
    var device: Device
    /// Whether the device was announced, not merely named by a series or reading.
    var isAnnounced: Bool
  }

  struct SeriesRow {
    var descriptor: SeriesDescriptor
    /// The index of its device in `devices`.
    var device: Int
    /// The column of its values: the metric's name, but in a file that is older than the name.
    var column: String
    /// Nanoseconds up to which rollups are stored; `nil` before the first reading.
    var rolled: Int64?
  }

  struct Key: Hashable {
    var device: Int
    /// The metric's handle.
    var metric: Int
  }

  /// In a recording a device's id is its place here plus 1, and so is that of a series.
  private(set) var devices: [DeviceRow] = []
  private(set) var deviceIndex: [DeviceID: Int] = [:]
  var series: [SeriesRow] = []
  private(set) var seriesIndex: [Key: Int] = [:]
  /// The columns of each device kind's table in the order they were added.
  var tables: [DeviceKind: [Column]] = [:]
  /// The version of the tables.
  var version = Schema.version
  /// The kinds without a table of packed readings, as a damaged file may have them.
  var unpacked: Set<DeviceKind> = []

  /// The table in which readings of a kind are rows.
  func rows(of kind: DeviceKind) -> String { Schema.rows(kind, version: version) }

  /// Whether readings of a kind may be packed.
  func isPacked(_ kind: DeviceKind) -> Bool { version >= 3 && !unpacked.contains(kind) }

  struct Column {
    var name: String
    var metric: Metric
  }

  mutating func add(_ row: DeviceRow) -> Int {
    if let known = deviceIndex[row.device.id] {
      devices[known] = row
      return known
    }
    deviceIndex[row.device.id] = devices.count
    devices.append(row)
    return devices.count - 1
  }

  /// Sets the device that another one is a part of.
  mutating func setParent(of place: Int, to parent: DeviceID) {
    devices[place].device.parent = parent
  }

  mutating func add(_ row: SeriesRow) -> Int {
    let key = Key(device: row.device, metric: row.descriptor.metric.handle)
    if let known = seriesIndex[key] {
      series[known].descriptor = row.descriptor
      return known
    }
    seriesIndex[key] = series.count
    series.append(row)
    return series.count - 1
  }

  /// Appends the stored buckets of a series: of a row whose columns are the buckets and their chunk.
  ///
  /// False when they are damaged.
  func unpack(
    _ query: Statement, of place: Int, width: Int64, into buckets: inout [Tier.Bucket]
  ) -> Bool {
    let chunk = query.integer(1)
    guard version >= 3 else { return query.withBytes(0) { Rollup.unpack($0, into: &buckets) } }
    guard chunk >= 0 else { return false }
    let scale = series[place].descriptor.metric.scale
    return query.withBytes(0) {
      Rollup.unpack($0, chunk: chunk, width: width, scale: scale, into: &buckets)
    }
  }

  /// The index of a metric's series, if the device has one.
  func find(_ metric: Metric, device: Int) -> Int? {
    seriesIndex[Key(device: device, metric: metric.handle)]
  }

  /// The column of a metric in the table of a device kind, with the scale its values are kept in.
  func column(_ metric: Metric, of kind: DeviceKind) -> Column? {
    tables[kind]?.first { $0.metric == metric }
  }
}
