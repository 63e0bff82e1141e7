import Seeded
import Telemetry

@testable import Recordings

/// A made-up session with all that goes wrong: gaps, resets, wraps, late and doubled readings.
struct Session {
  var observations: [Observation] = []
  let seconds: Int

  init(seed: UInt64, seconds: Int) {
    self.seconds = seconds
    var dice = SeededRandom(seed)
    let gpus = (0..<2).map { DeviceID(machine: "box", kind: .gpu, name: "GPU-\($0)") }
    let host = DeviceID(machine: "box", kind: .host, name: "box")
    let grid = DeviceID(machine: "", kind: .grid, name: "DE")
    let job = DeviceID(machine: "box", kind: .job, name: "7")
    for (index, id) in (gpus + [host, grid, job]).enumerated() {
      observations.append(
        .device(Device(id: id, label: "\(index)", model: "M'\"\u{7}", attributes: ["a": "b"])))
    }
    func describe(
      _ id: DeviceID, _ metric: Metric, _ method: Provenance.Method, _ period: Double = 1,
      range: Double = 0
    ) {
      observations.append(
        .series(
          SeriesDescriptor(
            device: id, metric: metric,
            provenance: Provenance(
              source: "test", method: method, period: period, range: range))))
    }
    for id in gpus {
      describe(id, .power, .average)
      describe(id, .energy, .counter, range: 65_536)
      describe(id, .temperature, .instant, 5)
    }
    describe(host, .bytesRead, .counter)
    describe(grid, .renewableShare, .average, 900)
    describe(grid, .solarShare, .annual)
    describe(job, .tokens, .counter, 10)
    describe(job, .loss, .log, 10)

    var late: [(due: Int, observation: Observation)] = []
    var energy = [0.0, 60_000.0]
    var bytes = 0.0
    var tokens = 0.0
    var silent = 0
    for second in 0..<seconds {
      if Int.random(in: 0..<200, using: &dice) == 0 {
        silent = Int.random(in: 2..<400, using: &dice)
      }
      silent -= 1
      bytes = Int.random(in: 0..<500, using: &dice) == 0 ? 0 : bytes + Double(dice.next() % 9999)
      tokens += 17
      for (index, id) in gpus.enumerated() where silent < 0 {
        let jitter = Double(dice.next() % 1_000_000) * 1e-9
        var reading = Reading(device: id, time: origin + (Double(second) + jitter))
        let watts = Double.random(in: 60...700, using: &dice)
        energy[index] += watts
        if energy[index] > 65_536 { energy[index] -= 65_536 }
        reading.set(.power, watts)
        reading.set(.energy, energy[index])
        if second % 5 == 0 { reading.set(.temperature, 30 + watts / 20) }
        if Int.random(in: 0..<40, using: &dice) == 0 {
          reading.arrival = reading.time + 20
          late.append((second + Int.random(in: 1..<90, using: &dice), .reading(reading)))
        } else {
          observations.append(.reading(reading))
          if Int.random(in: 0..<50, using: &dice) == 0 {
            observations.append(.reading(reading))
            reading.set(.power, watts / 2)
            observations.append(.reading(reading))
          }
        }
      }
      var row = Reading(device: host, time: origin + Double(second))
      row.set(.bytesRead, bytes)
      if silent < 100 { observations.append(.reading(row)) }
      if second % 10 == 0 {
        let now = origin + Double(second)
        var row = Reading(device: job, time: now, arrival: now + 3)
        row.set(.tokens, tokens)
        row.set(.loss, 3 / (1 + tokens))
        late.append((second + 3, .reading(row)))
      }
      if second % 900 == 0 {
        var row = Reading(device: grid, time: origin + Double(second))
        row.set(.renewableShare, Double.random(in: 0...1, using: &dice))
        if second == 0 { row.set(.solarShare, 0.25) }
        observations.append(.reading(row))
        if second > 0 {
          // Yesterday's news: the value before is revised.
          row.time = row.time - 900
          row.arrival = origin + Double(second)
          row.set(.renewableShare, Double.random(in: 0...1, using: &dice))
          observations.append(.reading(row))
        }
      }
      if second % 333 == 5 {
        let time = origin + Double(second)
        observations.append(
          .event(Event(time: time, kind: .mark, text: "mark \u{1B}[2J \(second)")))
        observations.append(
          .state(SourceState(source: "test", time: time, health: .ok, message: "a\0b")))
      }
      observations += late.filter { $0.due <= second }.map(\.observation)
      late.removeAll { $0.due <= second }
    }
    observations += late.map(\.observation)
  }

  /// The timeline that was seen live.
  var live: Timeline {
    var timeline = Timeline()
    timeline.apply(observations)
    return timeline
  }
}
