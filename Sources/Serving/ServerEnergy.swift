import Formats

/// The joules that TensorRT-LLM states on a page of their own.
///
/// `{"total_energy_j": 1234.5678, "query_time": 99.5}`, with `enable_energy_metrics: true`.
enum ServerEnergy {
  /// What the figure is called among the series of the other page.
  static let name = "total_energy_j"

  /// The figure on a page; `nil` where there is none.
  static func read(_ body: [UInt8]) -> PrometheusSample? {
    body.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes)
      guard let joules = try? find(&scanner), joules.isFinite, joules >= 0 else { return nil }
      return PrometheusSample(name: name, labels: [], value: joules)
    }
  }

  private static func find(_ scanner: inout JSONScanner) throws(JSONFault) -> Double? {
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.equals(key, "total_energy_j") { return try scanner.number().double }
      try scanner.skipValue()
    }
    return nil
  }
}
