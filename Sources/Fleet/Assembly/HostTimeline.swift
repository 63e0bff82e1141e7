import Telemetry

/// Turns what a store tells of one machine into what sources on it would have told.
struct HostTimeline {
  /// The name of the machine.
  let machine: String
  /// What tells by its labels who devices are: products of accelerators, jobs, and what these hold.
  static let info = ["hippowatt_gpu_info", "hippowatt_job_info", "hippowatt_job_gpu_info"]
  /// How many accelerators each job holds on all its machines.
  private let widths: [String: Int]
  private var models: [String: String] = [:]
  private var jobs: [String: (label: String, kind: String)] = [:]
  private var held: [String: Set<String>] = [:]
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

  init(_ machine: String, period: Double, widths: [String: Int] = [:]) {
    self.machine = machine
    self.period = period
    self.widths = widths
  }

  /// Takes the values of a stretch of time.
  mutating func take(_ answer: PromAnswer) {
    let labels = answer.series.map { FleetLabels($0.labels) }
    isOwn = isOwn || labels.contains { $0[.seriesName].hasPrefix("hippowatt_gpu_") }
    for labels in labels { learn(labels) }
    for (series, labels) in zip(answer.series, labels) {
      let name = labels[.seriesName]
      guard !isOwn || name.hasPrefix("hippowatt_"),
        let told = HostSeries.find(name, labels[.cause]), let device = device(told, labels)
      else { continue }
      // A server counts what it writes, a training what it reads.
      let isServed = told.metric == .tokens && jobs[labels[.jobID]]?.kind == "serving"
      let metric = isServed ? Metric.outputTokens : told.metric
      describe(device, told, labels, as: metric)
      for point in answer.points[series.points] {
        var reading =
          readings[device.id]?[point.time]
          ?? Reading(device: device.id, time: Timestamp(nanoseconds: point.time * 1_000_000))
        reading.set(metric, point.value * told.scale)
        readings[device.id, default: [:]][point.time] = reading
      }
    }
  }

  /// Everything in the order of time, as sources would have told it.
  func observations() -> [Observation] {
    let all = readings.values.flatMap(\.values).sorted { $0.time < $1.time }
    return descriptions + all.map { .reading($0) }
  }

  private mutating func learn(_ labels: FleetLabels) {
    switch labels[.seriesName] {
    case "hippowatt_gpu_info": models[labels[.uuid]] = labels[.name]
    case "hippowatt_job_info": jobs[labels[.jobID]] = (labels[.name], labels[.kind])
    case "hippowatt_job_gpu_info": held[labels[.jobID], default: []].insert(labels[.gpuUUID])
    default: break
    }
  }

  /// A job that counts what it does, with the accelerators that it holds here.
  private func job(_ name: String) -> Device? {
    guard let told = jobs[name], let gpus = held[name], !gpus.isEmpty else { return nil }
    var facts: [JobFacts.Key: String] = [.gpus: gpus.sorted().joined(separator: ",")]
    if told.kind == "serving" { facts[.kind] = told.kind }
    // Of a job on several machines each counts for all of them.
    if let width = widths[name], width > gpus.count { facts[.worldSize] = "\(width)" }
    return Device(
      id: DeviceID(machine: machine, kind: .job, name: name),
      label: told.label.isEmpty ? name : told.label,
      attributes: Dictionary(uniqueKeysWithValues: facts.map { ($0.key.rawValue, $0.value) }))
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
    case .grid:
      // What stands for a value that is not known is told as such on the machine itself.
      guard ["measured", "estimated", "annual"].contains(labels[.rung]) else { return nil }
      return Device(id: id(.grid, labels[.zone]), label: labels[.zone])
    case .job: return job(labels[.jobID])
    }
  }

  private mutating func describe(
    _ device: Device, _ told: HostSeries, _ labels: FleetLabels, as metric: Metric
  ) {
    if known.insert(device.id).inserted { descriptions.append(.device(device)) }
    guard described.insert(.init(device: device.id, metric: metric)).inserted else { return }
    var method = metric.isCounter ? Provenance.Method.counter : .instant
    if labels[.rung] == "annual" { method = .annual }
    descriptions.append(
      .series(
        SeriesDescriptor(
          device: device.id, metric: metric,
          provenance: Provenance(
            source: "prometheus", method: method, period: period,
            note: told.subject == .grid ? "as the machine knew it" : told.name))))
  }
}
