import Telemetry

extension Progress {
  /// Takes out what cannot be true, and returns the fields that were far too large.
  ///
  /// What is no number, negative or zero where that cannot be is a framework's word for “unknown”
  /// (`mfu -100.00%`, `energy 0.0`), and not worth a complaint.
  mutating func refuseImplausible() -> Fields {
    var untrue: Fields = []
    var refused: Fields = []
    fields.forEach { field in
      if field.isWhole {
        guard let known = whole(field), !field.wholeRange.contains(known) else { return }
        untrue.formUnion(Fields(field))
      } else {
        let range = field.range
        guard let known = number(field), !range.contains(known) else { return }
        untrue.formUnion(Fields(field))
        if known.isFinite, known > range.upperBound { refused.formUnion(Fields(field)) }
      }
    }
    drop(untrue)
    return refused
  }
}

extension Progress.Field {
  /// What can be true of a whole number.
  fileprivate var wholeRange: ClosedRange<Int64> {
    let range = metric.range
    return Int64(range.lowerBound)...Int64(min(range.upperBound, 0x1p62))
  }

  /// What can be true of any other value and is worth telling; NaN is in no range.
  fileprivate var range: ClosedRange<Double> {
    let range = metric.range
    return zeroIsUnknown ? metric.scale...range.upperBound : range
  }

  /// Whether frameworks write a zero where they do not know.
  private var zeroIsUnknown: Bool {
    switch self {
    case .tokenRate, .sampleRate, .reportedFLOPRate, .reportedStepEnergy: true
    default: false
    }
  }
}
