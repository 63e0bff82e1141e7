import Quantities
import Telemetry

/// What the simulated machine is made of.
extension SimulatedSource {
  func id(_ kind: DeviceKind, _ name: String) -> DeviceID {
    DeviceID(machine: machine, kind: kind, name: name)
  }

  var gridID: DeviceID { DeviceID(machine: "", kind: .grid, name: "SIM") }
  var jobID: DeviceID { id(.job, "simulated") }

  var loaderID: DeviceID { id(.loader, "simulated") }
  /// The account of an accelerator's time.
  func waitingID(_ index: Int) -> DeviceID { id(.waiting, acceleratorID(index).name) }

  func acceleratorID(_ index: Int) -> DeviceID { id(.gpu, "GPU-SIMULATED-\(seed)-\(index)") }

  /// The process that trains on an accelerator.
  func processID(_ index: Int) -> DeviceID {
    id(.process, "\(4711 + index).1@\(acceleratorID(index).name)")
  }

  /// What does not change about the job: a model of 7 billion parameters.
  private var jobFacts: [String: String] {
    [
      "kind": "training", "framework": "SIMULATED", "parameters": "6738415616", "layers": "32",
      "model_width": "4096", "heads": "32", "head_size": "128", "sequence_length": "4096",
      "vocabulary": "32000", "global_batch": "64", "precision": "bf16", "rate_scope": "job",
      "world_size": "\(SimulatedRun.accelerators)",
    ]
  }

  /// The processors' energy domains.
  static let domains: [(name: String, role: DeviceRole)] = [
    ("package-0", .processor), ("package-1", .processor), ("dram-0", .memory),
    ("dram-1", .memory),
  ]

  var devices: [Device] {
    var all = (0..<SimulatedRun.accelerators).map { index in
      Device(
        id: acceleratorID(index), label: "\(index)", model: "SIMULATED H100 80GB",
        attributes: ["seed": "\(seed)"])
    }
    all += Self.domains.map { domain in
      Device(
        id: id(.cpu, domain.name), label: domain.name, model: "SIMULATED processor",
        role: domain.role)
    }
    all.append(
      Device(id: id(.meter, "wall"), label: "plug", model: "SIMULATED meter", role: .machine))
    all.append(Device(id: id(.host, "host"), label: machine, model: "SIMULATED machine"))
    all.append(Device(id: id(.disk, "nvme0n1"), label: "nvme0n1", model: "SIMULATED disk"))
    all.append(Device(id: id(.net, "eth0"), label: "eth0", model: "SIMULATED network"))
    all.append(
      Device(
        id: jobID, label: "llama-7b pretrain", model: "SIMULATED job", attributes: jobFacts))
    all += (0..<SimulatedRun.accelerators).map { index in
      Device(
        id: processID(index), label: "pretrain.py", model: "SIMULATED process",
        parent: acceleratorID(index),
        attributes: [
          "pid": "\(4711 + index)", "started": "1", "user": "hippo",
          "command": "python pretrain.py --model llama-7b --rank \(index)",
        ])
    }
    all.append(
      Device(id: loaderID, label: "loader", model: "SIMULATED loader", parent: jobID))
    all += (0..<SimulatedRun.accelerators).map { index in
      Device(
        id: waitingID(index), label: "\(index)", model: "SIMULATED account",
        parent: acceleratorID(index))
    }
    all.append(Device(id: gridID, label: "simulated", model: "SIMULATED grid"))
    return all
  }

  var descriptors: [SeriesDescriptor] {
    devices.flatMap { device in
      Self.metrics(of: device.id).map { metric in
        SeriesDescriptor(
          device: device.id, metric: metric,
          provenance: Provenance(
            source: name, method: .simulated, period: device.id.kind == .grid ? 900 : period,
            note: "SIMULATED with seed \(seed); no such machine exists"))
      }
    }
  }

  private static func metrics(of device: DeviceID) -> [Metric] {
    switch device.kind {
    case .gpu:
      [
        .power, .energy, .powerLimit, .utilization, .memoryActivity, .memoryUsed, .memoryTotal,
        .temperature, .smClock, .memoryClock, .eventReasons, .powerLimitDefault, .smActive,
        .tensorActive, .dramActive, .throttledByPower, .pcieReceived, .rateCeiling,
        .nvlinkReceived, .nvlinkSent,
      ]
    case .process: [.energy, .memoryUsed, .smShare]
    case .cpu: [.energy]
    case .meter: [.power, .energy]
    case .host:
      [.cpuUtilization, .cpuCount, .memoryUsed, .memoryTotal, .memoryAvailable, .pageCacheMisses]
    case .disk: [.bytesRead, .bytesWritten, .ioTime]
    case .net: [.bytesReceived, .bytesSent, .linkSpeed]
    case .loader:
      [
        .trainerTime, .trainerQueueTime, .trainerRunTime, .workerCount, .workerRunTime,
        .workerQueueTime, .workerTime, .starvedWorkerTime, .starvedRunTime, .starvedDiskTime,
        .starvedLookTime, .readCalls,
      ]
    case .waiting:
      [
        .judgedTime, .judgedEnergy, .judgedByActivity, .dataWaitTime, .dataWaitEnergy,
        .peerWaitTime, .peerWaitEnergy, .blamedTime, .blamedEnergy, .gapTime, .gapEnergy,
      ]
    case .job: [.step, .stepTotal, .loss, .learningRate, .tokens, .tokenRate, .stepTime]
    default:
      [
        .renewableShare, .lowCarbonShare, .carbonIntensity, .solarShare, .windShare, .hydroShare,
        .bioenergyShare, .otherRenewableShare, .nuclearShare, .gasShare, .coalShare, .oilShare,
      ]
    }
  }
}
