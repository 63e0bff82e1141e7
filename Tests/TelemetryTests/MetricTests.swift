import Quantities
import Testing

@testable import Telemetry

/// What every declared metric owes those who read its values.
@Suite struct MetricTests {
  @Test func `Names are given once, in every form they are written in`() {
    for form in [\Metric.name, \.plainName, \.title] {
      let names = Metric.all.map { $0[keyPath: form] }
      let doubles = names.filter { name in names.count { $0 == name } > 1 }
      #expect(doubles.isEmpty, "\(Set(doubles))")
    }
    for metric in Metric.all { #expect(Metric.named(metric.name) == metric) }
  }

  @Test(arguments: Metric.all) func `A metric says all that views need of it`(metric: Metric) {
    let name = metric.name
    #expect(!metric.title.isEmpty && !metric.label.isEmpty, "\(name)")
    // A column's head has room for a few words only.
    #expect(metric.label.count <= 22, "\(name): “\(metric.label)” is too long for a column")
    #expect(metric.title.count <= 32, "\(name): “\(metric.title)”")
    #expect(!metric.meaning.isEmpty && !metric.meaning.contains("\n"), "\(name)")
    #expect(name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" }, "\(name)")
    #expect(name.hasPrefix(metric.stem), "\(name)")
    #expect(!metric.range.isEmpty && metric.scale > 0, "\(name)")
    // The largest value that can be true has a stored form, and the smallest step a written one.
    #expect(
      metric.range.upperBound > 1e17 || metric.steps(metric.range.upperBound) != nil, "\(name)")
    #expect(!metric.text(metric.scale).description.isEmpty, "\(name)")
  }

  /// `_e6` was ×10⁻⁶ in one name and ×10⁶ in another.
  @Test func `One suffix means one thing`() {
    var meanings: [String: (Double, Unit)] = [:]
    for metric in Metric.all where metric.name != metric.stem {
      let suffix = String(metric.name.dropFirst(metric.stem.count))
      if let (scale, unit) = meanings[suffix] {
        #expect(scale == metric.scale, "\(suffix) of \(metric.name)")
        #expect(unit == metric.unit || suffix.hasPrefix("_e"), "\(suffix) of \(metric.name)")
      }
      meanings[suffix] = (metric.scale, metric.unit)
    }
    #expect(meanings.count > 10)
  }

  @Test func `A sensor's own metric is called by its name without the step`() {
    let metric = Metric(custom: "pump_voltage_mv", .volt, scale: 1e-3)
    #expect(metric.plainName == "pump_voltage_v" && metric.title == "pump voltage")
    let count = Metric(custom: "bees", .count, scale: 0.5)
    #expect(count.plainName == "bees" && count.steps(1.5) == 3)
  }

  @Test func `Former names lead to the metric that stands for them`() throws {
    for (former, metric) in Metric.renamed {
      #expect(Metric.named(former) == nil || Metric.named(former) == metric, "\(former)")
      #expect(Metric.all.contains(metric), "\(former)")
    }
    #expect(Metric.renamed["busy_ppm"] == .cpuUtilization)
  }
}
