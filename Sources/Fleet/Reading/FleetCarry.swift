import Telemetry

/// What counters had told when an account ended, for the one that begins there.
///
/// A target that is not read around that time tells nothing in the column before the second account; the growth
/// since its last value would be in neither.
struct FleetCarry {
  private let question: FleetQuantity.Question
  private var told: [FleetLabels: FleetColumns.Last] = [:]

  /// Seconds after which a value is not gone on from: an exporter forgets what it counted of a job that is not
  /// there any more, and begins anew.
  private static let memory: Int64 = 6 * 3600

  init(_ question: FleetQuantity.Question) { self.question = question }

  /// Sets what is missing at the beginning of a view, and remembers what was told in it.
  mutating func carry(into columns: inout FleetColumns, _ view: FleetView) {
    let newest = columns.last(view.columns)
    columns.seed(missing(in: columns, view), in: view.first)
    for (labels, last) in newest where last.time > told[labels]?.time ?? .min {
      told[labels] = last
    }
    let end = view.time.nanoseconds / 1_000_000_000
    told = told.filter { end - $0.value.time <= Self.memory }
  }

  /// Values for the column before a view.
  ///
  /// A counter that several names tell one after another, such as that of an accelerator's life, goes on under
  /// the name that told it last.
  private func missing(
    in columns: FleetColumns, _ view: FleetView
  ) -> [FleetLabels: FleetColumns.Last] {
    let begin = view.first * view.step
    var newest: [Counter: (labels: FleetLabels, last: FleetColumns.Last)] = [:]
    var present: Set<Counter> = []
    for labels in columns.labels where columns.value(labels, in: view.first) != nil {
      present.insert(counter(labels))
    }
    for (labels, last) in told where begin - last.time <= Self.memory {
      let counter = counter(labels)
      guard !present.contains(counter), last.time > newest[counter]?.last.time ?? .min else {
        continue
      }
      newest[counter] = (labels, last)
    }
    return Dictionary(uniqueKeysWithValues: newest.values.map { ($0.labels, $0.last) })
  }

  /// What is one counter, whatever other labels it has.
  private enum Counter: Hashable {
    case series(FleetLabels)
    case life(name: String, target: String, accelerator: String)
  }

  private func counter(_ labels: FleetLabels) -> Counter {
    let name = labels[.seriesName]
    guard let entry = FleetCatalogue.entry(name, question), !entry.series.startsAtZero else {
      return .series(labels)
    }
    let accelerator = entry.exporter.gpu(labels)
    return accelerator.isEmpty
      ? .series(labels) : .life(name: name, target: labels[.instance], accelerator: accelerator)
  }
}
