import Recordings
import Telemetry

/// A made-up recording of ten minutes for a form: a GPU at a steady power, and what it did.
struct FormRecording {
  static let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
  static let seconds = 600

  var machine = "box"
  /// Seconds after the first recording's beginning.
  var offset = 0.0
  var watts = 300.0
  /// The second after which nothing tells the power any more; nothing ever did at 0.
  var powerUntil = FormRecording.seconds
  /// The second after which the job tells no tokens any more.
  var tokensUntil = FormRecording.seconds
  /// The power at the plug of the machine; none is read at 0.
  var plugWatts = 0.0
  var hasGrid = true
  /// The second at which the grid's intensity is first told; it stands for a year at 0.
  var gridFrom = 0.0
  var isServing = false
  var label = "train.py"
  var attributes = ["parameters": "124475904"]
  var ending: Event.Cause?
  var method = Provenance.Method.counter
  /// The share of its time in which the GPU was decided to wait for data; nothing decided that at `nil`.
  var waits: Double?

  /// Writes it into a folder.
  func write(_ name: String, in folder: Folder) throws {
    let start = Self.start + offset
    let gpu = DeviceID(machine: machine, kind: .gpu, name: "GPU-0")
    let job = DeviceID(machine: machine, kind: .job, name: "log")
    let plug = DeviceID(machine: machine, kind: .meter, name: "plug")
    let grid = DeviceID(machine: "", kind: .grid, name: "FR")
    let writer = try RecordingWriter(
      path: folder.file(name),
      header: RecordingHeader(
        machine: machine, programVersion: "test", startedAt: start, monotonicStart: 0))
    let facts = isServing ? ["framework": "vLLM", "kind": "serving"] : ["framework": "nanoGPT"]
    try writer.append(.device(Device(id: gpu, label: "0", model: "NVIDIA H100 80GB HBM3")))
    try writer.append(
      .device(Device(id: job, label: label, attributes: facts.merging(attributes) { $1 })))
    let work: [(Metric, Double)] =
      isServing
      ? [
        (.outputTokens, 40), (.promptTokens, 60), (.requests, 0.5), (.requestTime, 1),
        (.prefillTime, 0.25), (.decodeTime, 0.75),
      ] : [(.step, 1), (.tokens, 1000)]
    let gridMethod: Provenance.Method = gridFrom > 0 ? .instant : .annual
    var series: [(DeviceID, Metric, Provenance.Method)] = work.map { (job, $0.0, .counter) }
    if powerUntil > 0 { series.append((gpu, .energy, method)) }
    if plugWatts > 0 {
      try writer.append(.device(Device(id: plug, label: "plug", role: .machine)))
      series.append((plug, .energy, .counter))
    }
    let waiting = DeviceID(machine: machine, kind: .waiting, name: "GPU-0")
    let decided = waits.map { share in
      [
        (Metric.judgedTime, 1.0), (.judgedEnergy, watts), (.dataWaitTime, share),
        (.dataWaitEnergy, share * watts / 3),
      ]
    }
    if let decided {
      try writer.append(.device(Device(id: waiting, label: "0", parent: gpu)))
      series += decided.map { (waiting, $0.0, .counter) }
    }
    if hasGrid {
      try writer.append(.device(Device(id: grid, label: "France", model: "annual mean 2025")))
      series += [(grid, .carbonIntensity, gridMethod), (grid, .renewableShare, gridMethod)]
    }
    for (device, metric, method) in series {
      try writer.append(
        .series(
          SeriesDescriptor(
            device: device, metric: metric,
            provenance: Provenance(source: "test", method: method, period: 1))))
    }
    if hasGrid {
      var mix = Reading(device: grid, time: start + gridFrom)
      mix.set(.carbonIntensity, 44)
      mix.set(.renewableShare, 0.26)
      try writer.append(.reading(mix))
    }
    for second in 0...Self.seconds {
      let time = start + Double(second)
      var energy = Reading(device: gpu, time: time)
      energy.set(.energy, 1000 + Double(second) * watts)
      var progress = Reading(device: job, time: time)
      for (metric, rate) in work where metric != .tokens || second <= tokensUntil {
        progress.set(metric, rate * Double(second))
      }
      if second <= powerUntil, powerUntil > 0 { try writer.append(.reading(energy)) }
      if plugWatts > 0 {
        var whole = Reading(device: plug, time: time)
        whole.set(.energy, 5000 + Double(second) * plugWatts)
        try writer.append(.reading(whole))
      }
      try writer.append(.reading(progress))
      if let decided {
        var split = Reading(device: waiting, time: time)
        for (metric, rate) in decided { split.set(metric, rate * Double(second)) }
        try writer.append(.reading(split))
      }
    }
    if let ending {
      try writer.append(
        .event(
          Event(
            time: start + Double(Self.seconds), kind: .note, text: "job ended by an error: OOM",
            device: job, cause: ending)))
    }
    try writer.close()
  }
}

/// The rows of the tables of a form, as a reader of Markdown sees them.
struct FormRows {
  private let rows: [[String]]

  init(_ markdown: String) {
    rows = markdown.split(separator: "\n").filter { $0.hasPrefix("| ") }.map { line in
      line.dropFirst(2).dropLast(2).split(separator: " | ", omittingEmptySubsequences: false)
        .map { cell in String(cell.filter { $0 != "\\" }) }
    }
  }

  /// The cells after a row's first one; empty where there is no such row.
  subscript(field: String) -> [String] {
    rows.first { $0.first == field }.map { Array($0.dropFirst()) } ?? []
  }
}
