import Glibc
import Telemetry

extension HwmonSource {
  /// One file with a power or an energy, and the device it speaks of.
  struct Sensor {
    let device: Device
    let descriptor: SeriesDescriptor
    let file: String
    var metric: Metric { descriptor.metric }
  }

  /// One `hwmonN` folder that has powers or energies.
  private struct Chip {
    let folder: String
    let name: String
    /// Where it sits, such as `0000:03:00.0`; tells two cards of one make apart.
    let place: String
    let files: Set<String>
    var isACPIMeter: Bool { name == "power_meter" }

    /// The numbers `N` of the files `powerN…`, each once, in order.
    func channels(_ prefix: String) -> [Int] {
      Set(files.compactMap { HwmonSource.channel($0, prefix) }).sorted()
    }
  }

  /// Lists the sensors there are.
  /// - Throws: `SourceFailure` when the folder is missing or no chip tells watts or joules.
  func sensors() throws(SourceFailure) -> [Sensor] {
    let chips = try chips()
    let meters = chips.filter(\.isACPIMeter)
    var result: [Sensor] = []
    for chip in chips {
      let isTwin = chips.count { $0.name == chip.name } > 1
      let title = isTwin ? "\(chip.name)@\(chip.place)" : chip.name
      // Two ACPI meters are two supplies or two zones; then neither is the whole machine.
      let isWall =
        chip.isACPIMeter && meters.count == 1 && chip.channels("power") == [1]
        && SensorFile.value("\(chip.folder)/power1_is_battery") != 1
      for number in chip.channels("power") {
        result.append(power(number, of: chip, title, isWall: isWall))
      }
      for number in chip.channels("energy") {
        let own = "energy\(number)"
        let device = device("\(title)/\(label(own, chip))", own, chip)
        let provenance = Provenance(
          source: name, method: .counter, period: context.interval,
          note: "\(chip.folder)/\(own)_input")
        result.append(
          Sensor(
            device: device,
            descriptor: SeriesDescriptor(
              device: device.id, metric: .energy, provenance: provenance),
            file: "\(chip.folder)/\(own)_input"))
      }
    }
    return result
  }

  /// A mean loses nothing between two looks, so it is taken before the instantaneous value.
  private func power(_ number: Int, of chip: Chip, _ title: String, isWall: Bool) -> Sensor {
    let own = "power\(number)"
    let candidates = ["\(own)_average", "\(own)_input"].filter { chip.files.contains($0) }
    let usable = candidates.first { SensorFile.value("\(chip.folder)/\($0)") != nil }
    let file = usable ?? candidates[0]
    let isMean = file.hasSuffix("_average")
    let window = SensorFile.value("\(chip.folder)/\(own)_average_interval") ?? 0
    var device = device("\(title)/\(label(own, chip))", own, chip)
    if isWall {
      device.id.name = "wall"
      device.label = "ACPI power meter"
    }
    let provenance = Provenance(
      source: name, method: isMean ? .average : .instant,
      period: max(context.interval, isMean ? Double(window) * 1e-3 : 0),
      note: "\(chip.folder)/\(file)" + (isWall ? "; the whole machine, as its firmware says" : ""))
    return Sensor(
      device: device,
      descriptor: SeriesDescriptor(device: device.id, metric: .power, provenance: provenance),
      file: "\(chip.folder)/\(file)")
  }

  private func device(_ name: String, _ own: String, _ chip: Chip) -> Device {
    Device(
      id: context.device(.meter, name), label: name,
      model: SensorFile.line("\(chip.folder)/\(own)_model_number") ?? "",
      attributes: ["chip": chip.name, "place": chip.place])
  }

  /// The channel's label; two channels that share one are told apart by their number.
  private func label(_ own: String, _ chip: Chip) -> String {
    guard let label = SensorFile.line("\(chip.folder)/\(own)_label") else { return own }
    let prefix = own.hasPrefix("power") ? "power" : "energy"
    let twins = chip.channels(prefix).count {
      SensorFile.line("\(chip.folder)/\(prefix)\($0)_label") == label
    }
    return twins > 1 ? "\(label) \(own)" : label
  }

  /// The chips with at least one power or energy, by the number of their folder.
  private func chips() throws(SourceFailure) -> [Chip] {
    let names: [String]
    do { names = try SensorFile.names(in: folder) } catch {
      guard error.isDenied else { throw absent() }
      throw SourceFailure(.denied, error.words, remedy: "let this user list that folder")
    }
    let numbered = names.compactMap { name in Self.channel(name, "hwmon").map { ($0, name) } }
    var result: [Chip] = []
    for (_, name) in numbered.sorted(by: { $0.0 < $1.0 }) {
      // The ACPI meter of older kernels keeps its files in the device's folder.
      for path in ["\(folder)/\(name)", "\(folder)/\(name)/device"] {
        let files = (try? SensorFile.names(in: path)) ?? []
        let useful = files.filter {
          Self.isValue($0, "power", ["_input", "_average"])
            || Self.isValue($0, "energy", ["_input"])
        }
        guard !useful.isEmpty else { continue }
        let title = SensorFile.line("\(path)/name") ?? SensorFile.line("\(folder)/\(name)/name")
        result.append(
          Chip(
            folder: path, name: title ?? name, place: Self.place("\(folder)/\(name)") ?? name,
            files: Set(useful)))
        break
      }
    }
    guard !result.isEmpty else { throw absent() }
    return result
  }

  private func absent() -> SourceFailure {
    SourceFailure(
      .absent,
      "no power sensors: looked for \(folder)/*/power*_input, power*_average, energy*_input",
      remedy: "load the board's driver, such as acpi_power_meter, if it has such a sensor")
  }

  /// The last part of where the `device` link points.
  private static func place(_ folder: String) -> String? {
    let target = withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      let count = start.map { readlink("\(folder)/device", $0, buffer.count) } ?? -1
      return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
    return target.split(separator: "/").last.map(String.init)
  }

  private static func isValue(_ file: String, _ prefix: String, _ endings: [String]) -> Bool {
    guard let number = channel(file, prefix) else { return false }
    return endings.contains { file == "\(prefix)\(number)\($0)" }
  }

  /// The number that follows `prefix` in a file's name.
  private static func channel(_ file: String, _ prefix: String) -> Int? {
    guard file.hasPrefix(prefix) else { return nil }
    return Int(file.dropFirst(prefix.count).prefix { $0.isASCII && $0.isNumber })
  }
}
