import Telemetry

/// Against what a job has its numbers plotted, as `define_metric(…, step_metric=…)` says.
///
/// Such a number is what the job counts by itself; W&B's own is then how often it was called.
struct WandBAxes: Sendable {
  /// The names of the metrics in the order they were defined: an axis may be told by its place.
  private var names: [String] = []
  private var axes: [(pattern: String, axis: String)] = []

  private static let most = 1024

  /// Hears the definition of a metric; `place` counts from 1.
  mutating func hear(name: String, axis: String, place: Int) {
    guard names.count < Self.most else { return }
    names.append(name)
    let axis = axis.isEmpty && 1...names.count ~= place ? names[place - 1] : axis
    if !axis.isEmpty { axes.append((name, axis)) }
  }

  /// The axis of a number; the last definition that fits counts, a name before a pattern.
  func axis(of name: String) -> String? {
    (axes.last { $0.pattern == name } ?? axes.last { Self.fits(name, $0.pattern) })?.axis
  }

  /// Whether a name fits a pattern with a star at its end.
  private static func fits(_ name: String, _ pattern: String) -> Bool {
    pattern.hasSuffix("*") && name.hasPrefix(pattern.dropLast())
  }

  /// A row with what its axis counts, in place of W&B's count of calls.
  func placed(_ row: JobRow, _ values: [(name: String, value: Double)]) -> JobRow {
    var row = row
    guard !axes.isEmpty,
      let entry = row.entries.first(where: { $0.metric == .loss })
        ?? row.entries.first(where: { $0.metric == .validationLoss }),
      let axis = axis(of: entry.name), axis != "_step"
    else { return row }
    row.entries.removeAll { $0.name == "_step" }
    guard row[.step] == nil, let value = values.first(where: { $0.name == axis })?.value,
      ScalarNames.use(axis) == nil
    else { return row }
    let words = ScalarNames.normal(axis).split { !$0.isLetter }
    if words.contains(where: { Self.others.contains($0) }) { return row }
    if words.contains(where: { Self.steps.contains($0) }) {
      row.set(.step, value, name: axis)
    } else if words.contains("epoch"), row[.epoch] == nil {
      row.set(.epoch, value, name: axis)
    }
    return row
  }

  /// What is counted in steps that are none of the optimizer.
  private static let others: Set<Substring> = [
    "env", "environment", "agent", "frame", "frames", "sample", "samples", "token", "tokens",
    "micro", "inner",
  ]
  private static let steps: Set<Substring> = [
    "step", "steps", "iter", "iters", "iteration", "iterations", "update", "updates",
  ]
}
