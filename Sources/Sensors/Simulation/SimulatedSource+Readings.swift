import Glibc
import Quantities
import Telemetry

/// What the simulated machine reads at a time.
extension SimulatedSource {
  /// One row of each device but the grid.
  func readings(at time: Timestamp) -> [Reading] {
    let elapsed = time - epoch
    var all = (0..<SimulatedRun.accelerators).map { accelerator($0, at: time, elapsed) }
    for domain in Self.domains {
      var reading = Reading(device: id(.cpu, domain.name), time: time)
      let curve = domain.role == .memory ? run.memory : run.package
      reading.set(.energy, curve.integral(to: elapsed))
      all.append(reading)
    }
    all += (0..<SimulatedRun.accelerators).map { process($0, at: time, elapsed) }
    all.append(wall(at: time, elapsed))
    all.append(host(at: time, elapsed))
    all += data(at: time, elapsed)
    all.append(loader(at: time, elapsed))
    all += (0..<SimulatedRun.accelerators).map { waiting($0, at: time, elapsed) }
    all.append(job(at: time, elapsed))
    return all
  }

  private func accelerator(_ index: Int, at time: Timestamp, _ elapsed: Double) -> Reading {
    let curve = run.accelerator[index]
    let watts = curve.value(at: elapsed)
    let second = Int(elapsed.rounded(.down))
    let phase = SimulatedRun.phase(at: second)
    let wiggle = noise.value(index, second)
    // A job that waits in a collective spins: the driver calls that fully used.
    let utilization: Double =
      switch phase {
      case .loading: 0
      case .saving: 0.08 + 0.05 * wiggle
      case .evaluating: 0.86 + 0.08 * wiggle
      case .starved where SimulatedRun.isStarving(at: second): 0
      default: 0.99 + 0.01 * wiggle
      }
    let share = max(0, watts - 90) / 610
    let isLimited = watts >= 690
    var reading = Reading(device: acceleratorID(index), time: time)
    reading.set(.power, watts)
    reading.set(.energy, curve.integral(to: elapsed))
    reading.set(.powerLimit, SimulatedRun.powerLimit)
    reading.set(.utilization, utilization)
    reading.set(.memoryActivity, min(1, 0.62 * share + 0.02))
    let used: Double = phase == .loading ? 18.2e9 + Double(second % 7200) * 1.2e9 : 76.4e9
    reading.set(.memoryUsed, used + 1e8 * Double(index))
    reading.set(.memoryTotal, 85_520_809_984)
    let warmth = curve.mean(before: elapsed, width: 40)
    reading.set(.temperature, (29 + 0.054 * warmth + 0.6 * Double(index)).rounded())
    let clock: Double = isLimited ? 1755e6 + 15e6 * (3 * wiggle).rounded() : 1980e6
    reading.set(.smClock, phase == .loading ? 345e6 : clock)
    reading.set(.memoryClock, 2619e6)
    let reasons: ClocksEventReasons = isLimited ? .swPowerCap : phase == .loading ? .gpuIdle : []
    reading.set(.eventReasons, steps: Int64(bitPattern: reasons.rawValue))
    setActivity(&reading, index, share: share, elapsed)
    return reading
  }

  /// What goes on inside the chip and over its links.
  private func setActivity(
    _ reading: inout Reading, _ index: Int, share: Double, _ elapsed: Double
  ) {
    reading.set(.powerLimitDefault, SimulatedRun.powerLimit)
    let works = SimulatedRun.isStarving(at: Int(elapsed.rounded(.down))) ? 0.04 : 1.0
    reading.set(.smActive, min(1, 0.96 * share * works))
    reading.set(.tensorActive, min(1, 0.61 * share * works))
    reading.set(.dramActive, min(1, 0.47 * share * works))
    let capped = index == SimulatedRun.limited ? 0.62 : 0.04
    reading.set(.throttledByPower, capped * elapsed)
    let count = Double(SimulatedRun.accelerators)
    // What is read is decoded to four times as much on its way.
    reading.set(.pcieReceived, 4 * run.reads.integral(to: elapsed) / count)
    reading.set(.rateCeiling, 63e9)
    // Gradients of 7 billion parameters in two bytes go round once a step.
    let traffic = run.progress.integral(to: elapsed) * 23.6e9
    reading.set(.nvlinkReceived, traffic)
    reading.set(.nvlinkSent, traffic)
  }

  private func process(_ index: Int, at time: Timestamp, _ elapsed: Double) -> Reading {
    let phase = SimulatedRun.phase(at: Int(elapsed.rounded(.down)))
    var reading = Reading(device: processID(index), time: time)
    reading.set(.energy, run.accelerator[index].integral(to: elapsed))
    reading.set(.memoryUsed, phase == .loading ? 18.2e9 : 76e9)
    reading.set(.smShare, phase == .loading ? 0 : 0.97)
    return reading
  }

  private func wall(at time: Timestamp, _ elapsed: Double) -> Reading {
    func sum(_ part: (PeriodicCurve) -> Double) -> Double {
      run.accelerator.reduce(0) { $0 + part($1) } + 2 * part(run.package) + 2 * part(run.memory)
    }
    // Fans, switches and supplies: 640 W, and 4 % lost in conversion.
    var reading = Reading(device: id(.meter, "wall"), time: time)
    reading.set(.power, sum { $0.value(at: elapsed) } / 0.96 + 640)
    reading.set(.energy, sum { $0.integral(to: elapsed) } / 0.96 + 640 * elapsed)
    return reading
  }

  private func host(at time: Timestamp, _ elapsed: Double) -> Reading {
    let total = 2_164_000_000_000.0
    let used = 212e9 + 6e9 * noise.smooth(40, Int(elapsed.rounded(.down)), width: 300)
    var reading = Reading(device: id(.host, "host"), time: time)
    reading.set(.cpuUtilization, (run.package.value(at: elapsed) - 120) / 500)
    reading.set(.cpuCount, 192)
    reading.set(.memoryUsed, used)
    reading.set(.memoryTotal, total)
    reading.set(.memoryAvailable, total - used)
    reading.set(.pageCacheMisses, run.diskRead.integral(to: elapsed))
    return reading
  }

  private func data(at time: Timestamp, _ elapsed: Double) -> [Reading] {
    let read = run.diskRead.integral(to: elapsed)
    let written = run.diskWrite.integral(to: elapsed)
    let network = run.network.integral(to: elapsed)
    var disk = Reading(device: id(.disk, "nvme0n1"), time: time)
    disk.set(.bytesRead, read)
    disk.set(.bytesWritten, written)
    disk.set(.ioTime, read / 6.5e9 + written / 4.1e9)
    var link = Reading(device: id(.net, "eth0"), time: time)
    link.set(.bytesReceived, network)
    link.set(.bytesSent, network * 0.18)
    link.set(.linkSpeed, 12.5e9)
    return [disk, link]
  }

  /// The job starts over each day, so that its loss has somewhere to fall from.
  private func job(at time: Timestamp, _ elapsed: Double) -> Reading {
    let day = (elapsed / 86_400).rounded(.down) * 86_400
    let progress = run.progress.integral(to: elapsed) - run.progress.integral(to: day)
    let step = progress.rounded(.down)
    let rate = run.progress.value(at: elapsed)
    let wiggle = 0.02 * noise.value(50, Int(step)) + 0.01 * noise.smooth(51, Int(step), width: 40)
    let warmth = min(1, step / 200)
    let decay = 0.5 * (1 + cos(Double.pi * min(1, step / SimulatedRun.stepTotal)))
    var reading = Reading(device: jobID, time: time)
    reading.set(.step, step)
    reading.set(.stepTotal, SimulatedRun.stepTotal)
    reading.set(.loss, 1.74 + 9.2 * pow(1 + step / 60, -0.55) + wiggle)
    reading.set(.learningRate, 3e-4 * warmth * (0.1 + 0.9 * decay))
    reading.set(.tokens, step * SimulatedRun.tokensPerStep)
    reading.set(.tokenRate, rate * SimulatedRun.tokensPerStep)
    if rate > 0.05 { reading.set(.stepTime, 1 / rate) }
    return reading
  }

  /// A mix with the sun's day and a wind that turns slowly; new every quarter of an hour.
  func grid(at time: Timestamp) -> Reading {
    let quarter = Int(Self.quarter(time))
    let hour = Double(quarter % 96) / 4
    let sky = 0.85 + 0.15 * noise.smooth(60, quarter, width: 6)
    let solar = 0.36 * sky * pow(max(0, sin(.pi * (hour - 5.5) / 14)), 1.4)
    let wind = 0.17 + 0.11 * noise.smooth(61, quarter, width: 32)
    let (hydro, bio, other, nuclear) = (0.10, 0.04, 0.01, 0.21)
    let rest = 1 - solar - wind - hydro - bio - other - nuclear
    let (gas, coal, oil) = (0.64 * rest, 0.34 * rest, 0.02 * rest)
    // Lifecycle medians of IPCC AR5 (2014), annex III.
    let intensity =
      48 * solar + 12 * wind + 24 * hydro + 230 * bio + 38 * other + 12 * nuclear + 490 * gas
      + 820 * coal + 650 * oil
    var reading = Reading(device: gridID, time: time)
    reading.set(.renewableShare, solar + wind + hydro + bio + other)
    reading.set(.lowCarbonShare, solar + wind + hydro + bio + other + nuclear)
    reading.set(.carbonIntensity, intensity)
    reading.set(.solarShare, solar)
    reading.set(.windShare, wind)
    reading.set(.hydroShare, hydro)
    reading.set(.bioenergyShare, bio)
    reading.set(.otherRenewableShare, other)
    reading.set(.nuclearShare, nuclear)
    reading.set(.gasShare, gas)
    reading.set(.coalShare, coal)
    reading.set(.oilShare, oil)
    return reading
  }
}
