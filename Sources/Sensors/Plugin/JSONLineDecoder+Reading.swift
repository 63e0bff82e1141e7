import Formats
import Quantities
import Telemetry

extension JSONLineDecoder {
  /// Reads the value of `reading`: what one device said at one time.
  mutating func reading(
    _ scanner: inout JSONScanner, _ now: Timestamp
  ) throws(JSONFault) -> [Observation] {
    var naming = DeviceNaming()
    var (time, arrival): (Timestamp?, Timestamp?) = (nil, nil)
    pending.removeAll(keepingCapacity: true)
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if try name(&naming, key, &scanner) {
        continue
      } else if scanner.equals(key, "time") {
        time = try timestamp(&scanner)
      } else if scanner.equals(key, "arrival") {
        arrival = try timestamp(&scanner)
      } else if scanner.equals(key, "values") {
        try scanner.beginObject()
        var isFirst = true
        while let key = try scanner.nextKey(&isFirst) { try value(&scanner, key) }
      } else {
        try value(&scanner, key)
      }
    }
    guard let kind = naming.kind else {
      throw JSONFault("a reading needs a “kind”, such as \"gpu\"")
    }
    guard let name = naming.name else {
      throw JSONFault("a reading needs a “device”, such as \"0\"")
    }
    let place = try place(naming.machine, kind, name)
    let id = devices[place].id
    var result = unsaid
    unsaid = []
    if !devices[place].isAnnounced {
      devices[place].isAnnounced = true
      result.append(.device(unannounced(id)))
    }
    var reading = Reading(device: id, time: time ?? now, arrival: arrival)
    do throws(JSONFault) {
      for (name, number) in pending { try fill(&reading, name, number, place, &result) }
    } catch {
      unsaid = result
      throw error
    }
    if !reading.isEmpty { result.append(.reading(reading)) }
    return result
  }

  /// Adds one value to a reading, and before it what its name means, where that is new.
  private mutating func fill(
    _ reading: inout Reading, _ name: Int, _ number: JSONNumber, _ place: Int,
    _ result: inout [Observation]
  ) throws(JSONFault) {
    let use: MetricUse
    if let known = devices[place].uses[name] {
      use = known
    } else {
      use = try newUse(name, place, &result)
    }
    guard let steps = use.steps(number) else {
      throw JSONFault("“\(names.names[name])” is too large")
    }
    try check(steps, of: use.metric, called: names.names[name])
    reading.set(use.metric, steps: steps)
  }

  /// Refuses what the metric cannot be: it would spoil every total it enters.
  private func check(_ steps: Int64, of metric: Metric, called name: String) throws(JSONFault) {
    let value = Double(steps) * metric.scale
    let range = metric.range
    guard !range.contains(value) else { return }
    if value < 0, range.lowerBound >= 0 { throw JSONFault("“\(name)” is below zero") }
    throw JSONFault(
      "“\(name)” says \(metric.text(value)), but \(metric.title) is from "
        + "\(metric.text(range.lowerBound)) to \(metric.text(range.upperBound))")
  }

  /// What a line is about when it names no machine: grids belong to none.
  func defaultMachine(_ kind: DeviceKind) -> String {
    kind == .grid || kind == .site ? "" : machine
  }

  func kind(_ scanner: inout JSONScanner) throws(JSONFault) -> DeviceKind {
    let name = try scanner.string(cap: 33)
    let isPlain = name.utf8.allSatisfy { 0x61...0x7A ~= $0 || $0 == 0x5F }
    guard isPlain, 1...32 ~= name.utf8.count else {
      throw JSONFault("a kind has 1 to 32 lower-case letters, “\(name)” does not")
    }
    return DeviceKind(name)
  }

  /// The name of a device, which may be written as a number.
  func deviceName(_ scanner: inout JSONScanner) throws(JSONFault) -> String {
    if scanner.peek() == UInt8(ascii: "\"") { return try scanner.string() }
    guard let number = try scanner.number().whole() else { throw JSONFault("a name is too long") }
    return String(number)
  }

  /// A time as seconds since 1970 or as a text; `nil` for `null`.
  func timestamp(_ scanner: inout JSONScanner) throws(JSONFault) -> Timestamp? {
    if scanner.takeWord("null") { return nil }
    if scanner.peek() == UInt8(ascii: "\"") {
      let text = try scanner.string(cap: 64)
      guard let nanoseconds = RFC3339.nanoseconds(text.utf8) else {
        throw JSONFault(
          "“\(text)” is no time with a zone, such as 2026-11-23T20:00:00Z")
      }
      return try plausible(Timestamp(nanoseconds: nanoseconds))
    }
    guard let nanoseconds = try scanner.number().whole(shift: 9) else {
      throw JSONFault("a time is in seconds since 1970; this one is too far away")
    }
    return try plausible(Timestamp(nanoseconds: nanoseconds))
  }

  /// Nothing that speaks of another century was measured: it would only stretch the session.
  private func plausible(_ time: Timestamp) throws(JSONFault) -> Timestamp {
    guard PlausibleTime.recorded.contains(time) else {
      throw JSONFault("a time is in seconds since 1970, within the years 2000 to 2099")
    }
    return time
  }

  private mutating func value(
    _ scanner: inout JSONScanner, _ key: Range<Int>
  ) throws(JSONFault) {
    let raw = UnsafeBufferPointer(rebasing: scanner.bytes[key])
    guard 1...64 ~= raw.count, raw.allSatisfy(Self.isNamePart) else {
      let name = try scanner.text(key, cap: 40)
      throw JSONFault(
        "“\(name)” is no name of a value: 1 to 64 letters, digits and the signs _ . / -")
    }
    if scanner.takeWord("null") { return }
    guard pending.count < Limit.values.rawValue else { throw excess(.values) }
    for word: StaticString in ["NaN", "Infinity", "-Infinity", "nan", "inf", "-inf"]
    where scanner.takeWord(word) {
      throw JSONFault("“\(word)” is no value; leave the member out or write null")
    }
    let number = try scanner.number()
    guard let name = names.place(of: raw) else { throw excess(.names) }
    pending.append((name, number))
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    0x61...0x7A ~= byte || 0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x2D...0x2F ~= byte
      || byte == 0x5F
  }

  /// Decides what a name means for a device that no line described, and says so.
  private mutating func newUse(
    _ name: Int, _ place: Int, _ result: inout [Observation]
  ) throws(JSONFault) -> MetricUse {
    try countSeries()
    let text = names.names[name]
    var note = ""
    let use: MetricUse
    if let known = MetricUse(named: text) {
      use = known
    } else {
      use = MetricUse(metric: Metric(custom: text, .count, scale: 1e-6), factor: 1)
      note = "nobody said what it is"
    }
    devices[place].uses[name] = use
    if text != use.metric.name, let exact = names.place(of: use.metric.name) {
      // Announced under its own name already, perhaps by a series line.
      if devices[place].uses[exact] != nil { return use }
      devices[place].uses[exact] = MetricUse(metric: use.metric, factor: nil)
    }
    result.append(
      .series(
        SeriesDescriptor(
          device: devices[place].id, metric: use.metric,
          provenance: Provenance(
            source: source, method: .init(usualOf: use.metric), note: note))))
    return use
  }
}
