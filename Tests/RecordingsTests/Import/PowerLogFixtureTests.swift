import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Recordings

/// A power log of every format says what it holds, and nothing else when it is torn.
@Suite struct PowerLogFixtureTests {
  struct File: Sendable, CustomTestStringConvertible {
    let name: String
    let format: String
    /// Joules of each device, by its name; none of a format that only says why it cannot be read.
    let joules: [String: Double]
    /// The attributes of the first device.
    var attributes: [String: String] = [:]

    var testDescription: String { name }
    var bytes: [UInt8] { Fixtures.readFile(Fixtures.path("power/\(name)")) }
  }

  static let files = [
    // 8 s of 1.5 kW and 16 s of 2.5 kW, and two seconds more of it.
    File(
      name: "mlperf-power-log.txt", format: "MLPerf power log",
      joules: ["wall": 8 * 1500 + 18 * 2500],
      attributes: ["conversion_eff": "0.92", "measurement": "AC"]),
    // Each value is the mean of the second before it.
    File(
      name: "nvidia-smi-csv.csv", format: "nvidia-smi CSV",
      joules: [
        "GPU-00000000-0000-4000-8000-000000000000": 62.75 + 65.25 + 67.75 + 70.25,
        "GPU-00000000-0000-4000-8000-000000000001": 4 * 11.5,
      ]),
    File(
      name: "nvidia-smi-csv-without-titles.csv", format: "nvidia-smi CSV without titles",
      joules: ["0": 62.75 + 65.25 + 67.75, "1": 3 * 11.5]),
    File(
      name: "nvidia-smi-dmon.txt", format: "nvidia-smi dmon",
      joules: ["0": 310 + 320 + 330, "1": 300]),
    File(name: "amd-smi-csv.csv", format: "amd-smi CSV", joules: ["0": 410 + 420 + 430, "1": 0]),
    // An amount over a span each, the second row of a run without the first, and PUE taken out.
    File(
      name: "codecarbon-emissions-csv.csv", format: "CodeCarbon emissions.csv",
      joules: ["all": 6200 + 6000, "processors": 900 + 800, "memory": 200 + 208]),
    File(
      name: "nvidia-smi-q.txt", format: "nvidia-smi -q",
      joules: ["GPU-0": 310.5 + 320.5, "GPU-1": 2 * 70.25]),
    File(
      name: "nvidia-smi-xml.xml", format: "nvidia-smi XML",
      joules: ["GPU-0": 310.5 + 320.5, "GPU-1": 2 * 70.25]),
    // The counter counts, also of a board whose power is not told.
    File(name: "dcgmi-dmon.txt", format: "dcgmi dmon", joules: ["0": 930, "1": 210]),
    File(
      name: "gpustat-json.json", format: "gpustat JSON",
      joules: Dictionary(
        uniqueKeysWithValues: (0..<10).map {
          ("GPU-\($0)", $0 == 0 ? 61.0 + 62 : $0 == 9 ? 40.0 : 60.0)
        })),
    File(name: "nvtop-json.json", format: "nvtop JSON", joules: [:]),
    // A series for each part of the card repeats the card's power; RAPL's are counters.
    File(
      name: "prometheus-pages.prom", format: "Prometheus pages",
      joules: [
        "GPU-a": 15 * (105.5 + 115.5 + 125.5), "package-intel-rapl:0": 45 * 60,
        "package-intel-rapl:1": 45 * 50, "dram-intel-rapl:0:0": 45 * 5, "acpi0-power1": 45 * 400,
      ]),
    File(
      name: "xpu-smi-csv.csv", format: "xpu-smi CSV",
      joules: ["0": 295.5 + 296.5 + 297.5, "1": 3 * 100.25]),
    // Each row is an amount, and the first of them since the start; memory was not counted everywhere.
    File(
      name: "perf-stat.txt", format: "perf stat",
      joules: ["package-0": 60.5 + 61.5 + 62.5, "package-1": 150, "dram-0": 15.75, "dram-1": 0]),
    File(
      name: "powerstat.txt", format: "powerstat",
      joules: [
        "powerstat": 32.5 + 33.5 + 34.5, "package-0": 21.5 + 22.5 + 23.5, "core": 30, "dram": 3,
      ]
    ),
    File(
      name: "intel-power-gadget-csv.csv", format: "Intel Power Gadget CSV",
      joules: ["package-0": 16.25 + 17.25 + 18.25, "cores-0": 28.5, "dram-0": 4.5]),
    File(
      name: "hwinfo-csv.csv", format: "HWiNFO CSV",
      joules: ["package": 65.75 + 66.75 + 67.75, "cores": 121.5, "0": 301 + 302 + 303, "1": 60.75]),
    File(
      name: "energibridge-csv.csv", format: "EnergiBridge CSV",
      joules: ["package": 50, "dram": 4, "cores": 32]),
    File(name: "eco2ai-emission-csv.csv", format: "Eco2AI emission.csv", joules: ["eco2ai": 9500]),
    // What the first row counts is since an unknown time; the sum of all packages is not added again.
    File(
      name: "alumet-csv.csv", format: "Alumet CSV",
      joules: ["package-0": 61.5 + 62.5 + 63.5, "dram-0": 15.75, "00000000:01:00.0": 906]),
    // The counter went on by more than a hundred of its steps.
    File(
      name: "tasmota-json-lines.jsonl", format: "Tasmota JSON lines",
      joules: ["wall": 3 * 0.101 * 3.6e6]),
    // Each value holds until the next that is told.
    File(
      name: "home-assistant-history.json", format: "Home Assistant history",
      joules: ["rig": 30 * 300.5 + 120 * 310.5 + 90 * 290.5 + 10 * 300.5]),
    File(name: "rocm-smi-csv.csv", format: "rocm-smi CSV", joules: [:]),
    // Momentary values: the trapezoids between them.
    File(
      name: "tegrastats.txt", format: "tegrastats",
      joules: ["VDD_IN": 13.1 + 13.3 + 13.5, "VDD_CPU_GPU_CV": 3 * 5.024]),
    File(
      name: "turbostat.txt", format: "turbostat",
      joules: ["packages": 130.5 + 140.5 + 150.5, "cores": 3 * 90.1, "dram": 3 * 12.25]),
    File(name: "ipmitool-dcmi.txt", format: "ipmitool DCMI", joules: ["wall": 1250 + 1350]),
    File(
      name: "ptdaemon-log.txt", format: "PTDaemon log",
      joules: ["wall": 1210.95 + 1220.95 + 1230.95]),
    File(name: "shelly-json-lines.jsonl", format: "Shelly JSON lines", joules: ["wall": 54_000]),
    File(
      name: "powerjoular-csv.csv", format: "PowerJoular CSV",
      joules: ["packages": 61.5 + 62.5 + 63.5, "all": 180, "total": 121.5 + 122.5 + 123.5]),
    File(
      name: "scaphandre-json.json", format: "Scaphandre JSON",
      joules: ["packages": 13 + 14 + 15, "socket-0": 27]),
    // The window of a step is within that of its epoch.
    File(
      name: "zeus-windows.csv", format: "Zeus windows",
      joules: ["0": 6100, "1": 1210, "package-0": 810]),
    File(
      name: "carbontracker-log.log", format: "Carbontracker log",
      joules: ["0": 5100, "1": 2010, "package-0": 800]),
    // A series for each part of the card repeats the card's power.
    File(
      name: "prometheus-query-range.json", format: "Prometheus query_range",
      joules: ["GPU-a": 15 * (105.5 + 115.5 + 125.5)]),
    File(
      name: "w-b-system-metrics.jsonl", format: "W&B system metrics",
      joules: ["0": 30 * (310.5 + 320.5 + 330.5), "1": 90 * 65.5]),
    File(
      name: "gpu-table.csv", format: "GPU table",
      joules: ["0": 305.5 + 315.5 + 325.5, "1": 180]),
  ]

  /// An hour after what the files tell of: some know no day of their own.
  private static let written = Timestamp(nanoseconds: 1_773_504_000_000_000_000)

  @Test func everyFormatHasAFile() {
    let formats = PowerLogs.all.map { $0.name }
    let entries = Set(Self.files.map(\.format))
    for format in formats where !entries.contains(format) {
      Issue.record(
        "“\(format)” has no entry in Tests/RecordingsTests/Import/PowerLogFixtureTests.swift")
    }
    for entry in entries.subtracting(formats) { Issue.record("no format is called “\(entry)”") }
    for name in Fixtures.names(in: "power") {
      let stem = name.split(separator: ".").first.map(String.init) ?? name
      #expect(formats.map(Fixtures.name).contains(stem), "\(name)")
    }
    for format in formats {
      let stem = Fixtures.name(format) + "."
      #expect(
        Fixtures.names(in: "power").contains { $0.hasPrefix(stem) },
        "“\(format)” has no sample: put Tests/Fixtures/power/\(stem)txt there")
    }
  }

  @Test(arguments: files) func aFileSaysWhatItHolds(file: File) throws {
    guard !file.joules.isEmpty else {
      #expect(throws: ImportError.self) { try PowerLogFile.read(file.bytes, path: file.name) }
      return
    }
    var log = try #require(try PowerLogFile.read(file.bytes, path: file.name))
    log.modified = Self.written
    #expect(log.format == file.format)
    let found = try PowerLogAssembly([log], machine: "box").observations
    var timeline = Timeline()
    timeline.apply(found)
    let span = try #require(timeline.span)
    #expect(Set(timeline.devices.map(\.id.name)) == Set(file.joules.keys))
    for device in timeline.devices {
      let right = try #require(file.joules[device.id.name])
      let id = timeline.id(.energy, of: device.id) ?? timeline.id(.power, of: device.id)
      let joules = id.map { timeline.total($0, over: span).amount } ?? 0
      #expect(abs(joules - right) <= 0.005 * right, "\(device.id.name): \(joules)")
    }
    let attributes = timeline.devices.first?.attributes ?? [:]
    #expect(attributes.merging(file.attributes) { _, right in right } == attributes)
  }

  /// One number that was told, and when.
  private struct Number: Hashable {
    var time: Timestamp
    var device: DeviceID
    var metric: Metric
    var value: Double
  }

  private func numbers(_ bytes: [UInt8], _ name: String) -> Set<Number> {
    guard var log = try? PowerLogFile.read(bytes, path: name) else { return [] }
    log.modified = Self.written
    guard let found = try? PowerLogAssembly([log], machine: "box").observations
    else { return [] }
    var result: Set<Number> = []
    for case .reading(let reading) in found {
      for entry in reading.values {
        result.insert(
          Number(
            time: reading.time, device: reading.device, metric: entry.metric, value: entry.value))
      }
    }
    return result
  }

  @Test(arguments: files) func aTornFileTellsNoOtherNumber(file: File) {
    let bytes = file.bytes
    let whole = numbers(bytes, file.name)
    #expect(whole.isEmpty == file.joules.isEmpty)
    var strange: [Int] = []
    // Everywhere in a short file, and in a long one at places that fall on all kinds of bytes.
    for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 401))
    where !numbers(Array(bytes.prefix(count)), file.name).isSubset(of: whole) {
      strange.append(count)
    }
    #expect(strange.isEmpty)
  }
}
