import Linux
import Telemetry

/// The machine as its kernel counts it: processor time, memory, pressure.
///
/// Layouts: proc(5), Documentation/accounting/psi.rst, and `PageCacheCounters`. Any file that is
/// missing costs only its own numbers; the source fails when neither `/proc/stat` nor
/// `/proc/meminfo` can be read.
struct HostSource: DataSource {
  static let sourceName = "host"

  let name = sourceName

  private let context: SourceContext
  private let stat: SystemFile
  private let memory: SystemFile
  private var pressures: [(metric: Metric, file: SystemFile)]
  private var lastTimes: ProcessorTimes?
  private let own: SystemFile
  private let virtualMemory: SystemFile
  private var reporter: DeviceReporter?

  init(_ context: SourceContext) {
    self.context = context
    stat = SystemFile(context.path("/proc/stat"), capacity: 16384)
    memory = SystemFile(context.path("/proc/meminfo"))
    own = SystemFile(context.path("/proc/self/stat"), capacity: 1024)
    virtualMemory = SystemFile(context.path("/proc/vmstat"), capacity: 8192)
    let files: [(Metric, String)] = [
      (.cpuPressure, "cpu"), (.memoryPressure, "memory"), (.ioPressure, "io"),
    ]
    pressures = files.map { ($0, SystemFile(context.path("/proc/pressure/" + $1), capacity: 512)) }
  }

  mutating func probe() -> Probe {
    do {
      let count = try stat.read { ProcessorTimes.read(&$0) }?.count ?? 0
      let processors = "\(count) processor\(count == 1 ? "" : "s")"
      let found = "\(processors), Linux \(kernel ?? "of unknown version")"
      guard SystemFile.text(context.path("/proc/pressure/cpu")) == nil else {
        return Probe(.ok, found)
      }
      return Probe(.ok, found + ", no pressure (PSI)", remedy: Remedy.pressure.text)
    } catch {
      return Probe(error.health, error.words, remedy: Self.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    var reading = Reading(device: context.device(.host, context.machine), time: clock.now)
    var failure: SystemError?
    do {
      if let processors = try stat.read({ ProcessorTimes.read(&$0) }) {
        reading.set(.cpuUtilization, lastTimes.flatMap { processors.times.busyShare(since: $0) })
        reading.set(.cpuCount, steps: processors.count)
        lastTimes = processors.times
      }
    } catch {
      failure = error
      lastTimes = nil
    }
    do {
      let sizes = try memory.read { MemorySizes.read(&$0) }
      reading.set(.memoryTotal, steps: sizes.total)
      reading.set(.memoryAvailable, steps: sizes.available)
      reading.set(.memoryUsed, steps: sizes.used)
    } catch {
      failure = failure ?? error
    }
    let ticks = (try? own.readPage { Self.processorTicks(&$0) }) ?? nil
    reading.set(.ownCPUTime, steps: ticks.map { $0 * 10_000 })
    setPressures(&reading)
    if let counters = try? virtualMemory.read({ PageCacheCounters.read(&$0) }) {
      reading.set(.pageCacheMisses, steps: counters.missed)
      reading.set(.pageCacheRefaults, steps: counters.refaulted)
    }
    if reading.isEmpty, let failure { throw failure.failure(remedy: Self.remedy) }

    let period = context.interval
    var observations: [Observation] = []
    var reporter = reporter ?? DeviceReporter(describeMachine(processors: reading))
    reporter.report(reading, to: &observations) {
      Self.provenance(of: $0, every: period)
    }
    self.reporter = reporter
    return observations
  }

  /// Hundredths of a second in user and kernel mode: fields 14 and 15 of `/proc/PID/stat`.
  static func processorTicks(_ text: inout TextScanner) -> Int64? {
    // The name may hold anything but ends with the last parenthesis.
    let line = text.rest()
    guard let close = line.lastIndex(of: ")") else { return nil }
    let fields = line[line.index(after: close)...].split(separator: " ")
    guard fields.count > 12, let user = Int64(fields[11]), let kernel = Int64(fields[12]) else {
      return nil
    }
    return user + kernel
  }

  /// Reads `some … total=`, the microseconds in which at least one task waited.
  private mutating func setPressures(_ reading: inout Reading) {
    for index in pressures.indices.reversed() {
      do {
        let total = try pressures[index].file.readPage { Self.pressureTotal(&$0) }
        reading.set(pressures[index].metric, steps: total)
      } catch {
        // A kernel without pressure stall information will not grow any while it runs.
        if error.isAbsent || error.isDenied { pressures.remove(at: index) }
      }
    }
  }

  static func pressureTotal(_ text: inout TextScanner) -> Int64? {
    guard text.skip("some ") else { return nil }
    while let key = text.word(until: UInt8(ascii: "=")) {
      if key == "total" { return text.number() }
      text.skipWords(1)
    }
    return nil
  }

  private static let remedy = "mount /proc in this container or namespace"

  private var kernel: String? { SystemFile.text(context.path("/proc/sys/kernel/osrelease")) }

  private func describeMachine(processors reading: Reading) -> Device {
    var attributes: [String: String] = [:]
    attributes["kernel"] = kernel
    attributes["cores"] = reading.values.first { $0.metric == .cpuCount }.map { "\($0.steps)" }
    return Device(
      id: reading.device, label: context.machine,
      model: ProcessorModel.name(context) ?? "", attributes: attributes)
  }

  private static func provenance(of metric: Metric, every period: Double) -> Provenance {
    let (method, note): (Provenance.Method, String) =
      switch metric {
      case .cpuUtilization:
        (
          .average,
          "/proc/stat, user, nice, system and interrupt time; idle, iowait and steal are not busy"
        )
      case .cpuCount: (.instant, "processors online in /proc/stat")
      case .ownCPUTime:
        (
          .counter,
          "/proc/self/stat, user and kernel time of this program, in hundredths of a second"
        )
      case .memoryUsed: (.instant, "/proc/meminfo, MemTotal less MemAvailable")
      case .memoryTotal: (.instant, "/proc/meminfo, MemTotal")
      case .memoryAvailable: (.instant, "/proc/meminfo, MemAvailable")
      case .pageCacheMisses:
        (
          .counter,
          "/proc/vmstat, pgpgin × 1 KiB: read from block devices, by direct I/O and swap as well;"
            + " network file systems are not in it"
        )
      case .pageCacheRefaults:
        (.counter, "/proc/vmstat, workingset_refault_file × the size of a page")
      default: (.counter, "/proc/pressure, total of “some”: at least one task waited")
      }
    return Provenance(source: sourceName, method: method, period: period, note: note)
  }
}

extension HostSource {
  /// The line of the catalogue: `host`.
  package static let entry = SourceEntry(
    "host", gives: "processor time, memory, pressure of the machine", feeds: [.host]
  ) { _, context in HostSource(context) }
}
