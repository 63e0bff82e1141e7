import Formats
import Telemetry

extension MetricPage {
  /// The page as a body of OTLP over HTTP, in its JSON form, for `/v1/metrics`.
  ///
  /// Source: OTLP 1.5 (opentelemetry-proto, `metrics/v1/metrics.proto`, JSON mapping). Counters are
  /// cumulative since `since`, which does not change when the agent is started anew.
  public func otlp(since: Timestamp, at time: Timestamp, host: String, _ version: String) -> String
  {
    var json = JSONWriter()
    json.raw("{\"resourceMetrics\":[{\"resource\":{\"attributes\":[")
    Self.attributes(
      [("service.name", "hippowatt"), ("service.version", version), ("host.name", host)], to: &json)
    json.raw("]},\"scopeMetrics\":[{\"scope\":{\"name\":\"hippowatt\",\"version\":")
    json.string(version)
    json.raw("},\"metrics\":[")
    var isFirst = true
    for family in families {
      if !isFirst { json.raw(",") }
      isFirst = false
      Self.append(family, since, time, to: &json)
    }
    json.raw("]}]}]}")
    return json.text
  }

  private static func append(
    _ family: Family, _ since: Timestamp, _ time: Timestamp, to json: inout JSONWriter
  ) {
    let metric = family.metric
    let hardware = HardwareName.of(metric)
    json.raw("{\"name\":")
    json.string(hardware?.name ?? metric.name)
    json.member("unit", HardwareName.unit(of: metric))
    json.member("description", metric.help)
    // AGGREGATION_TEMPORALITY_CUMULATIVE is 2.
    json.raw(
      metric.kind == .counter
        ? ",\"sum\":{\"aggregationTemporality\":2,\"isMonotonic\":true,\"dataPoints\":["
        : ",\"gauge\":{\"dataPoints\":[")
    for (place, sample) in family.samples.enumerated() {
      json.raw(place == 0 ? "{" : ",{")
      if metric.kind == .counter { json.raw("\"startTimeUnixNano\":\"\(since.nanoseconds)\",") }
      json.raw("\"timeUnixNano\":\"\(time.nanoseconds)\",\"asDouble\":\(number(sample.value))")
      json.raw(",\"attributes\":[")
      let type = hardware?.type.map { [("hw.type", $0)] } ?? []
      let labels = zip(metric.labels, sample.labels).filter { !$0.1.isEmpty }
        .map { (HardwareName.attribute($0.0), $0.1) }
      attributes(type + labels, to: &json)
      json.raw("]}")
    }
    json.raw("]}}")
  }

  private static func attributes(_ list: [(String, String)], to json: inout JSONWriter) {
    for (place, (name, value)) in list.enumerated() {
      json.raw(place == 0 ? "{\"key\":" : ",{\"key\":")
      json.string(name)
      json.raw(",\"value\":{\"stringValue\":")
      json.string(value)
      json.raw("}}")
    }
  }
}
