import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import Sensors

@Suite struct JSONLinesTests {
  static let arrival = Timestamp(nanoseconds: 1_790_000_000_123_456_789)

  static func decode(_ line: String) throws(JSONLineError) -> [Observation] {
    var decoder = JSONLineDecoder(machine: "here", source: "exec")
    return try decoder.decode(line, arrival: arrival)
  }

  static func readings(_ observations: [Observation]) -> [Reading] {
    observations.compactMap { if case .reading(let reading) = $0 { reading } else { nil } }
  }

  @Test func everythingTheSimulationSaysComesBackTheSame() throws {
    var said: [Observation] = []
    try SimulatedSource.observations(
      machine: "bo\"x\\ é", from: Self.arrival, to: Self.arrival + 300, every: 7.3
    ) { said += $0 }
    said.append(.event(Event(time: Self.arrival, kind: .mark, text: "größer → “2×”")))
    said.append(
      .state(
        SourceState(
          source: "nvml", time: Self.arrival, health: .denied, message: "no", remedy: "ask")))
    var grid = GridStatement(
      device: DeviceID(machine: "", kind: .grid, name: "rte:FR"),
      span: TimeSpan(Self.arrival - 900, Self.arrival), said: Self.arrival + 5, quality: .estimated)
    for metric in Metric.gridMetrics { grid.set(metric, 0.123456) }
    said.append(.grid(grid))
    var decoder = JSONLineDecoder(machine: "elsewhere", source: "?")
    var heard: [Observation] = []
    for observation in said {
      let line = JSONLines.encode(observation)
      #expect(!line.utf8.contains(0x0A))
      heard += try decoder.decode(line, arrival: Self.arrival + 999)
    }
    #expect(heard.count == said.count)
    for (one, other) in zip(said, heard) where one != other {
      Issue.record("said \(one), heard \(other)")
    }
    for (one, other) in zip(said, heard) {
      guard case .reading(let one) = one, case .reading(let other) = other else { continue }
      #expect(one.values.map(\.metric.scale) == other.values.map(\.metric.scale))
    }
  }

  @Test func customMetricsNamedLikeMembersComeBack() throws {
    let device = DeviceID(machine: "m", kind: "pump", name: "a")
    let metric = Metric(custom: "time", .second, scale: 1e-3, counter: true)
    let descriptor = SeriesDescriptor(
      device: device, metric: metric,
      provenance: Provenance(
        source: "x", method: .counter, period: 0.1, range: 4294.967295, note: "n"))
    var reading = Reading(device: device, time: Self.arrival - 5, arrival: Self.arrival)
    reading.set(metric, steps: Int64.max)
    reading.set(.temperature, steps: -40_000)
    var decoder = JSONLineDecoder(machine: "elsewhere", source: "?")
    _ = try decoder.decode(JSONLines.encode(.series(descriptor)), arrival: Self.arrival)
    let line = JSONLines.encode(.reading(reading))
    let heard = try Self.readings(decoder.decode(line, arrival: Self.arrival))
    #expect(heard.first?.device == device)
    #expect(heard.first?.time == reading.time)
    #expect(heard.first?.arrival == reading.arrival)
    #expect(heard.first.map { Set($0.values) } == Set(reading.values))
    #expect(heard.first?.values.first { $0.metric == metric }?.metric.scale == 1e-3)
  }

  @Test func aSensorWrittenByHandIsUnderstood() throws {
    let line = #"""
      {"reading": {"device": 0, "kind": "gpu", "power_w": 312.5, "energy_kwh": 1.5,
      "temperature_c": 61, "utilization_percent": 98.5, "sm_clock_mhz": 1980, "bees": 3.25,
      "memory_used_gib": null}}
      """#
    let heard = try Self.decode(line)
    let device = DeviceID(machine: "here", kind: .gpu, name: "0")
    #expect(heard.first == .device(Device(id: device, label: "0")))
    let reading = try #require(Self.readings(heard).first)
    #expect(reading.time == Self.arrival)
    let steps = Dictionary(uniqueKeysWithValues: reading.values.map { ($0.metric.name, $0.steps) })
    #expect(
      steps == [
        "power_mw": 312_500, "energy_uj": 5_400_000_000_000, "temperature_mc": 61_000,
        "utilization_ppm": 985_000, "sm_clock_hz": 1_980_000_000, "bees": 3_250_000,
      ])
    let series = heard.compactMap { observation -> SeriesDescriptor? in
      if case .series(let descriptor) = observation { descriptor } else { nil }
    }
    #expect(series.count == 6)
    #expect(series.first { $0.metric == .energy }?.provenance.method == .counter)
    #expect(series.first { $0.metric.name == "bees" }?.metric.unit == .count)
  }

  @Test func aSeriesLineGivesANameItsUnit() throws {
    var decoder = JSONLineDecoder(machine: "here", source: "exec")
    let first = try decoder.decode(
      #"{"series":{"kind":"meter","device":"ups","metric":"battery","unit":"1","note":"left"}}"#,
      arrival: Self.arrival)
    #expect(first.count == 2)
    let heard = try decoder.decode(
      #"{"reading":{"kind":"meter","device":"ups","time":"2026-11-23T21:00:00+01:00","battery":0.875}}"#,
      arrival: Self.arrival)
    #expect(heard.count == 1)
    let reading = try #require(Self.readings(heard).first)
    #expect(reading.values.first?.value == 0.875)
    #expect(reading.values.first?.metric.unit == .ratio)
    #expect(reading.time.nanoseconds == 1_795_464_000_000_000_000)
  }

  @Test(arguments: [
    ("", "wall", "", DeviceRole.machine), ("", "psu-1", "", .sensor),
    ("", "wall", #","role":"sensor""#, .sensor), ("", "bmc", #","role":"machine""#, .machine),
    ("{\"hippowatt\":1}", "wall", "", .machine), ("{\"hippowatt\":2}", "wall", "", .sensor),
    ("{\"hippowatt\":2}", "psu-1", #","role":"component""#, .component),
  ])
  func aMeterIsWhatItSaysItIs(
    header: String, name: String, says: String, role: DeviceRole
  ) throws {
    var decoder = JSONLineDecoder(machine: "here", source: "exec")
    _ = try decoder.decode(header, arrival: Self.arrival)
    let heard = try decoder.decode(
      #"{"device":{"kind":"meter","name":"\#(name)"\#(says)}}"#, arrival: Self.arrival)
    guard case .device(let device)? = heard.first else {
      Issue.record("no device was heard of")
      return
    }
    #expect(device.role == role)
  }

  @Test func theHeaderNamesTheMachineAndTheVersion() throws {
    var decoder = JSONLineDecoder(machine: "here", source: "stdin")
    #expect(try decoder.decode(JSONLines.header(machine: "there"), arrival: Self.arrival).isEmpty)
    let heard = try decoder.decode(
      #"{"reading":{"kind":"gpu","device":"0","power_mw":1}}"#, arrival: Self.arrival)
    #expect(Self.readings(heard).first?.device.machine == "there")
    let error = #expect(throws: JSONLineError.self) {
      try decoder.decode(#"{"hippowatt":3}"#, arrival: Self.arrival)
    }
    #expect(error?.isFinal == true)
    #expect(error?.line == 3)
    #expect(error?.message.contains("newer") == true)
  }

  @Test(arguments: [
    ("", nil), ("   \r\n", nil), ("hello", "expected “{”, found “hello”"),
    ("{}", "empty"), (#"{"reeding":{}}"#, "“reeding” is none of"),
    (#"{"reading":{"device":"0","power_mw":1}}"#, "needs a “kind”"),
    (#"{"reading":{"kind":"gpu","power_mw":1}}"#, "needs a “device”"),
    (#"{"reading":{"kind":"gpu","device":"0","power_w":NaN}}"#, "“NaN” is no value"),
    (#"{"reading":{"kind":"gpu","device":"0","power_w":-Infinity}}"#, "is no value"),
    (#"{"reading":{"kind":"gpu","device":"0","power_w":1e999}}"#, "too large"),
    (#"{"reading":{"kind":"gpu","device":"0","power_w":-300}}"#, "below zero"),
    (#"{"reading":{"kind":"gpu","device":"0","power_mw":9223372036854775808}}"#, "too large"),
    (#"{"reading":{"kind":"gpu","device":"0","power_w":"12"}}"#, "expected a number"),
    (#"{"reading":{"kind":"GPU","device":"0"}}"#, "lower-case"),
    (#"{"reading":{"kind":"gpu","device":"0","time":1e30,"power_w":1}}"#, "too far away"),
    (#"{"reading":{"kind":"gpu","device":"0","time":"2026-11-23T20:00:00"}}"#, "with a zone"),
    (#"{"reading":{"kind":"gpu","device":"0","a b":1}}"#, "no name of a value"),
    (#"{"reading":{"kind":"gpu","device":"0","power_w":1}} x"#, "end of the line"),
    (#"{"reading":{"kind":"gpu","device":"0","power_w":1"#, "“,” or “}”"),
    (#"{"event":{"kind":"party"}}"#, "there are: mark, gap, note"),
    (#"{"series":{"kind":"gpu","device":"0","metric":"power_mw","scale":1}}"#, "choose another"),
    (#"{"event":{"x":\#(String(repeating: "[", count: 5000))}}"#, "nested"),
    (#"{"event":{"text":"abc\"#, "no end"),
  ]) func badLinesAreNamedInWords(line: String, words: String?) throws {
    do throws(JSONLineError) {
      let heard = try Self.decode(line)
      #expect(words == nil && heard.isEmpty)
    } catch {
      #expect(error.message.contains(words ?? "nothing"), "\(error)")
      #expect(error.line == 1)
    }
  }

  @Test func textsAreCappedAndHarmless() throws {
    let long = String(repeating: "é", count: 9000)
    let heard = try Self.decode(
      #"{"event":{"kind":"note","text":"a\u001b[2Jb\ud83d\ude00\ud800\#(long)"}}"#)
    guard case .event(let event)? = heard.first else {
      Issue.record("no event")
      return
    }
    #expect(event.text.hasPrefix("a [2Jb😀\u{FFFD}é"))
    #expect(event.text.utf8.count <= 4096)
    let wide = "{\"event\":{\"text\":\"" + String(repeating: "x", count: 1 << 20) + "\"}}"
    #expect(throws: JSONLineError.self) { try Self.decode(wide) }
  }

  @Test func junkNeverStopsTheDecoder() throws {
    var decoder = JSONLineDecoder(machine: "here", source: "exec")
    let noise = ValueNoise(seed: 4)
    let good = Array(
      #"{"reading":{"kind":"gpu","device":"0","time":1.5,"power_w":3e2,"x":[1]}}"#.utf8)
    for round in 0..<3000 {
      var bytes = good
      for change in 0..<4 {
        let place = Int((noise.value(change, round) + 1) / 2 * Double(bytes.count - 1))
        bytes[place] = UInt8((noise.value(change + 9, round) + 1) / 2 * 255)
      }
      _ = try? decoder.decode(bytes: bytes, arrival: Self.arrival)
    }
    #expect(decoder.lineCount == 3000)
    let line = #"{"reading":{"kind":"meter","device":"last","power_w":5}}"#
    #expect(try Self.readings(decoder.decode(line, arrival: Self.arrival)).count == 1)
  }

  @Test func whatAStreamMakesUsKeepIsBounded() throws {
    var decoder = JSONLineDecoder(machine: "here", source: "exec")
    var refused = 0
    for index in 0..<5000 {
      let line = #"{"reading":{"kind":"gpu","device":"\#(index)","v\#(index)":1}}"#
      if (try? decoder.decode(line, arrival: Self.arrival)) == nil { refused += 1 }
    }
    #expect(refused == 5000 - JSONLineDecoder.Limit.names.rawValue)
  }

  @Test(arguments: [
    ("0", 0), ("-0.0", 0), ("12", 12), ("12.5", 13), ("-12.5", -13), ("1e3", 1000),
    ("1.2345e4", 12345), ("9223372036854775807", Int64.max), ("9223372036854775808", nil),
    ("1e-400", 0), ("0.00000000000000000000000000001", 0), ("12345678901234567890123", nil),
  ]) func numbersAreTakenFromTheirDigits(text: String, whole: Int64?) throws {
    let number = try Array(text.utf8).withUnsafeBufferPointer { buffer in
      var scanner = JSONScanner(buffer)
      return try scanner.number()
    }
    #expect(number.whole() == whole)
    #expect(number.double == Double(text))
  }
}
