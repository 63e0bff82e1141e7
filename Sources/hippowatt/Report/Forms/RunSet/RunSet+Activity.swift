import Accounting
import Canvas
import Telemetry

/// What the energy of several recordings was for.
extension RunSet {
  /// An activity in the life of a model, as documents tell them apart.
  enum Activity: String, CaseIterable, Sendable {
    case training
    case fineTuning = "fine-tuning"
    case inference
    /// Nothing was recorded that says what it was.
    case other
  }

  /// The recordings by what they were for; one of training and serving at once is in neither.
  func activities(_ facts: FormFacts) -> [(activity: Activity, runs: [Run])] {
    let found = Dictionary(grouping: runs) { run -> Activity in
      switch run.kind {
      case .serving: return .inference
      case .mixed: return .other
      case .power where facts.trainingType == nil: return .other
      case .power, .training:
        return run.report.trainingKind.value == .fineTuning ? .fineTuning : .training
      }
    }
    return Activity.allCases.compactMap { activity in found[activity].map { (activity, $0) } }
  }

  /// Whether the training was pre-training or fine-tuning.
  func trainingType(_ facts: FormFacts) -> Answer<TrainingType> {
    if let stated = facts.trainingType { return .known(stated, method: "Stated by the user.") }
    let kinds = training.map(\.report.trainingKind)
    guard let first = kinds.first, let type = first.value,
      kinds.allSatisfy({ $0.value == type })
    else {
      let who = kinds.allSatisfy { $0.value == nil } ? "no recording tells" : "not every one tells"
      return .unknown(because: "\(who) it (state it with --training-type)")
    }
    return first
  }

  /// The model's name: as the user states it, else the only one of its jobs.
  func modelName(_ facts: FormFacts) -> Answer<String> {
    if let name = facts.modelName, !name.isEmpty {
      return .known(sanitized(name), method: "Stated by the user.")
    }
    let jobs = Set(runs.flatMap(\.report.jobs).map { sanitized($0.device.label) })
    guard jobs.count == 1, let job = jobs.first, !job.isEmpty else {
      return .unknown(because: "nobody stated it (--model-name)")
    }
    return .known(job, method: "The name of the recorded job; --model-name states another.")
  }
}
