import Quantities
import Telemetry

extension RecordingReader {
  /// What in the file cannot be as it was written, in words; empty for a file that is whole.
  ///
  /// SQLite looks at the structure of the file, and the stored totals are made anew from the readings:
  /// a value that was changed in either shows. It reads the whole file, so it is meant for results
  /// that are given once, and not for a screen that is to open at once. What lies after the last
  /// stored total of a recording that was cut off has nothing beside it to be compared with.
  public func damages() -> [String] {
    database.beginTask()
    var result = findings + database.quickCheck().map { "SQLite finds: \($0)" }
    do throws(RecordingError) {
      for kind in catalogue.tables.keys.sorted(by: { $0.name < $1.name }) {
        result += try compareTotals(of: kind)
      }
    } catch {
      result.append("\(error)")
    }
    guard result.count > 8 else { return result }
    return result.prefix(8) + ["\(result.count - 8) more"]
  }

  /// A series that is compared: where its values go, and the totals that are stored of it.
  private struct Compared {
    var place: Int
    var stored: [Tier.Bucket]
    /// Nanoseconds up to which totals are stored.
    var end: Int64
    /// The place of the next stored bucket.
    var next = 0
    /// The last bucket that was made anew, from which the integral goes on.
    var base: [Tier.Bucket] = []
    var isOff = false
  }

  /// How much of a series is made anew at a time, in nanoseconds: less than a timeline keeps.
  private static let stretch = 48 * 4 * Rollup.quarter

  /// Compares the stored minutes of the series of one kind with what its readings say.
  private func compareTotals(of kind: DeviceKind) throws(RecordingError) -> [String] {
    var compared = try stored(of: kind)
    guard let limits = try database.limits(of: kind, in: catalogue) else {
      return compared.contains { !$0.stored.isEmpty }
        ? ["the readings of “\(kind.name)” are lost"] : []
    }
    var refused = try countImpossible(kind)
    var from = Rollup.floor(limits.lowerBound, Rollup.quarter)
    while from <= limits.upperBound {
      let to = min(from + Self.stretch, SQLIdentifier.times.upperBound)
      refused += try compare(&compared, of: kind, from: from, to: to)
      from = to
      if to == SQLIdentifier.times.upperBound { break }
    }
    var result: [String] = []
    if refused > 0 {
      result.append("\(refused) readings of “\(kind.name)” cannot be true and are left out")
    }
    let off = compared.filter { $0.isOff || $0.next < $0.stored.count }
    if let first = off.first {
      let descriptor = catalogue.series[first.place].descriptor
      let name = catalogue.devices[catalogue.series[first.place].device].device.label
      result.append(
        "the stored totals do not follow from the readings: \(descriptor.metric.title) of "
          + "\(kind.name) \(name)" + (off.count > 1 ? " and \(off.count - 1) more series" : ""))
    }
    return result
  }

  private func stored(of kind: DeviceKind) throws(RecordingError) -> [Compared] {
    let query = try statement(
      "SELECT buckets, chunk FROM rollup WHERE width = ? AND series = ? ORDER BY chunk")
    var result: [Compared] = []
    for (place, row) in catalogue.series.enumerated() where row.descriptor.device.kind == kind {
      guard let rolled = row.rolled else { continue }
      query.bind(0, Rollup.minute)
      query.bind(1, Int64(place + 1))
      defer { query.reset() }
      var buckets: [Tier.Bucket] = []
      while try query.step() {
        let from = buckets.count
        let isWhole = catalogue.unpack(query, of: place, width: Rollup.minute, into: &buckets)
        guard isWhole, Rollup.isInOrder(buckets, from: from) else {
          throw damage("rollups of series \(place + 1) are out of order")
        }
      }
      // What a crash left half done is not used.
      if !header.isComplete { buckets.removeAll { $0.time.nanoseconds >= rolled } }
      var compared = Compared(place: place, stored: buckets, end: rolled)
      // The integral goes on from what was forgotten, of which the last quarter of an hour is kept.
      if let border = header.forgottenBefore?.nanoseconds {
        let old = try self.buckets(of: place, width: Rollup.quarter, from: 0, to: border)
        compared.base = old.last { $0.time.nanoseconds < border }.map { [$0] } ?? []
      }
      result.append(compared)
    }
    return result
  }

  /// How many rows of a kind are of no time or of no device.
  private func countImpossible(_ kind: DeviceKind) throws(RecordingError) -> Int {
    let times = SQLIdentifier.times
    let count = try database.integer(
      """
      SELECT count(*) FROM "\(catalogue.rows(of: kind))" WHERE typeof(time) <> 'integer'
        OR time NOT BETWEEN \(times.lowerBound) AND \(times.upperBound)
        OR device NOT BETWEEN 1 AND \(catalogue.devices.count)
      """)
    guard catalogue.isPacked(kind) else { return Int(truncatingIfNeeded: count ?? 0) }
    let packed = try database.integer(
      """
      SELECT sum(readings$) FROM "\(Schema.packed(kind))"
      WHERE device NOT BETWEEN 1 AND \(catalogue.devices.count)
        OR start$ NOT BETWEEN \(times.lowerBound) AND \(times.upperBound)
        OR id$ <> start$ / 1000000 * 131072 + device
      """)
    return Int(truncatingIfNeeded: (count ?? 0) &+ (packed ?? 0))
  }

  /// Makes one stretch anew and compares it; returns how many values cannot be true.
  private func compare(
    _ compared: inout [Compared], of kind: DeviceKind, from: Int64, to: Int64
  ) throws(RecordingError) -> Int {
    var timeline = Timeline()
    var ids: [Timeline.SeriesID?] = []
    var targets: [Int: RowScan.Target] = [:]
    for entry in compared {
      let row = catalogue.series[entry.place]
      timeline.apply(.series(row.descriptor))
      let id = timeline.id(row.descriptor.metric, of: row.descriptor.device)
      ids.append(id)
      guard let id else { continue }
      timeline.restore(id, tiers: [.init(width: Rollup.minute, buckets: entry.base)])
      timeline.reopen(id)
      targets[entry.place] = .init(id, row.descriptor.metric, from: from)
    }
    guard
      var scan = try RowScan(
        kind, of: catalogue, in: database, target: { place, _ in targets[place] })
    else { return 0 }
    try scan.run(from: from, to: to - 1, keeping: false, into: &timeline)
    for (index, id) in ids.enumerated() {
      guard let id else { continue }
      let minutes = timeline.buckets(id, width: Rollup.minute)
      compared[index].base = minutes.suffix(1)
      let end = compared[index].end
      for bucket in minutes where from <= bucket.time.nanoseconds && bucket.time.nanoseconds < end {
        let next = compared[index].next
        guard next < compared[index].stored.count else {
          compared[index].isOff = true
          break
        }
        if !Self.isSame(bucket, compared[index].stored[next]) { compared[index].isOff = true }
        compared[index].next += 1
      }
    }
    return scan.refused
  }

  /// Whether two buckets say the same, but for the last digits of long sums.
  private static func isSame(_ one: Tier.Bucket, _ other: Tier.Bucket) -> Bool {
    func isNear(_ a: Double, _ b: Double) -> Bool {
      a == b || abs(a - b) <= 1e-9 * max(abs(a), abs(b))
    }
    return one.time == other.time && isNear(one.value, other.value)
      && isNear(one.cumulative, other.cumulative) && isNear(one.covered, other.covered)
  }
}
