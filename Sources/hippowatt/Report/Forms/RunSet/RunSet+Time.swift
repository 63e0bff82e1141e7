import Accounting
import Canvas
import Quantities
import Telemetry

/// How long several recordings took.
extension RunSet {
  /// Seconds in which anything was recorded; what ran at the same time counts once.
  static func wallSeconds(of runs: [Run]) -> Double {
    var end: Timestamp?
    var sum = 0.0
    for span in runs.map(\.report.span).sorted(by: { $0.start < $1.start }) {
      let start = max(span.start, end ?? span.start)
      if span.end > start { sum += span.end - start }
      end = max(span.end, end ?? span.end)
    }
    return sum
  }

  /// Why the time of some recordings is not known, if so.
  private static func timeless(_ runs: [Run]) -> String? {
    guard !runs.isEmpty else { return "no recording here is of training" }
    let timeless = runs.filter(\.report.isTimeless)
    guard timeless.isEmpty else { return "\(names(timeless)): the log has no times" }
    return purpose(runs)
  }

  /// A sentence on recordings whose times are no clock's; empty where there are none.
  var laidOut: String {
    let runs = training.filter(\.isLaidOut)
    return runs.isEmpty
      ? ""
      : " Caution: the log of \(Self.names(runs)) has no times; its duration is what its steps took, "
        + "and it is taken to end when the file was last changed."
  }

  /// The wall-clock seconds of the training.
  var trainingSeconds: Answer<Double> {
    if let reason = Self.timeless(training) { return .unknown(because: reason) }
    return .known(
      Self.wallSeconds(of: training),
      method: "From the beginning to the end of each recording, preparation, evaluation and failed "
        + "runs included; what ran at the same time counts once." + laidOut)
  }

  /// The seconds of the accelerators of the training, each model's together, the most first.
  var deviceSeconds: Answer<[(model: String, seconds: Double)]> {
    if let reason = Self.timeless(training) { return .unknown(because: reason) }
    let bare = training.filter(\.report.accelerators.isEmpty)
    guard bare.isEmpty else {
      return .unknown(because: "no accelerator was recorded in \(Self.names(bare))")
    }
    let missing = training.flatMap(unseen)
    guard missing.isEmpty else { return .unknown(because: missing.joined(separator: "; ")) }
    var sums: [String: Double] = [:]
    for run in training {
      for device in run.report.accelerators {
        sums[sanitized(device.model), default: 0] += run.report.span.seconds
      }
    }
    return .known(
      sums.map { (model: $0.key, seconds: $0.value) }
        .sorted { ($1.seconds, $0.model) < ($0.seconds, $1.model) },
      method: "Each recording's duration times the accelerators of its machine, used or not: they "
        + "were reserved for it." + laidOut)
  }
}
