import Linux
import Telemetry

/// One power or energy value of a hardware monitoring chip.
struct HwmonChannel: Hashable {
  /// The sensor it belongs to, as `chip/label`; power and energy of one label share it.
  let meter: String
  /// The driver's name of the chip.
  let chip: String
  /// The kernel's name of the chip's folder, such as `hwmon3`.
  let folder: String
  let path: String
  let metric: Metric
  /// The seconds the chip averages over, 0 when it does not say; `nil` for momentary values.
  let averagedOver: Double?

  /// Whether it is all that a computer's supply gives (Documentation/hwmon/corsair-psu.rst).
  var isSupplyTotal: Bool { chip == "corsairpsu" && meter.hasSuffix("/power total") }

  /// Adds a raw value to a reading, unless no sensor can mean it.
  func set(_ value: Int64, in reading: inout Reading) {
    switch metric {
    case .energy: reading.set(.energy, steps: value >= 0 ? value : nil)
    default:
      // Beyond 100 kW no sensor of a board reaches, and below zero none is meant to.
      let largest: Int64 = 100_000_000_000
      reading.set(.power, (0...largest).contains(value) ? Double(value) * 1e-6 : nil)
    }
  }

  func provenance(every interval: Double) -> Provenance {
    let file = path.split(separator: "/").last.map(String.init) ?? ""
    guard metric == .power else {
      return Provenance(
        source: HwmonSource.sourceName, method: .counter, period: interval,
        note: "hwmon \(chip), \(file), µJ as the driver counts")
    }
    return Provenance(
      source: HwmonSource.sourceName, method: averagedOver == nil ? .instant : .average,
      period: max(interval, averagedOver ?? 0), note: "hwmon \(chip), \(file), µW")
  }

  /// Every channel of `/sys/class/hwmon`.
  ///
  /// Where a chip gives both an average and a momentary power, the average is taken, since it does
  /// not miss what happens between two readings.
  /// - Throws: `SourceFailure` when there is none.
  static func all(in context: SourceContext) throws(SourceFailure) -> [HwmonChannel] {
    let parent = context.path("/sys/class/hwmon")
    let folders = (SystemFile.names(in: parent) ?? []).map { folder in
      (folder, SystemFile.text("\(parent)/\(folder)/name") ?? folder)
    }
    var found: [HwmonChannel] = []
    for (folder, chip) in folders where isWanted(chip, "\(parent)/\(folder)") {
      let isUnique = folders.count { $0.1 == chip } == 1
      found += channels(
        of: chip, called: isUnique ? chip : "\(chip)@\(place("\(parent)/\(folder)") ?? folder)",
        folder: folder, in: "\(parent)/\(folder)")
    }
    guard !found.isEmpty else {
      throw SourceFailure(
        .absent, "no power or energy sensor among \(folders.count) chips in \(parent)",
        remedy: "find drivers for the board's sensors with: sudo sensors-detect")
    }
    return found
  }

  /// GPUs and Grace processors have sources of their own.
  private static func isWanted(_ chip: String, _ path: String) -> Bool {
    !["nvidia", "amdgpu", "i915", "xe"].contains(chip) && !chip.hasPrefix("i915_gt")
      && SystemFile.text(path + "/device/type") != "Battery"
      && GraceSensor.label(in: path) == nil
  }

  /// The bus address of a chip, which stays when the folders are numbered anew.
  private static func place(_ path: String) -> String? {
    SystemFile.linkTarget(path + "/device")?.split(separator: "/").last.map(String.init)
  }

  private static func channels(
    of chip: String, called name: String, folder: String, in path: String
  ) -> [HwmonChannel] {
    let files = SystemFile.names(in: path) ?? []
    var found: [HwmonChannel] = []
    for file in files {
      let parts = file.split(separator: "_", maxSplits: 1)
      guard parts.count == 2, let sensor = parts.first.map(String.init),
        sensor.last?.isNumber == true
      else { continue }
      let label = SystemFile.text("\(path)/\(sensor)_label") ?? sensor
      let metric: Metric
      var averagedOver: Double?
      switch (sensor.prefix { !$0.isNumber }, parts[1]) {
      case ("power", "average"):
        metric = .power
        // Milliseconds; not every chip says.
        let interval = SystemFile.number("\(path)/\(sensor)_average_interval") ?? 0
        averagedOver = Double(interval) * 1e-3
      case ("power", "input") where !files.contains("\(sensor)_average"): metric = .power
      // The counters of single cores are contained in that of their socket.
      case ("energy", "input") where !(chip == "amd_energy" && label.hasPrefix("Ecore")):
        metric = .energy
      default: continue
      }
      // Two sensors of one name would pass for one.
      let isTaken = found.contains { $0.meter == "\(name)/\(label)" && $0.metric == metric }
      found.append(
        HwmonChannel(
          meter: "\(name)/\(label)" + (isTaken ? "@\(sensor)" : ""), chip: chip, folder: folder,
          path: "\(path)/\(file)",
          metric: metric, averagedOver: averagedOver))
    }
    return found
  }
}
