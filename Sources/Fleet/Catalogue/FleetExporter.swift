/// What a series tells of a machine, an accelerator or a job.
package enum FleetQuantity: Sendable, Hashable {
  // What is true at a time.
  case hostPower, gpuPower, jobProcesses, jobDoubt, jobStart
  // What was so in the last minutes: the most of an accelerator's utilization, accelerators that a job held.
  case gpuIdleness, jobActivity
  // What is told by a series that is always 1: its labels.
  case hostInfo, jobInfo, holding, simulated
  // Counters of a machine and its accelerators.
  case hostEnergy, hostKnownSeconds, hostObservedSeconds, hostGrams, hostCost
  case packageEnergy, memoryEnergy
  case gpuEnergy, gpuJudged, gpuWasted
  // Counters of a job on one machine.
  case jobEnergy, jobKnownSeconds, jobJudged, jobWasted, jobGPUSeconds, jobUnusedSeconds, jobTokens
  case jobSteps

  /// The question that a quantity is a part of the answer to.
  package enum Question: Sendable, Hashable, CaseIterable {
    /// What is true at the time that is looked at.
    case present
    /// What labels tell at that time.
    case labels
    /// What labels told at any time of the account.
    case pastLabels
    /// Counters of machines and accelerators, column by column.
    case machines
    /// Counters of jobs, column by column.
    case jobs
    /// Joules that bought nothing, of each accelerator, column by column.
    case waste
    /// What was so in the last minutes.
    case recent
  }

  /// The question that it is a part of the answer to.
  package var question: Question {
    switch self {
    case .hostPower, .gpuPower, .jobProcesses, .jobDoubt, .jobStart: .present
    case .holding: .labels
    case .hostInfo, .jobInfo, .simulated: .pastLabels
    case .gpuIdleness, .jobActivity: .recent
    case .hostEnergy, .hostKnownSeconds, .hostObservedSeconds, .hostGrams, .hostCost,
      .packageEnergy, .memoryEnergy, .gpuEnergy, .gpuJudged:
      .machines
    case .gpuWasted: .waste
    case .jobEnergy, .jobKnownSeconds, .jobJudged, .jobWasted, .jobGPUSeconds, .jobUnusedSeconds,
      .jobTokens, .jobSteps:
      .jobs
    }
  }
}

/// One series that an exporter tells, by its name.
package struct FleetSeries: Sendable, Hashable {
  /// Its name.
  package var name: String
  /// What it tells.
  package var quantity: FleetQuantity
  /// What its values are to be multiplied with, for joules, watts and seconds.
  package var scale: Double
  /// Whether a counter that appears while its exporter was there before began at nothing.
  package var startsAtZero: Bool

  init(
    _ name: String, _ quantity: FleetQuantity, scale: Double = 1, startsAtZero: Bool = true
  ) {
    self.name = name
    self.quantity = quantity
    self.scale = scale
    self.startsAtZero = startsAtZero
  }
}

/// The names under which an exporter tells what a fleet is made of.
package protocol FleetExporter: Sendable {
  /// What people call it.
  var name: String { get }
  /// The series that are read of it.
  var series: [FleetSeries] { get }
  /// The machine that a series tells of where its labels say; else it is the host of `instance`.
  func host(_ labels: FleetLabels) -> String
  /// The accelerator's UUID; where none is told, a name that is different for each accelerator.
  func gpu(_ labels: FleetLabels) -> String
  /// The job that a series tells of; empty where it tells of none.
  func job(_ labels: FleetLabels) -> String
  /// The series that tell a job by its word, as PromQL selects them, the surest first: at any time of its life
  /// one of them has a value. Empty where the exporter knows no jobs, or none of their joules.
  func life(of job: String) -> [(series: String, matchers: String)]
  /// Whether a series counts: a sensor that is not known to measure what is asked for does not.
  func counts(_ quantity: FleetQuantity, _ labels: FleetLabels) -> Bool
}

extension FleetExporter {
  package func host(_ labels: FleetLabels) -> String { labels.instanceHost }
  package func gpu(_ labels: FleetLabels) -> String { "" }
  package func job(_ labels: FleetLabels) -> String { "" }
  package func life(of job: String) -> [(series: String, matchers: String)] { [] }
  package func counts(_ quantity: FleetQuantity, _ labels: FleetLabels) -> Bool { true }
}

/// The labels of a series that are read, by their names.
package struct FleetLabels: Sendable, Hashable {
  /// Their values, at the places of `FleetLabel`.
  package let values: [String]
  /// Labels by their values, at the places of `FleetLabel`.
  package init(_ values: [String]) { self.values = values }

  package subscript(label: FleetLabel) -> String { values[label.place] }

  /// Most of the labels that are read a series does not have.
  package func hash(into hasher: inout Hasher) {
    for (place, value) in values.enumerated() where !value.isEmpty {
      hasher.combine(place)
      hasher.combine(value)
    }
  }

  /// The same without some labels.
  package func without(_ labels: FleetLabel...) -> FleetLabels {
    var values = values
    for label in labels { values[label.place] = "" }
    return FleetLabels(values)
  }

  /// The first of some labels that is not empty.
  package func first(_ labels: FleetLabel...) -> String {
    labels.lazy.map { self[$0] }.first { !$0.isEmpty } ?? ""
  }

  /// The host of the target, without its port.
  package var instanceHost: String { Self.host(of: self[.instance]) }

  /// `n017` of `n017:9400`, `::1` of `[::1]:9400`.
  package static func host(of instance: String) -> String {
    if instance.hasPrefix("["), let close = instance.firstIndex(of: "]") {
      return String(instance[instance.index(after: instance.startIndex)..<close])
    }
    guard let colon = instance.lastIndex(of: ":"), instance.firstIndex(of: ":") == colon else {
      return instance
    }
    return String(instance[..<colon])
  }
}
