/// The GPUs of which a tracker or a server tells the watts, as devices with readings.
///
/// They are named after who tells of them, so that they are never taken for those that a source reads
/// itself; `SecondHandDevices` says which of both counts.
package struct SecondHandGPUs {
  /// What was told of one GPU at one time.
  package struct Sample: Sendable {
    /// The time it speaks of.
    package var time: Timestamp
    /// Its number, or its UUID where there is no number.
    package var index: String
    /// The name that its vendor gave it, where it is told.
    package var uuid: String?
    /// Its values in the metrics' units.
    package var values: [(metric: Metric, value: Double)]

    /// What was told of a GPU.
    package init(
      time: Timestamp, index: String, uuid: String? = nil,
      values: [(metric: Metric, value: Double)]
    ) {
      self.time = time
      self.index = index
      self.uuid = uuid
      self.values = values
    }
  }

  private struct GPU {
    var reporter: DeviceReporter
    var times: [Timestamp] = []
    var period: Double
    var limit: Double?
    var isRefusalTold = false
    var described: Set<Metric> = []
  }

  private let machine: String
  private let teller: String
  private let source: String
  private let method: Provenance.Method
  private let period: Double
  private let isPeriodKnown: Bool
  private let note: String
  private var gpus: [String: GPU] = [:]

  /// GPUs of a machine.
  ///
  /// - Parameters:
  ///   - teller: who tells of them, such as `wandb`.
  ///   - source: the name of the data source.
  ///   - method: what kind of statement a power is.
  ///   - period: the time between values in seconds, where it is known beforehand.
  ///   - note: where the numbers come from, in words.
  package init(
    machine: String, teller: String, source: String, method: Provenance.Method,
    period: Double? = nil, note: String
  ) {
    self.machine = machine
    self.teller = teller
    self.source = source
    self.method = method
    self.period = period ?? 15
    isPeriodKnown = period != nil
    self.note = note
  }

  /// Adds what was told, oldest first; `host` is the machine that the teller names, where it does.
  package mutating func say(
    _ samples: [Sample], host: String = "", arrival: Timestamp,
    to observations: inout [Observation]
  ) {
    for sample in samples {
      let key = "\(host)\u{0}\(sample.index)"
      // A GPU of which nobody tells the power would be counted as one without any.
      let isMetered = sample.values.contains { $0.metric == .power || $0.metric == .energy }
      guard gpus[key] != nil || isMetered && gpus.count < 1024 else { continue }
      var gpu = gpus[key] ?? GPU(reporter: DeviceReporter(device(sample, host)), period: period)
      gpu.times.append(min(sample.time, arrival))
      gpus[key] = gpu
    }
    if !isPeriodKnown { learnPeriods(&observations) }
    for sample in samples { say(sample, "\(host)\u{0}\(sample.index)", arrival, &observations) }
  }

  private mutating func learnPeriods(_ observations: inout [Observation]) {
    for (key, gpu) in gpus where gpu.times.count > 2 {
      let usual = gpu.times.sorted().usualPeriod
      // What is far behind tells nothing new of how often values come.
      if gpu.times.count > 512 { gpus[key]?.times.removeFirst(256) }
      guard abs(usual - gpu.period) > 0.2 * gpu.period else { continue }
      gpus[key]?.period = usual
      for metric in gpu.described.sorted(by: { $0.name < $1.name }) {
        observations.append(
          .series(
            SeriesDescriptor(
              device: gpu.reporter.device.id, metric: metric,
              provenance: provenance(metric, usual))))
      }
    }
  }

  private mutating func say(
    _ sample: Sample, _ key: String, _ arrival: Timestamp, _ observations: inout [Observation]
  ) {
    guard var gpu = gpus[key] else { return }
    if let limit = sample.values.first(where: { $0.metric == .powerLimit })?.value,
      1...10_000 ~= limit
    {
      gpu.limit = limit
    }
    let time = min(sample.time, arrival)
    var reading = Reading(device: gpu.reporter.device.id, time: time, arrival: arrival)
    for (metric, value) in sample.values {
      let most = metric == .power ? min(4000, 1.5 * (gpu.limit ?? .infinity)) : .infinity
      if metric.range.contains(value), value <= most {
        reading.set(metric, value)
        gpu.described.insert(metric)
      } else if metric == .power, !gpu.isRefusalTold {
        gpu.isRefusalTold = true
        observations.append(
          .event(
            Event(
              time: time, kind: .note, text: "a power of \(value) W left out, it cannot be true",
              device: gpu.reporter.device.id, cause: .refused)))
      }
    }
    let period = gpu.period
    gpu.reporter.report(reading, to: &observations) { provenance($0, period) }
    gpus[key] = gpu
  }

  private func provenance(_ metric: Metric, _ period: Double) -> Provenance {
    let method =
      metric.isCounter ? Provenance.Method.counter : metric == .power ? method : .instant
    return Provenance(source: source, method: method, period: period, note: note)
  }

  private func device(_ sample: Sample, _ host: String) -> Device {
    var attributes = [Device.tellerKey: teller]
    attributes["uuid"] = sample.uuid
    attributes["host"] = host.isEmpty ? nil : host
    let name = ([teller] + (host.isEmpty ? [] : [host]) + [sample.uuid ?? sample.index])
      .joined(separator: ":")
    return Device(
      id: DeviceID(machine: machine, kind: .gpu, name: String(name.prefix(200))),
      label: String(sample.index.prefix(20)), attributes: attributes)
  }
}
