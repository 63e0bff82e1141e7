import Quantities
import Telemetry

/// All metrics at one time, ready to be written.
public struct MetricPage: Sendable {
  /// A metric with its samples.
  public struct Family: Sendable {
    /// What the samples are of.
    public let metric: ExportedMetric
    /// The samples, in a stable order.
    public let samples: [ExportedMetric.Sample]
  }

  /// The metrics that have a sample, in the order of the catalogue.
  public let families: [Family]

  /// Asks every metric of the catalogue; counters go on where earlier runs of the agent left them.
  public init(
    _ query: ExportQuery, counters: inout CounterBook,
    metrics: [ExportedMetric] = ExportedMetric.all
  ) {
    families = metrics.compactMap { metric in
      var samples = metric.samples(query).filter(\.value.isFinite)
      if metric.kind == .counter {
        samples = samples.map { sample in
          // A board that is counted anew is still itself: its UUID stands in the label after the number.
          let labels =
            metric.labels.first == "gpu" ? Array(sample.labels.dropFirst()) : sample.labels
          return .init(
            sample.labels,
            counters.tell(.init(metric.name, labels), sample.value, at: query.span.end))
        }
      }
      return samples.isEmpty ? nil : Family(metric: metric, samples: samples)
    }
    counters.forget(before: query.span.end + -CounterBook.memory)
  }

  /// How many series it has.
  public var count: Int { families.reduce(0) { $0 + $1.samples.count } }
}

/// How a page is written.
public enum Exposition: UInt8, Sendable, CaseIterable {
  /// OpenMetrics 1.0 (`application/openmetrics-text`).
  case openMetrics = 1
  /// Prometheus' own text format 0.0.4, which the textfile collector reads as well.
  case prometheus = 2

  /// The media type that a server answers with.
  public var contentType: String {
    switch self {
    case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
    case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
    }
  }
}

extension MetricPage {
  /// The page as text.
  ///
  /// Source: OpenMetrics 1.0 (RFC draft-richih-opsawg-openmetrics) and Prometheus' “Exposition formats”.
  public func text(_ exposition: Exposition) -> String {
    var text = ""
    text.reserveCapacity(count * 120)
    for family in families {
      let metric = family.metric
      let name = exposition == .openMetrics ? metric.family : metric.name
      let kind =
        exposition == .prometheus && metric.kind == .info ? "gauge" : metric.kind.rawValue
      text += "# HELP \(name) \(metric.help).\n# TYPE \(name) \(kind)\n"
      if exposition == .openMetrics, let unit = metric.unit { text += "# UNIT \(name) \(unit)\n" }
      for sample in family.samples { Self.append(sample, of: metric, to: &text) }
    }
    if exposition == .openMetrics { text += "# EOF\n" }
    return text
  }

  private static func append(
    _ sample: ExportedMetric.Sample, of metric: ExportedMetric, to text: inout String
  ) {
    text += metric.name
    var isFirst = true
    for (label, value) in zip(metric.labels, sample.labels) where !value.isEmpty {
      text += isFirst ? "{" : ","
      isFirst = false
      text += label + "=\"" + escaped(value) + "\""
    }
    if !isFirst { text += "}" }
    text += " " + number(sample.value) + "\n"
  }

  /// The longest value of a label, in characters.
  private static let longest = 200

  /// A label's value: what names hold is anybody's, so control characters and what is too long are left out.
  static func escaped(_ value: String) -> String {
    var result = ""
    for scalar in value.unicodeScalars.prefix(longest) {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      case _ where scalar.properties.generalCategory == .control: continue
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A number, to a millionth where that is not lost anyway: sums of thousandths have no more to say.
  static func number(_ value: Double) -> String {
    var value = value
    if abs(value) < 1e9 { value = (value * 1e6).rounded() / 1e6 }
    if let whole = Int64(exactly: value), abs(whole) < 1 << 53 { return String(whole) }
    return value.description
  }
}
