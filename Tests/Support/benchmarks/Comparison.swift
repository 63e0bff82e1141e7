import Quantities

/// Results beside those of a baseline: who became slower, with the machines' speed taken out.
struct Comparison {
  /// The times as slow that a benchmark may become before the comparison fails.
  ///
  /// Two runs on one quiet machine differ by a tenth, and what the calibration cannot take out
  /// between two kinds of processor is a quarter or so.
  static let limit = 1.5

  let baseline: Results
  let now: Results

  /// How many times as long a benchmark takes as in the baseline, for a machine of the same speed.
  func slowdown(_ name: String) -> Double? {
    guard let before = baseline.rate(name), let rate = now.rate(name), rate > 0 else { return nil }
    return (before / baseline.calibration) / (rate / now.calibration)
  }

  var tooSlow: [String] { now.rates.map(\.name).filter { (slowdown($0) ?? 0) > Self.limit } }

  func print() {
    Swift.print("baseline: \(baseline.machine); now: \(now.machine)")
    Swift.print(row("MB/s", "baseline", "now", "times as slow"))
    Swift.print(row("calibration", text(baseline.calibration), text(now.calibration), ""))
    for (name, rate) in now.rates {
      let slowdown = slowdown(name)
      let verdict =
        slowdown.map { SI.fixed($0, 2) + ($0 > Self.limit ? "  TOO SLOW" : "") } ?? "new"
      Swift.print(row(name, baseline.rate(name).map(text) ?? "", text(rate), verdict))
    }
  }

  private func text(_ rate: Double) -> String { SI.fixed(rate, 0) }

  private func row(_ name: String, _ before: String, _ now: String, _ verdict: String) -> String {
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let spaces = String(repeating: " ", count: max(1, 34 - name.count))
    return "\(name)\(spaces)\(right(before, 9))\(right(now, 9))   \(verdict)"
  }
}
