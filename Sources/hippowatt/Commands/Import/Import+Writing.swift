import Recordings
import Telemetry

extension Import {
  /// Writes all in the order of time: what stands in memory, and the readings of power logs.
  ///
  /// - Parameter split: from which place on what stands in memory comes after a reading of its time.
  func write(
    _ observations: [Observation], _ split: Int, _ logs: PowerLogAssembly?,
    to writer: RecordingWriter, _ progress: ImportProgress
  ) throws {
    var privacy = PrivacyFilter()
    let order = Self.order(observations)
    var next = 0
    func writeNext() throws {
      let observation = observations[order?[next] ?? next]
      next += 1
      for filtered in privacy.filtered([observation]) { try writer.append(filtered) }
    }
    /// Whether the next of what stands in memory goes before a reading.
    func isDue(_ time: Int64) -> Bool {
      let place = order?[next] ?? next
      let other = Self.time(of: observations[place])
      return other < time || (other == time && place < split)
    }
    let count = (logs?.count ?? 0) + observations.count
    var written = 0
    // What becomes of a device's name is the same in all its readings.
    var known: [DeviceID: DeviceID] = [:]
    try logs?.forEachBlock { block in
      while next < observations.count, isDue(block.times.first ?? 0) { try writeNext() }
      let name = known[block.device] ?? privacy.renamed(block.device)
      known[block.device] = name
      var block = block
      block.device = name
      try writer.append(block)
      written += block.times.count
      try progress.wrote(written + next, of: count)
    }
    while next < observations.count {
      try writeNext()
      if next & 0x3FFF == 0 { try progress.wrote(written + next, of: count) }
    }
  }

  private static func time(of observation: Observation) -> Int64 {
    switch observation {
    case .device, .series: Int64.min
    case .reading(let reading): reading.time.nanoseconds
    case .grid(let statement): statement.said.nanoseconds
    case .event(let event): event.time.nanoseconds
    case .state(let state): state.time.nanoseconds
    }
  }

  /// The places of descriptions, then those of all that has a time, in its order; `nil` where they
  /// stand like that already.
  private static func order(_ observations: [Observation]) -> [Int]? {
    let times = observations.map(time(of:))
    var last = Int64.min
    let isOrdered = times.allSatisfy { time in
      defer { last = max(last, time) }
      return time == .min || time >= last
    }
    if isOrdered { return nil }
    // Stable: observations of the same time keep their order.
    return times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
  }
}
