import Linux
import Telemetry

/// Bytes that GPUDirect Storage moves between storage and GPU memory, past the processor's memory.
///
/// Layout: `/proc/driver/nvidia-fs/stats` of the nvidia-fs driver (nvfs-stat.c):
///
///     IO stats: Enabled, peer IO stats: Disabled
///     Reads				: n=8 ok=8 err=0 readMiB=32 io_state_err=0
///     Writes				: n=0 ok=0 err=0 writeMiB=0 io_state_err=0 …
///
/// The same bytes pass the disks or the network as well. By default the driver counts nothing, which
/// is told apart from no traffic.
struct GDSSource: DataSource {
  static let sourceName = "gds"

  let name = sourceName

  /// What the driver counted, in MiB; `nil` where it counts nothing.
  struct Counts: Equatable {
    var isCounting: Bool?
    var read: Int64?
    var written: Int64?
  }

  private let context: SourceContext
  private let file: SystemFile
  private var reporter: DeviceReporter

  init(_ context: SourceContext) {
    self.context = context
    file = SystemFile(context.path("/proc/driver/nvidia-fs/stats"))
    reporter = DeviceReporter(
      Device(
        id: context.device("gds", "nvidia-fs"), label: "GPUDirect Storage", role: .user))
  }

  mutating func probe() -> Probe {
    do {
      _ = try counts()
      return Probe(.ok, "its driver counts bytes")
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    var reading = Reading(device: reporter.device.id, time: clock.now)
    let counts = try counts()
    reading.set(.bytesRead, steps: Self.bytes(counts.read))
    reading.set(.bytesWritten, steps: Self.bytes(counts.written))
    let period = context.interval
    var observations: [Observation] = []
    reporter.report(reading, to: &observations) { metric in
      Provenance(
        source: Self.sourceName, method: .counter, period: period,
        note: "/proc/driver/nvidia-fs/stats, "
          + (metric == .bytesRead ? "readMiB" : "writeMiB")
          + " in whole MiB; the same bytes pass disks or network, and what goes by way of"
          + " cuFile's compatibility mode is not in it")
    }
    return observations
  }

  private static let remedy =
    "load the driver with: sudo modprobe nvidia-fs; gdscheck -p says what is supported"

  private func counts() throws(SourceFailure) -> Counts {
    let counts: Counts
    do {
      counts = try file.read { Self.counts(&$0) }
    } catch {
      let words = error.isAbsent ? "no GPUDirect Storage driver (nvidia-fs)" : error.words
      throw SourceFailure(error.health, words, remedy: Self.remedy)
    }
    if counts.isCounting == false {
      throw SourceFailure(
        .denied, "GPUDirect Storage is there, and its driver counts no bytes",
        remedy: "echo 1 | sudo tee /sys/module/nvidia_fs/parameters/rw_stats_enabled")
    }
    guard counts.read != nil || counts.written != nil else {
      throw SourceFailure(
        .failed, "\(file.path) is not understood", remedy: "please report its text")
    }
    return counts
  }

  static func counts(_ text: inout TextScanner) -> Counts {
    var counts = Counts()
    while var line = text.line() {
      if line.skip("IO stats:") {
        counts.isCounting = line.word(until: UInt8(ascii: ",")).map { $0 == "Enabled" }
      } else if line.skip("Reads") {
        counts.read = counts.read ?? value("readMiB", in: &line)
      } else if line.skip("Writes") {
        counts.written = counts.written ?? value("writeMiB", in: &line)
      }
    }
    return counts
  }

  private static func value(_ name: String, in line: inout TextScanner) -> Int64? {
    while let key = line.word(until: UInt8(ascii: "=")) {
      if key == name { return line.number() }
    }
    return nil
  }

  private static func bytes(_ mebibytes: Int64?) -> Int64? {
    guard let mebibytes else { return nil }
    let (bytes, overflow) = mebibytes.multipliedReportingOverflow(by: 1 << 20)
    return overflow ? nil : bytes
  }
}

extension GDSSource {
  /// The line of the catalogue: `gds`.
  package static let entry = SourceEntry(
    "gds", gives: "bytes that GPUDirect Storage moves", feeds: ["gds"], isRare: true
  ) { _, context in GDSSource(context) }
}
