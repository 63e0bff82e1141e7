import Telemetry

/// The machine as its kernel sees it: processors, memory, and the time tasks wait for them.
///
/// `/proc/stat`, `/proc/meminfo` and `/proc/pressure` (proc(5), kernel documentation
/// accounting/psi). A kernel without pressure information costs only that.
public struct HostSource: DataSource {
  public let name = "host"
  private let context: SourceContext
  private let stat: SystemFile
  private let memory: SystemFile
  private let pressures: [(metric: Metric, file: SystemFile)]
  private var isAnnounced = false
  private var last: Times?
  private var cores: Int64 = 0

  /// Processor time in ticks since boot.
  private struct Times {
    var busy: Int64
    var total: Int64
  }

  public init(_ context: SourceContext) {
    self.context = context
    stat = SystemFile(context.path("/proc/stat"), capacity: 16_384)
    memory = SystemFile(context.path("/proc/meminfo"))
    pressures = [
      (.cpuPressure, "cpu"), (.memoryPressure, "memory"), (.ioPressure, "io"),
    ].compactMap { metric, name in
      let path = context.path("/proc/pressure/" + name)
      return SystemFile.exists(path) ? (metric, SystemFile(path, capacity: 512)) : nil
    }
  }

  public mutating func probe() -> Probe {
    guard (try? times()) != nil else {
      return Probe(.absent, "\(stat.path) cannot be read", remedy: "mount /proc")
    }
    let missing = pressures.isEmpty ? "; no pressure information in this kernel" : ""
    return Probe(.ok, "\(cores) processors, memory\(missing)")
  }

  public mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let device = context.device(.host, context.machine)
    var reading = Reading(device: device, time: clock.now)
    do {
      let times = try times()
      if let last, times.total > last.total {
        reading.set(
          .busy, Double(max(0, times.busy - last.busy)) / Double(times.total - last.total))
      }
      last = times
      reading.set(.cpuCount, steps: cores)
    } catch {
      throw SourceFailure(.absent, "\(stat.path) cannot be read", remedy: "mount /proc")
    }
    readMemory(into: &reading)
    for pressure in pressures { reading.set(pressure.metric, steps: stall(pressure.file)) }
    var result: [Observation] = []
    if !isAnnounced {
      isAnnounced = true
      result = announcement(device)
    }
    result.append(.reading(reading))
    return result
  }

  /// Busy is what is neither idle nor waiting for disks; time of guests is inside user and nice.
  private mutating func times() throws -> Times {
    var count: Int64 = 0
    let times = try stat.read { bytes -> Times? in
      var lines = ByteFields(bytes)
      var result: Times?
      while var line = lines.line() {
        guard let word = line.word() else { continue }
        if word.equals("cpu") {
          let values = (0..<8).map { _ in line.number() ?? 0 }
          let idle = values[3] + values[4]
          let total = values.reduce(0, &+)
          result = Times(busy: total - idle, total: total)
        } else if word.starts(with: "cpu".utf8) {
          count += 1
        } else {
          break
        }
      }
      return result
    }
    guard let times else { throw SystemFile.Failure(code: 22) }
    cores = max(1, count)
    return times
  }

  private func readMemory(into reading: inout Reading) {
    let values = try? memory.read { bytes -> (total: Int64?, available: Int64?) in
      var lines = ByteFields(bytes)
      var total: Int64?
      var available: Int64?
      while total == nil || available == nil, var line = lines.line() {
        guard let word = line.word() else { continue }
        if word.equals("MemTotal:") { total = line.number() }
        if word.equals("MemAvailable:") { available = line.number() }
      }
      return (total, available)
    }
    guard let total = values?.total, let available = values?.available else { return }
    reading.set(.memoryTotal, steps: total * 1024)
    reading.set(.memoryAvailable, steps: available * 1024)
    reading.set(.memoryUsed, steps: (total - available) * 1024)
  }

  /// Microseconds in which some task waited, of the line that begins with `some`.
  private func stall(_ file: SystemFile) -> Int64? {
    try? file.read { bytes -> Int64? in
      var lines = ByteFields(bytes)
      while var line = lines.line() {
        guard let word = line.word(), word.equals("some") else { continue }
        while let field = line.word() {
          if field.starts(with: "total=".utf8) { return ByteFields.number(field.dropFirst(6)) }
        }
      }
      return nil
    }
  }

  private func announcement(_ device: DeviceID) -> [Observation] {
    var attributes = ["cores": String(cores)]
    if let kernel = SystemFile.text(context.path("/proc/sys/kernel/osrelease")) {
      attributes["kernel"] = kernel
    }
    func series(_ metric: Metric, _ method: Provenance.Method, _ note: String) -> Observation {
      .series(
        SeriesDescriptor(
          device: device, metric: metric,
          provenance: Provenance(source: name, method: method, period: context.interval, note: note)
        ))
    }
    return [
      .device(
        Device(id: device, label: context.machine, model: processor, attributes: attributes)),
      series(.busy, .average, "/proc/stat, neither idle nor iowait"),
      series(.cpuCount, .instant, "/proc/stat"),
      series(.memoryTotal, .instant, "/proc/meminfo MemTotal"),
      series(.memoryAvailable, .instant, "/proc/meminfo MemAvailable"),
      series(.memoryUsed, .instant, "/proc/meminfo, total less available"),
    ]
      + pressures.map { series($0.metric, .counter, "/proc/pressure, some, total") }
  }

  private var processor: String {
    let text = SystemFile.text(context.path("/proc/cpuinfo")) ?? ""
    for line in text.split(separator: "\n") where line.hasPrefix("model name") {
      let name = line.split(separator: ":", maxSplits: 1).last ?? ""
      return name.split(separator: " ").joined(separator: " ")
    }
    return ""
  }

  public static let entry = Catalogue.Entry(
    "host", gives: "processors, memory, pressure of this machine"
  ) { _, context in
    HostSource(context)
  }
}
