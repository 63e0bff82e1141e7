import Telemetry

/// Turns what a store tells of one machine into what sources on it would have told.
struct HostTimeline {
  /// The name of the machine.
  let machine: String
  /// What tells the product's name of each accelerator of ours.
  static let info = "hippowatt_gpu_info"
  private var models: [String: String] = [:]
  private var known: Set<DeviceID> = []
  private var described: Set<DescribedSeries> = []
  private var descriptions: [Observation] = []
  private var readings: [DeviceID: [Int64: Reading]] = [:]
  /// Whether our exporter tells of it, beside which the others are left out.
  private var isOwn = false

  private struct DescribedSeries: Hashable {
    var device: DeviceID
    var metric: Metric
  }

  /// Seconds between two values where they are fewest, which is how long one may stand for the next.
  private let period: Double

  init(_ machine: String, period: Double) {
    self.machine = machine
    self.period = period
  }

  /// Takes the values of a stretch of time.
  mutating func take(_ answer: PromAnswer) {
    let labels = answer.series.map { FleetLabels($0.labels) }
    isOwn = isOwn || labels.contains { $0[.seriesName].hasPrefix("hippowatt_gpu_") }
    for labels in labels where labels[.seriesName] == Self.info {
      models[labels[.uuid]] = labels[.name]
    }
    for (series, labels) in zip(answer.series, labels) {
      let name = labels[.seriesName]
      guard !isOwn || name.hasPrefix("hippowatt_"),
        let told = HostSeries.find(name, labels[.cause]), let device = device(told, labels)
      else { continue }
      describe(device, told, labels)
      for point in answer.points[series.points] {
        var reading =
          readings[device.id]?[point.time]
          ?? Reading(device: device.id, time: Timestamp(nanoseconds: point.time * 1_000_000))
        reading.set(told.metric, point.value * told.scale)
        readings[device.id, default: [:]][point.time] = reading
      }
    }
  }

  /// Everything in the order of time, as sources would have told it.
  func observations() -> [Observation] {
    let all = readings.values.flatMap(\.values).sorted { $0.time < $1.time }
    return descriptions + all.map { .reading($0) }
  }

  private func device(_ told: HostSeries, _ labels: FleetLabels) -> Device? {
    func id(_ kind: DeviceKind, _ name: String) -> DeviceID {
      DeviceID(machine: machine, kind: kind, name: name)
    }
    let uuid = labels.first(.uuid, .dcgmUUID, .gpuUUID)
    switch told.subject {
    case .wall:
      // A sum of what is known of the parts is no meter beside them.
      guard ["wall", "platform"].contains(labels[.boundary]) else { return nil }
      let isWall = labels[.boundary] == "wall"
      return Device(
        id: id(.meter, labels[.boundary]), label: labels[.boundary],
        role: isWall ? .machine : .platform)
    case .accelerator:
      let label = labels[.gpu].isEmpty ? String(uuid.suffix(4)) : labels[.gpu]
      let model = models[uuid] ?? labels[.modelName]
      return Device(id: id(.gpu, uuid), label: label, model: model.isEmpty ? "GPU" : model)
    case .waiting: return Device(id: id(.waiting, uuid), label: labels[.gpu])
    case .package:
      let label = labels.first(.package, .index)
      return Device(id: id(.cpu, "package-\(label)"), label: "package-\(label)")
    case .memory:
      let label = labels.first(.package, .index)
      return Device(id: id(.cpu, "dram-\(label)"), label: "dram-\(label)", role: .memory)
    }
  }

  private mutating func describe(
    _ device: Device, _ told: HostSeries, _ labels: FleetLabels
  ) {
    if known.insert(device.id).inserted { descriptions.append(.device(device)) }
    guard described.insert(.init(device: device.id, metric: told.metric)).inserted else { return }
    descriptions.append(
      .series(
        SeriesDescriptor(
          device: device.id, metric: told.metric,
          provenance: Provenance(
            source: "prometheus", method: told.metric.isCounter ? .counter : .instant,
            period: period, note: told.name))))
  }
}
