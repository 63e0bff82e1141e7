import Formats
import Quantities
import Telemetry

/// The lines in which observations travel as text: one JSON object a line, one member in it.
///
///     {"hippowatt":2,"machine":"box"}
///     {"device":{"machine":"box","kind":"gpu","name":"0","label":"0","model":"H100"}}
///     {"series":{"kind":"gpu","device":"0","metric":"power_mw","source":"nvml","method":"average"}}
///     {"reading":{"kind":"gpu","device":"0","time":1732390000.25,"power_mw":312500}}
///     {"event":{"time":1732390001,"kind":"mark","text":"new batch size"}}
///     {"state":{"source":"nvml","time":1732390000,"health":"ok","message":"8 GPUs"}}
///
/// The first line is optional and names the format's version and the machine of all lines that
/// name none. `time` is in seconds since 1970 UTC to the nanosecond, or a text such as
/// `2026-11-23T20:00:00Z`, or missing: then it is the time of arrival. `arrival` stands beside it
/// where it differs.
///
/// A device may say its `role` (`DeviceRole`: machine, component, sensor, …), the roles it `contains`,
/// and of which device it is a `part_of`; an event the `device` it happened to and its `cause`. Where
/// a stream names format 2 and a device no role, it is what its kind usually is; without a first line
/// a processor's and a meter's former names still stand for their roles (`Device.withFormerRole`).
///
/// The other members of a reading are values. A name of `Metric.known` counts whole steps:
/// `"power_mw":312500`. Written by hand, `"power_w":312.5` says the same (`MetricUse`). Any
/// other name is a value of the sensor's own. A line `series` beforehand says what it is: `unit`,
/// `counter`, `method`, `period`, `range`, `note`; with a `scale` its values count steps of that,
/// without one they are in the unit and may have decimals. With no such line it is a plain gauge.
public enum JSONLines {
  /// The version this program writes, and the newest it reads.
  public static let version = 2

  /// The first line: version and machine.
  public static func header(machine: String) -> String {
    var writer = JSONWriter()
    writer.raw("{\"hippowatt\":\(version)")
    writer.member("machine", machine)
    writer.raw("}")
    return writer.text
  }

  /// The line that says `observation`, without a line feed.
  public static func encode(_ observation: Observation) -> String {
    var bytes: [UInt8] = []
    encode(observation, into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the line that says `observation`, without a line feed.
  public static func encode(_ observation: Observation, into bytes: inout [UInt8]) {
    var writer = JSONWriter()
    swap(&writer.bytes, &bytes)
    switch observation {
    case .device(let device): writer.write(device)
    case .series(let descriptor): writer.write(descriptor)
    case .reading(let reading): writer.write(reading)
    case .grid(let statement): writer.write(statement)
    case .event(let event): writer.write(event)
    case .state(let state): writer.write(state)
    }
    swap(&writer.bytes, &bytes)
  }

  /// The members of a reading that are not values.
  static let reserved: Set<String> = ["machine", "kind", "device", "time", "arrival", "values"]
}

extension JSONWriter {
  mutating func write(_ device: Device) {
    raw("{\"device\":{\"machine\":")
    string(device.id.machine)
    member("kind", device.id.kind.name)
    member("name", device.id.name)
    member("label", device.label)
    if !device.model.isEmpty { member("model", device.model) }
    member("role", device.role.rawValue)
    if let contents = device.contents {
      let names = contents.map(\.rawValue).sorted().map { "\"\($0)\"" }
      raw(",\"contains\":[\(names.joined(separator: ","))]")
    }
    if let parent = device.parent { write(parent, as: "part_of") }
    if !device.attributes.isEmpty {
      raw(",\"attributes\":{")
      var isFirst = true
      for (key, value) in device.attributes.sorted(by: { $0.key < $1.key }) {
        if !isFirst { raw(",") }
        isFirst = false
        string(key)
        raw(":")
        string(value)
      }
      raw("}")
    }
    raw("}}")
  }

  /// Appends which device something speaks of.
  private mutating func write(_ device: DeviceID, as key: String) {
    raw(",\"\(key)\":{\"machine\":")
    string(device.machine)
    member("kind", device.kind.name)
    member("name", device.name)
    raw("}")
  }

  mutating func write(_ series: SeriesDescriptor) {
    raw("{\"series\":{\"machine\":")
    string(series.device.machine)
    member("kind", series.device.kind.name)
    member("device", series.device.name)
    member("metric", series.metric.name)
    member("unit", series.metric.unit.rawValue)
    member("scale", number: series.metric.scale)
    if series.metric.isCounter { raw(",\"counter\":true") }
    member("source", series.provenance.source)
    member("method", series.provenance.method.rawValue)
    member("period", number: series.provenance.period)
    if series.provenance.range > 0 { member("range", number: series.provenance.range) }
    if !series.provenance.note.isEmpty { member("note", series.provenance.note) }
    raw("}}")
  }

  mutating func write(_ reading: Reading) {
    raw("{\"reading\":{\"machine\":")
    string(reading.device.machine)
    member("kind", reading.device.kind.name)
    member("device", reading.device.name)
    raw(",\"time\":")
    seconds(nanoseconds: reading.time.nanoseconds)
    if reading.arrival != reading.time {
      raw(",\"arrival\":")
      seconds(nanoseconds: reading.arrival.nanoseconds)
    }
    // A sensor may call a value “time”; such a name goes where it cannot be mistaken.
    let clashes = reading.values.filter { JSONLines.reserved.contains($0.metric.name) }
    for entry in reading.values where !JSONLines.reserved.contains(entry.metric.name) {
      raw(",")
      string(entry.metric.name)
      raw(":")
      whole(entry.steps)
    }
    for (index, entry) in clashes.enumerated() {
      raw(index == 0 ? ",\"values\":{" : ",")
      string(entry.metric.name)
      raw(":")
      whole(entry.steps)
    }
    raw(clashes.isEmpty ? "}}" : "}}}")
  }

  mutating func write(_ statement: GridStatement) {
    raw("{\"grid\":{\"device\":")
    string(statement.device.name)
    raw(",\"start\":")
    seconds(nanoseconds: statement.span.start.nanoseconds)
    raw(",\"end\":")
    seconds(nanoseconds: statement.span.end.nanoseconds)
    raw(",\"said\":")
    seconds(nanoseconds: statement.said.nanoseconds)
    member("quality", statement.quality.rawValue)
    for entry in statement.values { raw(",\"\(entry.metric.name)\":\(entry.steps)") }
    raw("}}")
  }

  mutating func write(_ event: Event) {
    raw("{\"event\":{\"time\":")
    seconds(nanoseconds: event.time.nanoseconds)
    member("kind", event.kind.rawValue)
    member("text", event.text)
    if let device = event.device { write(device, as: "device") }
    if let cause = event.cause { member("cause", cause.rawValue) }
    raw("}}")
  }

  mutating func write(_ state: SourceState) {
    raw("{\"state\":{\"source\":")
    string(state.source)
    if state.kind != state.source { member("kind", state.kind) }
    if !state.machine.isEmpty { member("machine", state.machine) }
    raw(",\"time\":")
    seconds(nanoseconds: state.time.nanoseconds)
    member("health", state.health.rawValue)
    if !state.message.isEmpty { member("message", state.message) }
    if !state.remedy.isEmpty { member("remedy", state.remedy) }
    raw("}}")
  }
}
