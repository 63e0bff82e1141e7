import Glibc

/// Writes a script as the text that `promtool tsdb create-blocks-from openmetrics` takes.
public final class FleetHistory {
  private let script: FleetScript
  /// When the script begins, in seconds since 1970.
  private let start: Int
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  private init(_ script: FleetScript, start: Int, descriptor: Int32) {
    self.script = script
    self.start = start
    self.descriptor = descriptor
  }

  /// Writes a script's history into a file; false where that cannot be written.
  public static func write(_ script: FleetScript, start: Int, to path: String) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { return false }
    let history = FleetHistory(script, start: start, descriptor: descriptor)
    for host in 0..<script.hosts { history.write(host) }
    history.buffer += Array("# EOF\n".utf8)
    history.flush()
    return close(descriptor) == 0
  }

  /// What is counted on a machine so far.
  private struct Counters {
    var gpu: [Double]
    var waste: [[String: Double]]
    var job: [Int: [String: Double]] = [:]
    var host = 0.0
    var grams = 0.0
    var seconds = 0.0
  }

  private func write(_ host: Int) {
    let (gpus, faults) = (script.gpus, script.faults[host] ?? [])
    var counters = Counters(
      gpu: Array(repeating: 0, count: gpus), waste: Array(repeating: [:], count: gpus))
    // What NVIDIA's driver counts began long before, and does not begin anew.
    var life = (0..<gpus).map { 5e9 + Double($0) * 1e6 }
    let phase = host * 7 % script.scrape
    var watts = Array(repeating: 0.0, count: gpus)
    var held: [Int?] = Array(repeating: nil, count: gpus)
    let mine = script.jobs.indices.filter { script.jobs[$0].hosts.contains(host) }
    for second in 0..<script.seconds {
      for fault in faults {
        if case .restarts(let at) = fault, at == second {
          counters = Counters(
            gpu: Array(repeating: 0, count: gpus), waste: Array(repeating: [:], count: gpus))
        }
      }
      // What is read at a second was counted before it.
      if second % script.scrape == phase {
        scrape(host, at: second, counters, life, watts, held, faults)
      }
      var sum = script.restWatts
      for gpu in 0..<gpus {
        held[gpu] = mine.first { script.jobs[$0].holds(host, gpu, at: second) }
        watts[gpu] = script.watts(host, gpu, at: second, held[gpu])
        sum += watts[gpu]
        life[gpu] += watts[gpu]
        count(&counters, gpu, watts[gpu], held[gpu], at: second)
      }
      counters.host += sum
      counters.grams += sum / 3.6e6 * intensity(at: second)
      counters.seconds += 1
    }
  }

  private func intensity(at second: Int) -> Double { 240 + 60 * Double(second / 1800 % 3) }

  private func count(
    _ counters: inout Counters, _ gpu: Int, _ watts: Double, _ held: Int?, at second: Int
  ) {
    counters.gpu[gpu] += watts
    guard let held else {
      counters.waste[gpu]["idle", default: 0] += watts
      return
    }
    let job = script.jobs[held]
    var own = counters.job[held] ?? [:]
    own["energy", default: 0] += watts
    own["seconds", default: 0] += 1
    if job.isHollow || job.isWaiting(at: second) {
      let cause = job.isHollow ? "unknown" : job.cause
      own[cause, default: 0] += watts
      counters.waste[gpu][cause, default: 0] += watts
    }
    counters.job[held] = own
  }

  // MARK: One reading

  private func scrape(
    _ host: Int, at second: Int, _ counters: Counters, _ life: [Double], _ watts: [Double],
    _ held: [Int?], _ faults: [FleetScript.Fault]
  ) {
    var (isGone, refuses, hasTwin, isOwn) = (false, false, false, true)
    for fault in faults {
      switch fault {
      case .vanishes(let from): isGone = isGone || second >= from
      case .refuses(let from): refuses = refuses || second >= from
      case .gap(let range): isGone = isGone || range.contains(second)
      case .twin: hasTwin = true
      case .onlyDCGM: isOwn = false
      case .restarts: break
      }
    }
    guard !isGone else { return }
    let name = FleetScript.name(host)
    let rack = "r\(host / 16 + 1)"
    let time = start + second
    func target(_ port: Int, _ job: String, _ instance: String? = nil) -> String {
      "instance=\"\(instance ?? name):\(port)\",job=\"\(job)\",rack=\"\(rack)\""
    }
    let own = target(9409, "hippowatt")
    if isOwn { line("up", own, refuses ? 0 : 1, time) }
    if script.tellsDCGM || !isOwn { line("up", target(9400, "dcgm"), refuses ? 0 : 1, time) }
    guard !refuses else { return }
    if isOwn {
      self.own(host, own, counters, watts, held, time)
      if hasTwin {
        let twin = target(9409, "hippowatt", "10.0.0.\(host % 250)")
        line("up", twin, 1, time)
        self.own(host, twin, counters, watts, held, time)
      }
    }
    guard script.tellsDCGM || !isOwn else { return }
    let dcgm = target(9400, "dcgm")
    for gpu in watts.indices {
      let holder = held[gpu].map { ",hpc_job=\"\(script.jobs[$0].id)\"" } ?? ""
      let labels =
        "\(dcgm),Hostname=\"\(name)\",gpu=\"\(gpu)\",UUID=\"\(FleetScript.uuid(host, gpu))\"\(holder)"
      line("DCGM_FI_DEV_POWER_USAGE", labels, watts[gpu], time)
      line("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", labels, life[gpu] * 1000, time)
      let isIdle = held[gpu].map { script.jobs[$0].isHollow } ?? true
      line("DCGM_FI_DEV_GPU_UTIL", labels, isIdle ? 0 : 97, time)
    }
  }

  private func own(
    _ host: Int, _ own: String, _ counters: Counters, _ watts: [Double], _ held: [Int?], _ time: Int
  ) {
    let wall = own + ",boundary=\"wall\""
    line("hippowatt_host_power_watts", wall, watts.reduce(script.restWatts, +), time)
    line("hippowatt_host_energy_joules_total", wall, counters.host, time)
    line("hippowatt_host_energy_known_seconds_total", own, counters.seconds, time)
    line("hippowatt_host_observed_seconds_total", own, counters.seconds, time)
    line("hippowatt_host_carbon_grams_total", own + ",method=\"location\"", counters.grams, time)
    let zone = own + ",zone=\"DE\",rung=\"measured\""
    line("hippowatt_grid_renewable_ratio", zone, 0.55, time)
    line(
      "hippowatt_grid_carbon_intensity_grams_per_kilowatt_hour", zone, intensity(at: time - start),
      time)
    line("hippowatt_host_cost_total", own + ",currency=\"EUR\"", counters.host / 3.6e6 * 0.21, time)
    for gpu in watts.indices {
      let labels = "\(own),gpu=\"\(gpu)\",uuid=\"\(FleetScript.uuid(host, gpu))\""
      line("hippowatt_gpu_power_watts", labels, watts[gpu], time)
      line("hippowatt_gpu_power_limit_watts", labels, 700, time)
      line("hippowatt_gpu_energy_joules_total", labels, counters.gpu[gpu], time)
      line("hippowatt_gpu_judged_joules_total", labels, counters.gpu[gpu], time)
      for (cause, joules) in counters.waste[gpu].sorted(by: { $0.key < $1.key }) {
        line("hippowatt_gpu_wasted_joules_total", "\(labels),cause=\"\(cause)\"", joules, time)
      }
    }
    for (place, counts) in counters.job.sorted(by: { $0.key < $1.key }) {
      let job = script.jobs[place]
      // An exporter goes on telling of a job for ten minutes after its end.
      guard time - start < job.to + 600 else { continue }
      let labels = "\(own),job_id=\"\(job.id)\""
      line("hippowatt_job_energy_joules_total", labels, counts["energy"] ?? 0, time)
      let wall = (counts["seconds"] ?? 0) / Double(job.gpus)
      line("hippowatt_job_energy_known_seconds_total", labels, wall, time)
      line("hippowatt_job_judged_joules_total", labels, counts["energy"] ?? 0, time)
      line("hippowatt_job_gpu_seconds_total", labels, counts["seconds"] ?? 0, time)
      let unused = job.isHollow ? counts["seconds"] ?? 0 : 0
      line("hippowatt_job_unused_gpu_seconds_total", labels, unused, time)
      line("hippowatt_job_start_time_seconds", labels, Double(start + job.from), time)
      if job.tokens > 0 {
        // The job counts its tokens, and each machine reads that.
        line("hippowatt_job_tokens_total", labels, (wall * job.tokens).rounded(), time)
      }
      for cause in ["data", "peers", "program", "unknown"] {
        line(
          "hippowatt_job_wasted_joules_total", "\(labels),cause=\"\(cause)\"", counts[cause] ?? 0,
          time)
      }
      let people = "user=\"\(job.user)\",account=\"\(job.account)\""
      let kind = job.tokens > 0 ? "training" : "unknown"
      line(
        "hippowatt_job_info",
        "\(labels),\(people),name=\"\(job.name)\",partition=\"gpu\",scheduler=\"slurm\",kind=\"\(kind)\"",
        1, time)
      if held.contains(place) {
        line("hippowatt_job_processes", labels, job.isHollow ? 0 : Double(job.gpus), time)
      }
      for gpu in 0..<job.gpus where held.contains(place) {
        let uuid = FleetScript.uuid(host, gpu)
        line(
          "hippowatt_job_gpu_info", "\(labels),\(people),gpu=\"\(gpu)\",gpu_uuid=\"\(uuid)\"", 1,
          time)
      }
    }
  }

  private func line(_ name: String, _ labels: String, _ value: Double, _ time: Int) {
    let number = value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    buffer += Array("\(name){\(labels)} \(number) \(time)\n".utf8)
    if buffer.count > 1 << 20 { flush() }
  }

  private func flush() {
    var rest = buffer[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { break }
      rest = rest.dropFirst(count)
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
