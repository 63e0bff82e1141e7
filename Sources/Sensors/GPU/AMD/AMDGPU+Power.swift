import Linux
import Telemetry

/// How much a card draws, and has drawn.
extension AMDGPU {
  /// The PCI device ids of the MI250 and MI250X, two dies on a card: the second says 0 W, for its
  /// meter is the first's.
  private static let pairedDies: Set<String> = ["7408", "740c"]

  mutating func setPower(
    _ reading: inout Reading, _ metrics: AMDMetrics?, _ limit: Double?
  ) {
    guard metrics != nil || metricsAreRefused else { return }
    let watts = choosePower(metrics, limit, at: reading.time)
    guard !isAPU else {
      reading.set(.modulePower, watts)
      if !packageIsCounted {
        let part = metrics?.rawGraphicsPower.flatMap { part in
          metrics?.rawPower.flatMap { $0 > 0 ? Double(part) * unit($0) : nil }
        }
        let own = metrics?.isAPU == true ? part : watts
        reading.set(.power, own.flatMap { $0 >= 0 && $0 <= watts ?? 0 ? $0 : nil })
        spent.add(power: own, at: reading.time)
      }
      return
    }
    reading.set(.power, watts)
    spent.add(power: watts, at: reading.time)
    let energy = metrics.map(\.energy) ?? AMDSensors.number(sensors.energy)
    guard let energy, energy > 0 else { return }
    let isBusy = (metrics?.gfxActivity ?? AMDSensors.number(busyFile)).map { $0 >= 10 } ?? false
    setEnergy(&reading, energy, watts, limit, isBusy: isBusy)
  }

  /// The power in watts by `gpu_metrics` or by the sensors; `nil` where neither tells one that can be.
  private mutating func choosePower(
    _ metrics: AMDMetrics?, _ limit: Double?, at time: Timestamp
  ) -> Double? {
    let most = limit.map { min(max(1.5 * $0, 50), 4000) } ?? 4000
    var excess: Double?
    func plausible(_ power: AMDPowerChoice.Power?) -> AMDPowerChoice.Power? {
      guard let power, power.watts > most else { return power }
      excess = excess ?? power.watts
      return nil
    }
    // A chip that answers draws something: zero is how one says that it has no meter.
    let raw = metrics?.rawPower.flatMap { $0 > 0 ? $0 : nil }
    let told = raw.map { Double($0) * (metrics?.isAPU == true ? unit($0) : 1) }
      .flatMap { $0.isFinite ? $0 : nil }
    let own = plausible(
      told.map { AMDPowerChoice.Power(watts: $0, isAverage: metrics?.averagesPower == true) })
    let hasSensors = metrics == nil || !Self.pairedDies.contains(card.model)
    let (power, fault) = powerChoice.choose(own, at: time) {
      hasSensors ? plausible(sensors.power()) : nil
    }
    if let excess {
      say(
        .note, "power of \(Int(min(excess, 1e6))) W left out, far beyond its limit", like: "power")
    }
    if let fault, let power, metrics != nil {
      say(.note, fault.words(power.watts), like: "meter")
      // Announced anew, since from here on its series means something else.
      device.attributes["power"] = "hwmon"
    }
    if let power { averagesPower = power.isAverage }
    return power?.watts
  }

  /// Watts in the unit of a processor's socket power.
  ///
  /// It is milliwatts, but for early firmware that writes watts; no running socket draws less than
  /// 0.3 W, and none of these more than 300 W. Where a sensor can tell, it does.
  private func unit(_ raw: Int64) -> Double {
    guard raw < 300 else { return 1e-3 }
    guard let watts = sensors.power()?.watts else { return .nan }
    return watts > Double(raw) / 30 ? 1 : 1e-3
  }

  private mutating func setEnergy(
    _ reading: inout Reading, _ energy: Int64, _ watts: Double?, _ limit: Double?, isBusy: Bool
  ) {
    let (values, fault) = counter.take(
      energy, power: watts, limit: limit, isBusy: isBusy, at: reading.time)
    for value in values {
      spent.add(counter: value.microjoules)
      if value.time == reading.time {
        reading.set(.energy, steps: value.microjoules)
      } else {
        var earlier = Reading(device: device.id, time: value.time, arrival: reading.time)
        earlier.set(.energy, steps: value.microjoules)
        late.append(earlier)
      }
    }
    if let fault { say(fault.kind, fault.words, like: "energy", upTo: 8) }
  }
}
