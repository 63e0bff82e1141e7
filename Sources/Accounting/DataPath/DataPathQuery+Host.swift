import Quantities
import Telemetry

/// The stages on the host: where the data lie, the page cache, and who loads.
extension DataPathQuery {
  /// Devices of one kind that bytes come in by.
  private struct Inflow {
    var devices: [Device]
    var metric: Metric
    var rate: Double
  }

  /// The inflow of the device that most comes in by, with its peers that carry nearly as much: a file
  /// system can lie on several disks.
  private func inflow(_ devices: [Device], _ metric: Metric) -> Inflow? {
    let rates = devices.filter { $0.id.machine == machine }.compactMap { device in
      mean(metric, of: device.id).map { (device: device, rate: $0) }
    }
    guard let most = rates.map(\.rate).max() else { return nil }
    let first = rates.first { $0.rate == most }.map { [$0] } ?? []
    let peers = most > 0 ? rates.filter { $0.rate >= 0.5 * most } : first
    return Inflow(
      devices: peers.map(\.device), metric: metric, rate: peers.reduce(0) { $0 + $1.rate })
  }

  /// The disks, file system or interface by which most bytes come in.
  ///
  /// What a network file system reads comes in by an interface as well, and its name says more. Where a
  /// job runs on several machines, an interface carries what they exchange and is no store.
  func store() -> (stage: DataPathStage, devices: [DeviceID]) {
    let files = [
      inflow(ledger.inventory.disks, .bytesRead), inflow(timeline.devices(.mount), .bytesRead),
    ].compactMap { $0 }.max { $0.rate < $1.rate }
    let link = isOnSeveralMachines ? nil : inflow(ledger.inventory.interfaces, .bytesReceived)
    var best = files
    if let link, link.rate > max(2 * (files?.rate ?? 0), files == nil ? 0 : 1e6) { best = link }
    guard let best, let first = best.devices.first else {
      return (DataPathStage(.store, .storage, missing: .store), [])
    }
    var stage = DataPathStage(.store, .device(first.label))
    if best.devices.count > 1 {
      let count = best.devices.count
      stage.title =
        switch first.id.kind {
        case .disk: .disks(count)
        case .mount: .mounts(count)
        default: .links(count)
        }
    }
    stage.rate = best.rate
    stage.flowing = .rate(best.rate)
    stage.count = best.devices.count
    stage.isDisk = first.id.kind == .disk
    stage.limit(
      by: ceiling(.rateCeiling, of: best.devices, first.id.kind == .mount ? .configured : .stated)
        ?? ceiling(.linkSpeed, of: best.devices, .link) ?? bestSeen(best.metric, of: best.devices))
    fill(&stage, byBusyTimeOf: best.devices, rate: best.rate)
    if stage.fullness == nil { stage.absence = .ceiling }
    return (stage, best.devices.map(\.id))
  }

  /// The ceilings of some devices added up, where all of them have one.
  func ceiling(
    _ metric: Metric, of devices: [Device], _ kind: DataPathStage.Ceiling.Kind
  ) -> DataPathStage.Ceiling? {
    let rates = devices.compactMap { stated(metric, of: $0.id) }.filter { $0 > 0 }
    guard rates.count == devices.count, !rates.isEmpty else { return nil }
    let isEven = Set(rates.map { ($0 / 1e7).rounded() }).count == 1
    return .init(rate: rates.reduce(0, +), kind: kind, devices: isEven ? rates.count : 1)
  }

  /// Fills a stage by the time its disks had requests, unless a stated ceiling makes it fuller.
  private func fill(
    _ stage: inout DataPathStage, byBusyTimeOf devices: [Device], rate: Double
  ) {
    guard let busy = sum(.ioTime, of: devices), busy.devices.count == devices.count else { return }
    let share = busy.value / Double(devices.count)
    // A disk that more is written to is busy with something else.
    let written = sum(.bytesWritten, of: devices)?.value ?? 0
    guard written <= rate, stage.basis != .ceiling || share > stage.fullness ?? 0 else { return }
    stage.fill(share, by: .busy)
  }

  var isOnSeveralMachines: Bool {
    guard let job, let world = timeline.facts(of: job).worldSize else { return false }
    return world > Double(max(1, gpus.count))
  }

  /// The page cache, by the share of what was read by calls that was not in it.
  ///
  /// What the job itself had to fetch is known where the kernel counts it by groups; what the machine
  /// fetched is the most that it can have been.
  func hostMemory() -> DataPathStage {
    var stage = DataPathStage(.hostMemory, .pageCache)
    let hosts = timeline.devices(.host).filter { $0.id.machine == machine }
    let groups = timeline.devices(.controlGroup).filter { job != nil && $0.parent == job }
    let own = sum(.bytesRead, of: groups)?.value
    guard let misses = own ?? sum(.pageCacheMisses, of: hosts)?.value else {
      stage.absence = .misses
      return stage
    }
    stage.rate = misses
    if let again = sum(.pageCacheRefaults, of: hosts)?.value, again > 0.1 * misses, again > 1e6 {
      stage.beside = .pushedOut(again)
    }
    // Memory maps and direct reads pass the calls by; a share beyond all of them says nothing.
    guard let reads = sum(.readCalls, of: loaders)?.value, reads > 0, misses <= 1.02 * reads else {
      stage.flowing = .missed(misses)
      stage.absence = .reads
      return stage
    }
    stage.fill(misses / reads, by: own == nil ? .missedAtMost : .missed)
    stage.flowing = .of(reads)
    return stage
  }

  /// The loader's workers, by the time they ran or wanted to run.
  func workers() -> DataPathStage {
    var stage = DataPathStage(.workers, .loader)
    guard let counts = sum(.workerCount, of: loaders) else {
      stage.absence = job == nil ? .job : .workers
      return stage
    }
    guard counts.value >= 0.5 else {
      stage.title = .noWorkers
      stage.absence = .ownLoading
      return stage
    }
    let count = counts.devices.reduce(0.0) { $0 + (stated(.workerCount, of: $1.id) ?? 0) }
    stage.count = max(1, Int(saturating: count))
    stage.title = .workers(stage.count == 1 ? 1 : count)
    guard let watched = sum(.workerTime, of: counts.devices), watched.value > 0 else {
      stage.absence = .workTime
      return stage
    }
    guard let run = sum(.workerRunTime, of: watched.devices)?.value else {
      stage.absence = .workTime
      return stage
    }
    guard let queued = sum(.workerQueueTime, of: watched.devices)?.value else {
      stage.flowing = .cores(run)
      stage.absence = .runQueue
      return stage
    }
    let working = (run + queued) / watched.value
    if working <= 1.1 {
      stage.fill(working, by: .working)
    } else {
      stage.absence = .beyondCores
    }
    let share = min(1, queued / watched.value)
    stage.queued = share
    stage.flowing = .cores(run)
    stage.beside = .runQueue(share)
    return stage
  }
}

extension DataPathStage {
  /// Takes a ceiling, and how full the rate makes it.
  mutating func limit(by ceiling: Ceiling?) {
    guard let ceiling, ceiling.rate > 0, let rate else { return }
    self.ceiling = ceiling
    fill(rate / ceiling.rate, by: ceiling.kind == .bestSeen ? .bestSeen : .ceiling)
    beside = ceiling.kind == .bestSeen ? .ceiling(ceiling) : .ofCeiling(ceiling)
  }
}

extension DataPathStage.Ceiling {
  /// `8 × 26 GB/s`, and how it is known where that matters, the longest spelling first.
  public var words: [String] {
    let each = SI.dataRate(rate / Double(max(1, devices))).joined
    let all = devices > 1 ? "\(devices) × \(each)" : each
    return switch kind {
    case .link, .stated: [all]
    case .configured: [all + " configured", all + " set"]
    case .bestSeen: ["best minute " + all, "best " + all]
    }
  }
}
