import Formats
import Quantities
import Telemetry
import Testing

@testable import Recordings

/// What is decided for power logs of all formats: devices, times, periods, and what can be true.
@Suite struct PowerLogAssemblyTests {
  /// A device, and what it drew.
  struct Drawn: Hashable {
    var machine: String
    var name: String
    var joules: Int
    var seconds: Int
  }

  static func log(_ text: String, _ path: String = "gpu.csv", machine: String? = nil) throws
    -> PowerLogFile
  {
    var log = try #require(try PowerLogFile.read(Array(text.utf8), path: path))
    log.machine = machine
    return log
  }

  static func drawn(_ assembly: PowerLogAssembly) -> Set<Drawn> {
    var timeline = Timeline()
    timeline.apply(assembly.observations)
    guard let span = timeline.span else { return [] }
    var result: Set<Drawn> = []
    for device in timeline.devices {
      guard let id = timeline.id(.energy, of: device.id) ?? timeline.id(.power, of: device.id)
      else { continue }
      let total = timeline.total(id, over: span)
      result.insert(
        Drawn(
          machine: device.id.machine, name: device.id.name, joules: Int(total.amount.rounded()),
          seconds: Int(total.covered.rounded())))
    }
    return result
  }

  static func drawn(_ texts: String..., machine: String? = nil) throws -> Set<Drawn> {
    let names = ["a.csv", "b.csv", "c.csv", "d.csv"]
    let logs = try zip(texts, names).map { try log($0, $1) }
    return drawn(
      try PowerLogAssembly(logs, machine: machine ?? "imported", isMachineNamed: machine != nil))
  }

  /// A time of 28 May 2026, so many milliseconds after eleven.
  static func stamp(_ milliseconds: Int) -> String {
    func digits(_ number: Int, _ count: Int) -> String {
      let text = "\(number)"
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    let seconds = milliseconds / 1000
    return "2026/05/28 \(digits(11 + seconds / 3600, 2)):\(digits(seconds / 60 % 60, 2)):"
      + "\(digits(seconds % 60, 2)).\(digits(milliseconds % 1000, 3))"
  }

  /// Rows under titles that name no GPU.
  static func nameless(_ rows: [(time: Int, watts: Int)]) -> String {
    "timestamp, power.draw [W]\n"
      + rows.map { "\(stamp($0.time)), \($0.watts).00 W\n" }.joined()
  }

  static func indexed(
    _ seconds: some Sequence<Int>, _ watts: Int, index: Int = 0, shift: Int = 0
  ) -> String {
    "timestamp, index, power.draw [W]\n"
      + seconds.map { "\(stamp($0 * 1000 + shift)), \(index), \(watts).00 W\n" }.joined()
  }

  // MARK: One GPU or several

  @Test func rowsThatAreEquallyFarApartAreOfOneGPU() throws {
    let rows = (0...500).map { (time: $0 * 20, watts: 200) }
    #expect(
      try Self.drawn(Self.nameless(rows))
        == [Drawn(machine: "imported", name: "0", joules: 2000, seconds: 10)])
  }

  /// Gaps between the GPUs of a tick, and from one tick to the next, in milliseconds.
  @Test(arguments: [(0, 1000), (3, 1000), (10, 100), (30, 1000), (2, 20), (0, 20)])
  func rowsThatComeInTicksAreOfSeveralGPUs(within: Int, between: Int) throws {
    let rows = (0...100).flatMap { tick in
      (0..<4).map { (time: tick * between + $0 * within, watts: 100 * ($0 + 1)) }
    }
    let drawn = try Self.drawn(Self.nameless(rows))
    #expect(
      drawn
        == Set(
          (0..<4).map {
            Drawn(
              machine: "imported", name: "\($0)", joules: $0.advanced(by: 1) * 10 * between,
              seconds: Int((Double(between) / 10).rounded()))
          }))
  }

  @Test func aTickThatLacksAGPUIsLeftOut() throws {
    var rows = (0...60).flatMap {
      [(time: $0 * 1000, watts: 100), (time: $0 * 1000 + 5, watts: 500)]
    }
    rows.remove(at: 60)
    let log = try Self.log(Self.nameless(rows))
    let found = try PowerLogAssembly([log])
    #expect(Set(Self.drawn(found).map(\.joules)) == [5900, 29_500])
    #expect(
      found.remarks.contains {
        $0.isLoss && $0.text.contains("1 row") || $0.text.contains("line 62")
      })
  }

  @Test func aColumnThatDoesNotTellGPUsApartIsNoIndex() throws {
    // The titles stand one column too far left: what is called `index` is the utilization.
    let rows = (0...60).flatMap { second in
      (0..<2).map { "\(Self.stamp(second * 1000)),\($0), 0, \(second % 2 + 100 * ($0 + 1))\n" }
    }
    let text = "timestamp,gpu,index,power.draw\n" + rows.joined()
    #expect(Set(try Self.drawn(text).map(\.name)) == ["0", "1"])
  }

  // MARK: Files and machines

  @Test func gpusOfTheSameTimeAndNumberAreOfSeveralMachines() throws {
    let drawn = try Self.drawn(
      Self.indexed(0...60, 100), Self.indexed(0...60, 500, shift: 300))
    #expect(
      drawn == [
        Drawn(machine: "a", name: "0", joules: 6000, seconds: 60),
        Drawn(machine: "b", name: "0", joules: 30_000, seconds: 60),
      ])
  }

  @Test func aGPUGoesOnInTheNextFile() throws {
    let drawn = try Self.drawn(Self.indexed(0...60, 100), Self.indexed(61...120, 100))
    #expect(drawn == [Drawn(machine: "imported", name: "0", joules: 12_000, seconds: 120)])
  }

  @Test func aRotatedLogGoesOnAlsoWhereItsEndsOverlap() throws {
    let logs = [
      try Self.log(Self.indexed(50...120, 100), "/var/gpu.csv"),
      try Self.log(Self.indexed(0...60, 100), "/var/gpu.csv.1"),
    ]
    let found = try PowerLogAssembly(logs)
    #expect(
      Self.drawn(found) == [Drawn(machine: "imported", name: "0", joules: 12_000, seconds: 120)])
    #expect(found.remarks.contains { $0.text.hasPrefix("11 rows") })
  }

  @Test func aCopyOfALogIsNotAddedToIt() throws {
    let text = Self.indexed(0...59, 100) + "\(Self.stamp(60_000)), 0, 101.00 W\n"
    #expect(
      try Self.drawn(text, text)
        == [Drawn(machine: "imported", name: "0", joules: 6001, seconds: 60)])
  }

  /// What `nvidia-smi` and `dmon` say of one machine, one by UUID and one by number.
  @Test func twoToolsThatTellOfOneGPUCountOnce() throws {
    let csv =
      "timestamp, uuid, power.draw [W]\n"
      + (0...60).map { "\(Self.stamp($0 * 1000)), GPU-1, 100.00 W\n" }.joined()
    let dmon =
      "#Date Time gpu pwr\n#YYYYMMDD HH:MM:SS Idx W\n"
      + (0...59).map { "20260528 11:00:\($0 < 10 ? "0" : "")\($0) 0 101\n" }.joined()
    let found = try PowerLogAssembly([try Self.log(csv), try Self.log(dmon, "dmon.txt")])
    var roles: [String: DeviceRole] = [:]
    for case .device(let device) in found.observations { roles[device.id.name] = device.role }
    #expect(roles == ["GPU-1": .accelerator, "0": .sensor])
    #expect(found.remarks.contains { $0.text.contains("shown and not added") })
  }

  @Test func rowsThatOftenComeLateAreNoHoles() throws {
    // Whole seconds of a logger that needs a little more than one: every third step is two.
    let seconds = (0...90).map { $0 * 4 / 3 }
    #expect(
      try Self.drawn(Self.indexed(seconds, 100))
        == [Drawn(machine: "imported", name: "0", joules: 12_000, seconds: 120)])
  }

  @Test func aFilesClockMayBeShifted() throws {
    var log = try Self.log(Self.indexed(0...60, 100))
    log.shift = 3600
    let found = try PowerLogAssembly([log]).observations
    let times = found.compactMap {
      if case .reading(let reading) = $0 { reading.time } else { nil }
    }
    #expect(times.first == Timestamp(nanoseconds: 1_779_969_600_000_000_000))
  }

  @Test func aUUIDIsOneGPUWhateverTheFile() throws {
    func text(_ seconds: ClosedRange<Int>) -> String {
      "timestamp, uuid, power.draw [W]\n"
        + seconds.map { "\(Self.stamp($0 * 1000)), GPU-1, 100.00 W\n" }.joined()
    }
    #expect(
      try Self.drawn(text(0...60), text(30...90))
        == [Drawn(machine: "imported", name: "GPU-1", joules: 9000, seconds: 90)])
  }

  @Test func whatTheUserNamesCounts() throws {
    let wall = (0...60).map {
      ":::MLLOG {\"time_ms\": \(1_779_966_000_000 + $0 * 1000), \"key\": \"power_reading\", "
        + "\"value\": 1000}\n"
    }.joined()
    let logs = [
      try Self.log(Self.indexed(0...60, 100), "gpu.csv", machine: "one"),
      try Self.log(wall, "node_7.txt", machine: "one"),
      try Self.log(wall, "node_8.txt", machine: "two"),
    ]
    #expect(
      Self.drawn(try PowerLogAssembly(logs)) == [
        Drawn(machine: "one", name: "0", joules: 6000, seconds: 60),
        Drawn(machine: "one", name: "wall", joules: 60_000, seconds: 60),
        Drawn(machine: "two", name: "wall", joules: 60_000, seconds: 60),
      ])
  }

  /// Eight nodes of different power, published as eight files of the same second.
  @Test func theNodesOfARunAddUp() throws {
    var right = 0.0
    let logs = try (0..<8).map { node in
      let watts = 900.0 + 157 * Double(node)
      right += watts * 600
      let lines = (0...600).compactMap { second -> String? in
        // Every twentieth reading is missing.
        if second % 20 == 11 { return nil }
        return ":::MLLOG {\"time_ms\": \(1_761_436_800_000 + second * 1000 + node * 37), "
          + "\"key\": \"power_reading\", \"value\": \(watts)}\n"
      }
      let efficiency =
        ":::MLLOG {\"time_ms\": 1761436800000, \"key\": \"conversion_eff\", "
        + "\"value\": 0.9\(node + 1), \"metadata\": {\"measurement_type\": \"AC\"}}\n"
      return try Self.log(efficiency + lines.joined(), "power/node_\(node).txt")
    }
    let found = try PowerLogAssembly(logs)
    let drawn = Self.drawn(found)
    #expect(Set(drawn.map(\.machine)) == Set((0..<8).map { "node_\($0)" }))
    let sum = Double(drawn.reduce(0) { $0 + $1.joules })
    #expect(abs(sum - right) < 0.001 * right)
    let efficiencies = found.observations.compactMap { observation -> String? in
      if case .device(let device) = observation { device.attributes["conversion_eff"] } else { nil }
    }
    #expect(efficiencies == (1...8).map { "0.9\($0)" })
  }

  @Test func aLogWhoseMachineNobodyKnowsIsNotAdded() throws {
    let wall = (0...60).map {
      ":::MLLOG {\"time_ms\": \(1_779_966_000_000 + $0 * 1000), \"key\": \"power_reading\", "
        + "\"value\": 1000}\n"
    }.joined()
    let logs = [
      try Self.log(wall, "node_0.txt"), try Self.log(wall, "node_1.txt"),
      try Self.log(Self.indexed(0...60, 100), "gpu.csv"),
      try Self.log(Self.indexed(0...60, 200), "node_1-gpu.csv"),
    ]
    let found = try PowerLogAssembly(logs)
    var roles: [String: DeviceRole] = [:]
    for case .device(let device) in found.observations {
      roles["\(device.id.machine) \(device.id.kind.name)"] = device.role
    }
    #expect(
      roles == [
        "node_0 meter": .machine, "node_1 meter": .machine, "gpu gpu": .sensor,
        "node_1 gpu": .accelerator,
      ])
    // Of another time no meter has counted anything.
    let late = try PowerLogAssembly([
      logs[0], logs[1], try Self.log(Self.indexed(600...660, 100), "gpu.csv"),
    ])
    #expect(
      late.observations.contains {
        if case .device(let device) = $0 { device.role == .accelerator } else { false }
      })
  }

  // MARK: Periods

  @Test func aPauseAtTheBeginningIsNoPeriod() throws {
    // The mean of a second speaks for the second before it, and for no more of a pause.
    let seconds = [0] + Array(3600...3660) + Array(10_800...10_860)
    #expect(
      try Self.drawn(Self.indexed(seconds, 300))
        == [Drawn(machine: "imported", name: "0", joules: 36_600, seconds: 122)])
  }

  @Test func aSlowerPartOfALogIsNoRowOfHoles() throws {
    let seconds = Array(0...600) + Array(stride(from: 610, through: 1200, by: 10))
    #expect(
      try Self.drawn(Self.indexed(seconds, 100))
        == [Drawn(machine: "imported", name: "0", joules: 120_000, seconds: 1200)])
  }

  @Test func rowsAreReadInTheOrderOfTimeAndOnce() throws {
    let seconds = Array((0...60).reversed()) + Array(20...40)
    #expect(
      try Self.drawn(Self.indexed(seconds, 100))
        == [Drawn(machine: "imported", name: "0", joules: 6000, seconds: 60)])
  }
}
