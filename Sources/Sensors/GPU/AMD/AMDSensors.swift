import Linux
import Telemetry

/// The hardware monitoring files of an AMD GPU.
///
/// Layout: the kernel's `Documentation/gpu/amdgpu/thermal.rst`; powers in µW, energies in µJ,
/// temperatures in m°C, clocks in Hz. Files a chip does not have are not there.
struct AMDSensors {
  /// The power limit that is set.
  let cap: SystemFile?
  private let averagePower: SystemFile?
  private let momentaryPower: SystemFile?
  let energy: SystemFile?
  let temperature: SystemFile?
  let memoryTemperature: SystemFile?
  let clock: SystemFile?
  let memoryClock: SystemFile?
  let fan: SystemFile?
  /// The limit the card was sold with, in watts.
  let defaultCap: Double?
  /// The fan at full speed, in RPM.
  let maxFanSpeed: Int64?

  /// Looks for the files in the folder of a chip, which may be missing.
  init(_ folder: String?) {
    let names = folder.flatMap { SystemFile.names(in: $0) } ?? []
    func file(_ name: String) -> SystemFile? {
      guard let folder, names.contains(name) else { return nil }
      return SystemFile("\(folder)/\(name)", capacity: 64)
    }
    func labelled(_ kind: String, _ labels: [String], _ fallback: String) -> SystemFile? {
      guard let folder else { return nil }
      for label in labels {
        for number in 1...4 {
          let sensor = "\(kind)\(number)"
          guard SystemFile.text("\(folder)/\(sensor)_label") == label else { continue }
          return file(sensor + "_input")
        }
      }
      return fallback.isEmpty ? nil : file(fallback)
    }
    cap = file("power1_cap")
    averagePower = file("power1_average")
    momentaryPower = file("power1_input")
    energy = file("energy1_input")
    temperature = labelled("temp", ["edge", "junction"], "temp1_input")
    memoryTemperature = labelled("temp", ["mem"], "")
    clock = labelled("freq", ["sclk"], "freq1_input")
    memoryClock = labelled("freq", ["mclk"], "")
    fan = file("fan1_input")
    defaultCap = folder.flatMap { SystemFile.number($0 + "/power1_cap_default") }
      .flatMap { $0 > 0 ? Double($0) * 1e-6 : nil }
    maxFanSpeed = folder.flatMap { SystemFile.number($0 + "/fan1_max") }.flatMap {
      $0 > 0 ? $0 : nil
    }
  }

  /// Its power now: the mean where that says anything, since it misses nothing between two looks.
  func power() -> AMDPowerChoice.Power? {
    if let watts = Self.watts(averagePower) {
      return AMDPowerChoice.Power(watts: watts, isAverage: true)
    }
    return Self.watts(momentaryPower).map { AMDPowerChoice.Power(watts: $0, isAverage: false) }
  }

  /// The number in a file; `nil` if the file is missing, refused or holds something else.
  static func number(_ file: SystemFile?) -> Int64? {
    guard let file else { return nil }
    return (try? file.readNumber()) ?? nil
  }

  /// Watts of a file in µW; zero is what a chip without an answer writes.
  static func watts(_ file: SystemFile?) -> Double? {
    number(file).flatMap { $0 > 0 ? Double($0) * 1e-6 : nil }
  }
}
