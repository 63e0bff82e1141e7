import Linux
import Telemetry

/// One supply rail of a Jetson module, as its power monitor measures it.
///
/// Layouts: the kernel's hwmon drivers `ina3221` (mA and mV by channel, labelled) and `ina238`
/// (µW, one rail). Names of rails differ by module; the one that ends in `IN` feeds all others.
struct JetsonRail {
  /// What a rail feeds.
  enum Use: Hashable {
    /// The whole module.
    case module
    case gpu
    case cpu
    /// A part of the module that no other rail contains.
    case part
    /// Nothing that is known to be outside the other rails.
    case other
  }

  /// The rails that feed a whole module.
  private static let inputs: Set<String> = ["VDD_IN", "POM_5V_IN", "VIN", "VDD_IN_MAIN"]
  /// Rails beside those of GPU and processor.
  ///
  /// A module without a rail for its input draws the sum of all: AGX Orin of `VDD_GPU_SOC`,
  /// `VDD_CPU_CV` and `VIN_SYS_5V0`, which also feeds `VDDQ_VDD2_1V8AO`; AGX Xavier of `GPU`,
  /// `CPU`, `SOC`, `CV`, `VDDRQ` and `SYS5V`. Source: the Jetson Linux developer guide, “Software-
  /// Based Power Consumption Modeling” and the tables of power monitors.
  private static let parts: Set<String> = ["VIN_SYS_5V0", "SOC", "CV", "VDDRQ", "SYS5V", "VDD_SOC"]

  let name: String
  private let power: SystemFile?
  private let current: SystemFile?
  private let voltage: SystemFile?

  /// What the rail's name says it feeds; one shared by GPU and processor counts as the GPU's.
  var use: Use {
    if Self.inputs.contains(name) { return .module }
    let words = name.split(separator: "_")
    if words.contains("GPU") { return .gpu }
    if words.contains("CPU") { return .cpu }
    return Self.parts.contains(name) ? .part : .other
  }

  /// Whether its name is one that Jetson modules have.
  private var isKnown: Bool {
    use == .module || use == .gpu || use == .cpu
      || ["VDD", "VDDQ", "VDDRQ", "VIN", "SOC", "CV", "SYS5V", "POM"].contains {
        name.hasPrefix($0)
      }
  }

  /// Watts; `nil` when there are none or they cannot be.
  /// - Throws: `SystemError` when a file cannot be read.
  func watts() throws(SystemError) -> Double? {
    let microwatts: Int64?
    if let power {
      microwatts = try power.readNumber()
    } else if let current = try current?.readNumber(), let voltage = try voltage?.readNumber() {
      // mA times mV.
      let (product, overflow) = current.multipliedReportingOverflow(by: voltage)
      microwatts = overflow ? nil : product
    } else {
      microwatts = nil
    }
    // No module draws a kilowatt.
    return microwatts.flatMap { 0...1_000_000_000 ~= $0 ? Double($0) * 1e-6 : nil }
  }

  /// Every rail of a Jetson module; none on other machines, which may have the same monitors.
  static func all(in context: SourceContext) -> [JetsonRail] {
    let parent = context.path("/sys/class/hwmon")
    var rails: [JetsonRail] = []
    for name in SystemFile.names(in: parent) ?? [] {
      let folder = "\(parent)/\(name)"
      switch SystemFile.text(folder + "/name") {
      case "ina3221":
        for channel in 1...3 {
          guard let label = SystemFile.text("\(folder)/in\(channel)_label"), !label.isEmpty else {
            continue
          }
          rails.append(
            JetsonRail(
              name: label, power: nil,
              current: SystemFile("\(folder)/curr\(channel)_input", capacity: 64),
              voltage: SystemFile("\(folder)/in\(channel)_input", capacity: 64)))
        }
      case "ina238":
        let labels = ["power1_label", "label"].lazy.compactMap {
          SystemFile.text("\(folder)/\($0)")
        }
        guard let label = labels.first, !label.isEmpty else { continue }
        rails.append(
          JetsonRail(
            name: label, power: SystemFile(folder + "/power1_input", capacity: 64), current: nil,
            voltage: nil))
      default: break
      }
    }
    let machine = SystemFile.text(context.path("/proc/device-tree/compatible")) ?? ""
    if machine.contains("nvidia,tegra") || machine.contains("nvidia,p") { return rails }
    return rails.contains { $0.use == .module } ? rails.filter(\.isKnown) : []
  }
}
