import Quantities
import Telemetry
import Testing

@testable import Recordings

/// What files of other tools hold that would count wrongly.
@Suite struct PowerLogDoubtTests {
  private typealias Log = PowerLogAssemblyTests

  private func remarks(_ text: String) throws -> [String] {
    try PowerLogAssembly([try Log.log(text)]).remarks.map(\.text)
  }

  private func seconds(_ count: Int, _ watts: (Int) -> String) -> String {
    "timestamp, index, power.draw [W]\n"
      + (0..<count).map { "\(Log.stamp($0 * 1000)), 0, \(watts($0)) W\n" }.joined()
  }

  @Test func aConstantIsDoubted() throws {
    let constant =
      "gpu 0: all 300 powers are 300 W to the last digit, as a rating is: was it measured?"
    #expect(try remarks(seconds(300) { _ in "300.00" }) == [constant])
    #expect(try remarks(seconds(299) { _ in "300.00" }).isEmpty)
    #expect(try remarks(seconds(400) { $0 == 7 ? "300.01" : "300.00" }).isEmpty)
  }

  @Test func powersThatOnlyGrowAreDoubted() throws {
    let grows = ["gpu 0: its powers only ever grow, as a counter does: is it energy?"]
    #expect(try remarks(seconds(60) { "\(100 + $0)" }) == grows)
    #expect(try remarks(seconds(60) { "\(100 + $0 % 59)" }).isEmpty)
  }

  @Test func whatCodeCarbonWroteBeforeItsSecondVersionIsOneSum() throws {
    let titles =
      "timestamp,experiment_id,project_name,duration,emissions,energy_consumed,country_name,"
      + "country_iso_code,region,on_cloud,cloud_provider,cloud_region\n"
    func row(_ time: String, _ seconds: Int, _ joules: Double) -> String {
      "2026-05-28T\(time),e,p,\(seconds),0.1,\(joules / 3.6e6),France,FRA,,N,,\n"
    }
    let rows = row("11:01:00", 60, 6000) + row("11:10:00", 120, 24_000)
    let log = try Log.log(titles + rows)
    let assembly = try PowerLogAssembly([log])
    #expect(Log.drawn(assembly).map(\.joules) == [30_000])
    let series = assembly.observations.compactMap {
      if case .series(let series) = $0 { series } else { nil }
    }
    #expect(series.map(\.provenance.method) == [.modelled])
    for case .device(let device) in assembly.observations {
      #expect(device.role == .platform)
    }
  }

  private static let codeCarbon =
    "timestamp,project_name,run_id,duration,emissions,emissions_rate,cpu_power,gpu_power,ram_power,"
    + "cpu_energy,gpu_energy,ram_energy,energy_consumed,gpu_count,gpu_model,tracking_mode\n"

  /// A row of CodeCarbon, joules as kWh.
  private func row(
    _ run: String, _ end: String, _ seconds: Double, _ cpu: Double, _ gpu: Double, _ ram: Double
  ) -> String {
    let parts = [cpu, gpu, ram, cpu + gpu + ram].map { "\($0 / 3.6e6)" }.joined(separator: ",")
    return
      "2026-05-28T\(end),p,\(run),\(seconds),0.1,0.1,9,9,9,\(parts),8,8 x NVIDIA H100,machine\n"
  }

  private func carbon(_ rows: String...) throws -> (joules: [String: Int], remarks: [String]) {
    let log = try Log.log(Self.codeCarbon + rows.joined())
    let found = try PowerLogAssembly([log])
    let drawn = Log.drawn(found)
    return (
      Dictionary(uniqueKeysWithValues: drawn.map { ($0.name, $0.joules) }),
      found.remarks.map(\.text)
    )
  }

  @Test func rowsOfOneRunCountOnFromEachOther() throws {
    let first = row("a", "11:00:10", 10, 100, 45_000, 50)
    let second = row("a", "11:00:20", 20, 300, 99_000, 100)
    let right = ["all": 99_000, "processors": 300, "memory": 100]
    // Eight boards draw more than one can.
    #expect(try carbon(first, second).joules == right)
    // In whatever order, and however often they were written.
    #expect(try carbon(second, first, second).joules == right)
    let other = row("b", "11:01:00", 10, 100, 1000, 50)
    #expect(
      try carbon(first, second, other).joules == ["all": 100_000, "processors": 400, "memory": 150])
  }

  @Test func aRunCountsOnWhereItWasToldOfLast() throws {
    // By their stamps there are 14 s between the rows, by their durations 17.
    let found = try carbon(
      row("a", "11:00:10", 10, 100, 1000, 50), row("a", "11:00:24", 27, 240, 2400, 120))
    #expect(found.joules == ["all": 2400, "processors": 240, "memory": 120])
    #expect(!found.remarks.contains { $0.contains("within others") })
  }

  @Test func tasksOfOneNameAreAmountsOfTheirOwn() throws {
    let titles = "task_name," + Self.codeCarbon
    let rows = (1...3).map {
      "predict," + row("a", "11:0\($0):00", Double(10 * $0), 100, 1000, 50)
    }
    let found = try PowerLogAssembly([try Log.log(titles + rows.joined())])
    #expect(Set(Log.drawn(found).map(\.joules)) == [3000, 300, 150])
  }

  @Test func runsOfOneTimeCountOnce() throws {
    // Every rank of a job wrote what the whole machine drew.
    let found = try carbon(
      row("a", "11:01:00", 60, 600, 6000, 300), row("b", "11:01:00", 60, 600, 6000, 300))
    #expect(found.joules == ["all": 6000, "processors": 600, "memory": 300])
    #expect(found.remarks.contains { $0.contains("within others") })
  }

  @Test(arguments: [true, false]) func whatWasMeasuredGoesBeforeIt(isFirst: Bool) throws {
    let boards =
      "timestamp, index, power.draw [W]\n"
      + (0...60).flatMap { second in
        [0, 1].map { "\(Log.stamp(second * 1000)), \($0), 100.\(second % 10) W\n" }
      }.joined()
    let carbon = Self.codeCarbon + row("a", "11:01:00", 60, 600, 12_000, 300)
    let texts = isFirst ? [boards, carbon] : [carbon, boards]
    let logs = try zip(texts, ["a.csv", "b.csv"]).map { try Log.log($0, $1) }
    let found = try PowerLogAssembly(logs)
    var roles: [String: DeviceRole] = [:]
    for case .device(let device) in found.observations { roles[device.id.name] = device.role }
    #expect(
      roles == [
        "0": .accelerator, "1": .accelerator, "all": .sensor, "processors": .processor,
        "memory": .memory,
      ])
  }

  @Test func aBoardThatItCannotReadIsNoZero() throws {
    let found = try carbon(row("a", "11:01:00", 60, 600, 0, 300))
    #expect(found.joules == ["processors": 600, "memory": 300])
    #expect(found.remarks.contains { $0.hasPrefix("line 2: no energy for its 8 GPUs") })
  }

  @Test func aShiftedRowIsLeftOut() throws {
    let good = row("a", "11:01:00", 60, 600, 6000, 300)
    let parts = row("b", "11:02:00", 60, 600, 6000, 300)
      .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    // Two cells changed their places.
    var cells = parts
    cells.swapAt(10, 12)
    let found = try carbon(good, cells.joined(separator: ","))
    #expect(found.joules == ["all": 6000, "processors": 600, "memory": 300])
    #expect(found.remarks.contains { $0.contains("line 3: its parts are not its sum") })
  }

  @Test func whatIsModelledStaysMarked() throws {
    let log = try Log.log(Self.codeCarbon + row("a", "11:01:00", 60, 600, 6000, 300))
    let found = try PowerLogAssembly([log]).observations
    var methods: [String: Provenance.Method] = [:]
    for case .series(let series) in found {
      methods[series.device.name] = series.provenance.method
    }
    #expect(methods == ["all": .instant, "processors": .modelled, "memory": .modelled])
  }

  /// A page for each time, as exporters are asked again and again.
  private func pages(_ page: (Int) -> String) throws -> [String: Int] {
    let log = try Log.log((0...4).map(page).joined(), "metrics.prom")
    let drawn = Log.drawn(try PowerLogAssembly([log]))
    return Dictionary(uniqueKeysWithValues: drawn.map { ($0.name, $0.joules) })
  }

  private static let board = "DCGM_FI_DEV_POWER_USAGE{gpu=\"0\",UUID=\"GPU-a\"}"
  private static let zone = "node_rapl_package_joules_total{index=\"0\"}"

  @Test func aPageHasTheTimeThatItTells() throws {
    let start = 1_779_966_000
    // Behind the value, in milliseconds or in OpenMetrics' seconds.
    #expect(try pages { "\(Self.board) 300 \(start + $0)000\n" } == ["GPU-a": 1200])
    #expect(try pages { "\(Self.board) 300 \(start + $0).5\n" } == ["GPU-a": 1200])
    // Above the page, with and without a comment's sign.
    #expect(try pages { "\(start + $0)\n\(Self.board) 300\n" } == ["GPU-a": 1200])
    #expect(
      try pages { "# 2026-05-28T11:00:0\($0)+02:00\n\(Self.board) 300\n" } == ["GPU-a": 1200])
    #expect(
      try pages { "Thu May 28 11:00:0\($0) UTC 2026\n\(Self.board) 300\n" } == ["GPU-a": 1200])
    // On it, as node_exporter's.
    #expect(
      try pages { "\(Self.zone) \(100 + $0 * 60)\nnode_time_seconds \(start + $0)e+00\n" }
        == ["package-0": 240])
  }

  @Test func aPageWithoutATimeHasNone() throws {
    #expect(throws: ImportError.self) { try pages { "\(Self.board) \(300 + $0)\n" } }
    // A time above one page says nothing of the next.
    let text = "# 2026-05-28T11:00:00Z\n\(Self.board) 300\n\(Self.board) 310\n\(Self.board) 320\n"
    let table = try PrometheusPageLog.read(PowerLogText(text))
    #expect(table.count == 1)
    #expect(table.broken.count == 2)
  }

  @Test func aSinglePageIsOfWhenItWasWritten() throws {
    var log = try Log.log("\(Self.board) 52.636\n", "dcgm.prom")
    log.modified = Timestamp(seconds: 1_779_966_000)
    let found = try PowerLogAssembly([log])
    let readings = found.observations.compactMap { observation -> Reading? in
      if case .reading(let reading) = observation { reading } else { nil }
    }
    #expect(readings.map(\.time) == [Timestamp(seconds: 1_779_966_000)])
    #expect(readings.first?.values.map(\.value) == [52.636])
    #expect(found.remarks.contains { $0.text.contains("when the file was written") })
  }

  @Test func joulesOfOneModeAreNotAllOfADevice() throws {
    let text = ["idle", "dynamic"].map {
      "kepler_node_gpu_joules_total{instance=\"n1\",mode=\"\($0)\"} 10 1779966000000\n"
        + "kepler_node_gpu_joules_total{instance=\"n1\",mode=\"\($0)\"} 90 1779966010000\n"
    }.joined()
    #expect(throws: ImportError.self) {
      let table = try PrometheusPageLog.read(PowerLogText(text))
      if table.isEmpty { throw ImportError("nothing of it is read") }
    }
  }

  @Test func zonesInsideOfOthersAreNotAdded() throws {
    var roles: [String: DeviceRole] = [:]
    let text = ["package", "core", "dram", "psys"].map {
      "kepler_node_cpu_joules_total{zone=\"\($0)\",path=\"/sys/x/intel-rapl:0\"} 10 1779966000000\n"
    }.joined()
    for subject in try PrometheusPageLog.read(PowerLogText(text)).subjects {
      roles[subject.marks[.name] ?? ""] = subject.role
    }
    #expect(
      roles == [
        "package-intel-rapl:0": .processor, "core-intel-rapl:0": .processorPart,
        "dram-intel-rapl:0": .memory, "psys-intel-rapl:0": .platform,
      ])
  }

  @Test(arguments: [
    "1.000106518,60.5,Joules,power/energy-pkg/,1000123456,100.00,,\n",
    "     1.000106518              60.50 Joules power/energy-pkg/\n",
    "     1,000106518              60,50 Joules power/energy-pkg/\n",
    "     1.000106518     1,060.50 Joules power/energy-pkg/\n",
  ]) func perfWritesJoulesInEveryPlacesWay(row: String) throws {
    let text = "# started on Thu May 28 11:00:00 2026\n\n" + row
    let table = try PerfStatLog.read(PowerLogText(text))
    let joules = row.contains("1,060") ? 1060.5 : 60.5
    let power = try #require(table.powers[1])
    #expect(abs(power * 1.000106518 - joules) < 0.001)
    #expect(throws: ImportError.self) { try PerfStatLog.read(PowerLogText(row)) }
  }

  @Test func aSumOfPerfHasNoTimes() {
    let text =
      " Performance counter stats for 'system wide':\n\n"
      + "             12.74 Joules power/energy-pkg/\n\n       5.001965465 seconds time elapsed\n"
    #expect(throws: ImportError.self) { try PowerLogFile.read(Array(text.utf8), path: "p.txt") }
  }

  @Test func olderDriversSayPowerDraw() throws {
    let text = (0...2).map {
      "\n==============NVSMI LOG==============\n\n"
        + "Timestamp                       : Thu May 28 11:00:0\($0) 2026\n\nAttached GPUs : 1\n"
        + "GPU 00000000:01:00.0\n    Product Name                : Tesla V100\n"
        + "    Power Readings\n        Power Management        : Supported\n"
        + "        Power Draw              : 250.00 W\n        Power Limit : 300.00 W\n"
    }.joined()
    #expect(
      Log.drawn(try PowerLogAssembly([try Log.log(text, "q.txt")])).map(\.joules) == [500])
    let xml = (0...2).map {
      "<?xml version=\"1.0\" ?>\n<nvidia_smi_log><timestamp>Thu May 28 11:00:0\($0) 2026</timestamp>"
        + "<gpu id=\"0000:01:00.0\"><product_name>A</product_name><power_readings>"
        + "<power_draw>250.00 W</power_draw></power_readings></gpu></nvidia_smi_log>\n"
    }.joined()
    #expect(
      Log.drawn(try PowerLogAssembly([try Log.log(xml, "q.xml")])).map(\.joules) == [500])
  }
}
