import Telemetry

/// Bytes read and written by every whole disk.
///
/// Counted are disks that have hardware of their own: no partitions, no loop or memory disks, and
/// no device-mapper or RAID devices, whose bytes already pass through the disks below them.
/// `/proc/diskstats` and `/sys/block` (kernel documentation admin-guide/iostats); a sector there
/// is 512 bytes whatever the disk's own.
public struct DiskSource: DataSource {
  public let name = "disk"
  private let context: SourceContext
  private let file: SystemFile
  /// Kernel names of the disks that count; looked up again when a new name appears.
  private var disks: [[UInt8]: DeviceID] = [:]
  private var ignored: Set<[UInt8]> = []
  private var pending: [Observation] = []

  public init(_ context: SourceContext) {
    self.context = context
    file = SystemFile(context.path("/proc/diskstats"), capacity: 16_384)
  }

  public mutating func probe() -> Probe {
    let names = (SystemFile.names(in: context.path("/sys/block")) ?? []).filter(isDisk)
    if names.isEmpty { return Probe(.absent, "no disk under \(context.path("/sys/block"))") }
    return Probe(.ok, names.joined(separator: ", "))
  }

  public mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let rows: [Reading]
    do {
      let time = clock.now
      rows = try file.read { readings(in: $0, at: time) }
    } catch {
      throw SourceFailure(.absent, "\(file.path) cannot be read", remedy: "mount /proc")
    }
    if disks.isEmpty {
      throw SourceFailure(.absent, "no disk with hardware of its own in \(file.path)")
    }
    defer { pending = [] }
    return pending + rows.map(Observation.reading)
  }

  private mutating func readings(in bytes: ArraySlice<UInt8>, at time: Timestamp) -> [Reading] {
    var result: [Reading] = []
    var lines = ByteFields(bytes)
    while var line = lines.line() {
      line.skip(2)
      guard let word = line.word(), let device = device(Array(word)) else { continue }
      // reads, merged, sectors, ms; writes, merged, sectors, ms; in flight, ms busy.
      line.skip(2)
      let read = line.number()
      line.skip(3)
      let written = line.number()
      line.skip(2)
      let busy = line.number()
      var reading = Reading(device: device, time: time)
      reading.set(.bytesRead, steps: read.map { $0 &* 512 })
      reading.set(.bytesWritten, steps: written.map { $0 &* 512 })
      reading.set(.ioTime, steps: busy.map { $0 &* 1000 })
      result.append(reading)
    }
    return result
  }

  private mutating func device(_ bytes: [UInt8]) -> DeviceID? {
    if let known = disks[bytes] { return known }
    if ignored.contains(bytes) { return nil }
    let kernelName = bytes[...].string
    guard isDisk(kernelName) else {
      ignored.insert(bytes)
      return nil
    }
    let device = context.device(.disk, kernelName)
    disks[bytes] = device
    announce(device, kernelName)
    return device
  }

  private func isDisk(_ name: String) -> Bool {
    let folder = context.path("/sys/block/") + name
    // Disks made of other disks list them as slaves; those made of nothing have no device.
    guard SystemFile.exists(folder + "/device") || isVirtualDisk(folder) else { return false }
    if let size = SystemFile.text(folder + "/size"), size == "0" { return false }
    return (SystemFile.names(in: folder + "/slaves") ?? []).isEmpty
  }

  /// Disks of some virtual machines sit under /sys/devices/virtual without being made of others.
  private func isVirtualDisk(_ folder: String) -> Bool {
    guard let name = folder.split(separator: "/").last else { return false }
    return ["vd", "xvd", "pmem", "nvme"].contains { name.hasPrefix($0) }
      && SystemFile.exists(folder)
  }

  private mutating func announce(_ device: DeviceID, _ kernelName: String) {
    let folder = context.path("/sys/block/") + kernelName
    let model = SystemFile.text(folder + "/device/model") ?? ""
    var attributes: [String: String] = [:]
    if let sectors = SystemFile.text(folder + "/size").flatMap({ Int64($0) }) {
      attributes["bytes"] = String(sectors &* 512)
    }
    pending.append(
      .device(Device(id: device, label: kernelName, model: model, attributes: attributes)))
    for metric in [Metric.bytesRead, .bytesWritten, .ioTime] {
      pending.append(
        .series(
          SeriesDescriptor(
            device: device, metric: metric,
            provenance: Provenance(
              source: name, method: .counter, period: context.interval, note: "/proc/diskstats"))))
    }
  }

  public static let entry = Catalogue.Entry("disk", gives: "bytes read and written by every disk") {
    _, context in
    DiskSource(context)
  }
}
