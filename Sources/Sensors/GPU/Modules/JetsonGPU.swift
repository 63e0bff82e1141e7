import Linux
import Telemetry

/// The GPU inside a Jetson module, as its driver and the kernel's frequency governor show it.
///
/// Layouts: `load` in tenths of a per cent, `/sys/class/devfreq/*/cur_freq` in Hz, the thermal zone
/// of the GPU in m°C. Its memory is the machine's.
struct JetsonGPU {
  private let load: SystemFile?
  private let clock: SystemFile?
  private let temperature: SystemFile?

  init(_ context: SourceContext) {
    let platform = context.path("/sys/devices/platform")
    var folders = [platform + "/gpu.0", context.path("/sys/devices/gpu.0")]
    let parents = [platform, platform + "/bus@0"]
    for parent in parents {
      for name in SystemFile.names(in: parent) ?? [] where name.hasSuffix(".gpu") {
        folders.append("\(parent)/\(name)")
      }
    }
    load = folders.map { $0 + "/load" }.first(where: SystemFile.exists)
      .map { SystemFile($0, capacity: 64) }
    let governors = context.path("/sys/class/devfreq")
    let governor = (SystemFile.names(in: governors) ?? []).first { name in
      [".gpu", ".gv11b", ".ga10b", ".gp10b", ".gb10b"].contains { name.hasSuffix($0) }
    }
    clock = governor.map { SystemFile("\(governors)/\($0)/cur_freq", capacity: 64) }
    let zones = context.path("/sys/class/thermal")
    let zone = (SystemFile.names(in: zones) ?? []).first { name in
      ["GPU-therm", "gpu-thermal"].contains(SystemFile.text("\(zones)/\(name)/type") ?? "")
    }
    temperature = zone.map { SystemFile("\(zones)/\($0)/temp", capacity: 64) }
  }

  /// Whether there is one; a GPU that NVML shows has no such load.
  var isPresent: Bool { load != nil }

  /// Adds what it does to a reading.
  func fill(_ reading: inout Reading) {
    reading.set(.utilization, steps: Self.number(load, 0...1000).map { $0 * 1000 })
    reading.set(.smClock, steps: Self.number(clock, 0...20_000_000_000))
    reading.set(.temperature, steps: Self.number(temperature, 1...200_000))
  }

  private static func number(_ file: SystemFile?, _ range: ClosedRange<Int64>) -> Int64? {
    guard let file, let value = (try? file.readNumber()) ?? nil else { return nil }
    return range ~= value ? value : nil
  }
}
