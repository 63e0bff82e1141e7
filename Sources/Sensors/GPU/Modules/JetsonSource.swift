import Linux
import Telemetry

/// The rails and the GPU of an NVIDIA Jetson module.
///
/// The rail that feeds the module contains all others: it is the meter `module`, which stands for
/// the machine where nothing measures at the plug. The carrier board and the supply's losses are
/// outside it. A rail of the GPU is the GPU's power, also where the processor's cores share it;
/// then the rail's name says so. Other rails are meters, which are added to nothing where the input
/// contains them. A module without a rail for its input draws what its independent rails draw.
struct JetsonSource: DataSource {
  static let sourceName = "jetson"

  let name = sourceName
  var interval: Double? { context.interval }

  private struct Meter {
    let rail: JetsonRail
    var reporter: DeviceReporter
    /// For the module's input and the GPU.
    var zeroPower: ZeroPowerCheck?
  }

  private let context: SourceContext
  private var gpu: JetsonGPU?
  private var meters: [Meter] = []
  /// Of a GPU without a rail of its own.
  private var gpuReporter: DeviceReporter?

  init(_ context: SourceContext) { self.context = context }

  mutating func probe() -> Probe {
    let rails = JetsonRail.all(in: context)
    guard !rails.isEmpty else {
      let failure = Self.absence(context)
      return Probe(failure.health, failure.message, remedy: failure.remedy)
    }
    return Probe(.ok, "rails: " + rails.map(\.name).joined(separator: ", "))
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    if meters.isEmpty { look() }
    if meters.isEmpty { throw Self.absence(context) }
    var observations: [Observation] = []
    var refusal: SystemError?
    var saidGPU = false
    for index in meters.indices {
      var reading = Reading(device: meters[index].reporter.device.id, time: clock.now)
      do {
        reading.set(.power, try meters[index].rail.watts())
      } catch {
        refusal = refusal ?? error
      }
      if reading.device.kind == .gpu {
        gpu?.fill(&reading)
        saidGPU = true
      }
      if let refusal = meters[index].zeroPower?.take(&reading) {
        observations.append(.event(refusal))
      }
      report(index, reading, &observations)
    }
    if !saidGPU { reportGPU(clock, &observations) }
    if observations.isEmpty, let refusal {
      meters = []
      throw refusal.failure(remedy: refusal.isDenied ? Remedy.sensor(refusal.path).text : "")
    }
    return observations
  }

  private static func absence(_ context: SourceContext) -> SourceFailure {
    SourceFailure(
      .absent, "no Jetson module: no rail of one in \(context.path("/sys/class/hwmon"))",
      remedy: "on a Jetson load the driver with: sudo modprobe ina3221")
  }

  /// Reports a GPU that has no rail of its own.
  private mutating func reportGPU(
    _ clock: any SessionClock, _ observations: inout [Observation]
  ) {
    guard let gpu, gpu.isPresent else { return }
    var reporter = gpuReporter ?? DeviceReporter(gpuDevice(rail: nil))
    var reading = Reading(device: reporter.device.id, time: clock.now)
    gpu.fill(&reading)
    reporter.report(reading, to: &observations) { provenance($0, rail: "") }
    gpuReporter = reporter
  }

  private mutating func report(
    _ index: Int, _ reading: Reading, _ observations: inout [Observation]
  ) {
    let rail = meters[index].rail.name
    let interval = context.interval
    meters[index].reporter.report(reading, to: &observations) {
      Self.provenance($0, rail: rail, every: interval)
    }
  }

  private func provenance(_ metric: Metric, rail: String) -> Provenance {
    Self.provenance(metric, rail: rail, every: context.interval)
  }

  private static func provenance(
    _ metric: Metric, rail: String, every interval: Double
  ) -> Provenance {
    let note =
      switch metric {
      case .power where rail.contains("CPU") && rail.contains("GPU"):
        "rail \(rail), which feeds the processor's cores as well"
      case .power: "rail \(rail), at that moment"
      case .utilization: "load of the GPU's driver"
      case .smClock: "devfreq cur_freq"
      default: "thermal zone of the GPU"
      }
    return Provenance(source: sourceName, method: .instant, period: interval, note: note)
  }

  private mutating func look() {
    let gpu = JetsonGPU(context)
    self.gpu = gpu
    var taken: Set<DeviceID> = []
    let rails = JetsonRail.all(in: context)
    let hasInput = rails.contains { $0.use == .module }
    meters = rails.map { rail in
      var device =
        switch rail.use {
        case .module:
          moduleDevice(rail: rail.name)
        case .gpu where gpu.isPresent: gpuDevice(rail: rail.name)
        case .cpu: self.device(.cpu, "package-0", "rail \(rail.name)", .processor)
        case .gpu, .part:
          self.device(.meter, rail.name, "rail", hasInput ? .sensor : .component)
        case .other: self.device(.meter, rail.name, "rail", .sensor)
        }
      // A second rail for the same use is shown by its own name.
      if !taken.insert(device.id).inserted {
        device = self.device(.meter, rail.name, "rail", .sensor)
      }
      let isWhole = device.role == .platform
      return Meter(
        rail: rail, reporter: DeviceReporter(device),
        zeroPower: isWhole || device.id.kind == .gpu ? ZeroPowerCheck(alwaysDraws: isWhole) : nil)
    }
  }

  private func device(
    _ kind: DeviceKind, _ name: String, _ model: String, _ role: DeviceRole
  ) -> Device {
    Device(id: context.device(kind, name), label: name, model: model, role: role)
  }

  /// The input of a module feeds all that is on it, its accelerator included.
  private func moduleDevice(rail: String) -> Device {
    var device = device(.meter, "module", "input of the module, rail \(rail)", .platform)
    device.contents = DeviceRole.machine.contents
    return device
  }

  private func gpuDevice(rail: String?) -> Device {
    var attributes = ["index": "0"]
    attributes["rail"] = rail
    let model = SystemFile.text(context.path("/proc/device-tree/model")) ?? ""
    return Device(
      id: context.device(.gpu, "jetson"), label: "0",
      model: String(model.prefix { $0 != "\0" }), attributes: attributes)
  }
}

extension JetsonSource {
  /// The line of the catalogue: `jetson`.
  package static let entry = SourceEntry(
    "jetson", gives: "power of a Jetson module's rails, activity of its GPU",
    feeds: [.gpu, .meter],
    isRare: true
  ) { _, context in JetsonSource(context.forPower) }
}
