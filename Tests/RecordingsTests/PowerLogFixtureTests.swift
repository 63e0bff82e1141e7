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
    /// Joules of each device, by its name.
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
  ]

  @Test func everyFormatHasAFile() {
    let formats = PowerLogs.all.map { $0.name }
    #expect(Set(Self.files.map(\.format)) == Set(formats))
    for name in Fixtures.names(in: "power") {
      let stem = name.split(separator: ".").first.map(String.init) ?? name
      #expect(formats.map(Fixtures.name).contains(stem), "\(name)")
    }
    for format in formats {
      let stem = Fixtures.name(format) + "."
      #expect(Fixtures.names(in: "power").contains { $0.hasPrefix(stem) }, "\(format)")
    }
  }

  @Test(arguments: files) func aFileSaysWhatItHolds(file: File) throws {
    let log = try #require(try PowerLogFile.read(file.bytes, path: file.name))
    #expect(log.format == file.format)
    let found = try PowerLogAssembly([log], machine: "box").observations
    var timeline = Timeline()
    timeline.apply(found)
    let span = try #require(timeline.span)
    #expect(Set(timeline.devices.map(\.id.name)) == Set(file.joules.keys))
    for device in timeline.devices {
      let id = try #require(timeline.id(.power, of: device.id))
      let right = try #require(file.joules[device.id.name])
      let joules = timeline.total(id, over: span).amount
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
    guard let log = try? PowerLogFile.read(bytes, path: name),
      let found = try? PowerLogAssembly([log], machine: "box").observations
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
    #expect(!whole.isEmpty)
    var strange: [Int] = []
    for count in bytes.indices
    where !numbers(Array(bytes.prefix(count)), file.name).isSubset(of: whole) {
      strange.append(count)
    }
    #expect(strange.isEmpty)
  }
}
