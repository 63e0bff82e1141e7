import Telemetry

extension [Observation] {
  package var readings: [Reading] {
    compactMap { if case .reading(let reading) = $0 { reading } else { nil } }
  }

  package var events: [Event] {
    compactMap { if case .event(let event) = $0 { event } else { nil } }
  }

  package var series: [SeriesDescriptor] {
    compactMap { if case .series(let series) = $0 { series } else { nil } }
  }

  package var devices: [Device] {
    compactMap { if case .device(let device) = $0 { device } else { nil } }
  }
}

extension Reading {
  /// The value of a metric, if it is in the row, as the decimal number it was written as.
  package subscript(metric: Metric) -> Double? {
    values.first { $0.metric == metric }.map {
      metric.scale < 1 ? Double($0.steps) / (1 / metric.scale).rounded() : $0.value
    }
  }
}
