import Quantities
import Telemetry

/// The stages at the accelerators, and what flows beside the path.
extension DataPathQuery {
  /// The link from the host to the accelerators, all of them together.
  func hostLink() -> DataPathStage {
    var stage = DataPathStage(.hostLink, .hostLink)
    guard
      let known = sum(.pcieReceived, of: gpus) ?? sum(.pcieReceiveRate, of: gpus)
    else {
      stage.absence = gpus.isEmpty ? .accelerator : .hostLink
      return stage
    }
    stage.rate = known.value
    stage.flowing = .rate(known.value)
    stage.count = known.devices.count
    let isCounted = timeline.id(.pcieReceived, of: known.devices[0].id) != nil
    stage.limit(
      by: ceiling(.rateCeiling, of: known.devices, .link)
        ?? bestSeen(isCounted ? .pcieReceived : .pcieReceiveRate, of: known.devices))
    if stage.fullness == nil { stage.absence = .ceiling }
    return stage
  }

  /// The accelerators' memory, by the activity of its interface.
  func deviceMemory() -> DataPathStage {
    var stage = DataPathStage(.deviceMemory, .deviceMemory)
    guard let active = sum(.dramActive, of: gpus) else {
      stage.absence = gpus.isEmpty ? .accelerator : .profiling
      return stage
    }
    stage.fill(active.value / Double(active.devices.count), by: .activity)
    let bandwidths = Set(
      Set(active.devices.map(\.model)).map { Accelerator.find($0)?.memoryBandwidth })
    if bandwidths.count == 1, let bandwidth = bandwidths.first ?? nil {
      let count = active.devices.count
      stage.ceiling = .init(rate: bandwidth * Double(count), kind: .stated, devices: count)
      stage.flowing = stage.ceiling.map { .ofCeiling($0) }
    }
    return stage
  }

  /// What computes, by the activity of the tensor pipes, or else of the multiprocessors.
  func cores() -> DataPathStage {
    var stage = DataPathStage(.cores, .tensorCores)
    let resident = sum(.smActive, of: gpus)
      .map { $0.value / Double($0.devices.count) }
    if let tensor = sum(.tensorActive, of: gpus) {
      stage.fill(tensor.value / Double(tensor.devices.count), by: .activity)
      stage.flowing = resident.map { .multiprocessors($0) }
    } else if let resident {
      stage.title = .multiprocessors
      stage.fill(resident, by: .activity)
    } else {
      stage.absence = gpus.isEmpty ? .accelerator : .profiling
    }
    return stage
  }

  /// Links between accelerators, adapters, other interfaces, and what is written.
  func beside(without store: [DeviceID]) -> [DataPathLink] {
    var links: [DataPathLink] = []
    func add(_ name: String, _ rates: [Double?], ceiling: Double? = nil) {
      guard let rate = rates.compactMap({ $0 }).max(), rate > 0 else { return }
      links.append(DataPathLink(name: name, rate: rate, ceiling: ceiling))
    }
    func between(_ name: String, _ counters: [Metric], _ gauges: [Metric]) {
      let counted = counters.map { sum($0, of: gpus)?.value }
      let isCounted = counted.contains { $0 != nil }
      add(name, isCounted ? counted : gauges.map { sum($0, of: gpus)?.value })
    }
    between("NVLink", [.nvlinkReceived, .nvlinkSent], [.nvlinkReceiveRate, .nvlinkSendRate])
    between("xGMI", [.xgmiReceived, .xgmiSent], [])
    let adapters = timeline.devices(.rdma) + ledger.inventory.interfaces
    for device in adapters where !store.contains(device.id) && device.id.machine == machine {
      add(
        device.label,
        [mean(.bytesReceived, of: device.id), mean(.bytesSent, of: device.id)],
        ceiling: stated(.linkSpeed, of: device.id) ?? stated(.rateCeiling, of: device.id))
    }
    for device in ledger.inventory.disks + timeline.devices(.mount)
    where device.id.machine == machine {
      if !store.contains(device.id), let read = mean(.bytesRead, of: device.id), read >= 1e6 {
        add(device.label + " reads", [read])
      }
      if let written = mean(.bytesWritten, of: device.id), written >= 1e6 {
        add(device.label + " writes", [written])
      }
    }
    return links
  }
}
