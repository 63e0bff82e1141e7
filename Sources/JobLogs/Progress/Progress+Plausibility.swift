extension Progress {
  /// Takes out what cannot be true, and returns the fields that were far too large.
  ///
  /// What is no number, negative or zero where that cannot be is a framework's word for “unknown”
  /// (`mfu -100.00%`, `energy 0.0`), and not worth a complaint.
  mutating func refuseImplausible() -> Fields {
    var untrue: Fields = []
    var refused: Fields = []
    fields.forEach { place in
      if place.isWhole {
        guard let known = whole(place), !place.wholeRange.contains(known) else { return }
        untrue.formUnion(Fields(place))
      } else {
        let range = place.range
        guard let known = number(place), !range.contains(known) else { return }
        untrue.formUnion(Fields(place))
        if known.isFinite, known > range.upperBound { refused.formUnion(Fields(place)) }
      }
    }
    drop(untrue)
    return refused
  }
}

extension Progress.Place {
  /// What can be true of a whole number.
  fileprivate var wholeRange: ClosedRange<Int64> {
    switch self {
    case .step: 0...1 << 50
    case .stepTotal, .peakMemory: 1...1 << 50
    default: 0 ... .max
    }
  }

  /// What can be true of any other value; NaN is in no range.
  ///
  /// A step of less than a microsecond or a device of more than 10 PFLOP/s was not measured: an
  /// asynchronous runtime had only handed the work on.
  fileprivate var range: ClosedRange<Double> {
    switch self {
    case .loss, .validationLoss: -1e9...1e9
    case .accuracy: 0...1
    case .gradientNorm: 0...1e12
    case .epoch: 0...1e9
    case .learningRate: 0...1e3
    case .tokenRate, .sampleRate: 1e-6...1e12
    case .stepTime: 1e-6...1e6
    case .dataTime: 0...1e6
    case .reportedMFU: 0...1.1
    case .reportedFLOPRate: 1...1e16
    case .reportedStepEnergy: 1e-6...1e12
    case .step, .stepTotal, .tokens, .samples, .peakMemory: 0...Double(1 << 62)
    }
  }
}
