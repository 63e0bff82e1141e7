import Accounting
import Canvas
import Quantities

/// What the owner of a scheduler's job should do next time, in one sentence.
enum AllocationAdvice {
  /// What is lost below this share of the judged energy is not worth a word.
  private static let least = 0.05

  static func sentence(_ sum: AllocationSum) -> String {
    if let words = unused(sum) { return words }
    guard sum.judged > 0 else {
      return "what its GPUs' energy was for was not judged; nothing can be advised"
    }
    let losses = sum.wasted.filter { $0.key != .heldBack }
    guard let most = losses.max(by: { $0.value < $1.value }), most.value >= least * sum.judged
    else {
      return
        "nothing: \(SI.percent(max(0, 1 - (sum.lostShare ?? 0)))) % of the judged energy was work"
    }
    let share = "\(SI.percent(min(1, most.value / sum.judged))) % of the judged energy"
    let known = sum.shares.map(\.advice).first { !$0.isEmpty } ?? ""
    if !known.isEmpty, most.key == .data || most.key == .peers || most.key == .program {
      return sanitized(known)
    }
    return switch most.key {
    case .data: "feed its GPUs faster: \(share) was drawn while they waited for data"
    case .peers: "find the slow rank: \(share) was drawn while its GPUs waited for others"
    case .program:
      "look at the main thread: \(share) was drawn while its GPUs waited for the program"
    case .unknown: "look why its GPUs stood still: \(share) was drawn without work, cause not known"
    case .idle: "end the job when its work is done: \(share) was drawn by GPUs that were idle"
    case .heldBack: ""
    }
  }

  /// What to say of accelerators that no process was on.
  private static func unused(_ sum: AllocationSum) -> String? {
    guard let unused = sum.unusedGPUSeconds, let held = sum.gpuSeconds, held > 0,
      let gpus = sum.gpus
    else { return nil }
    let share = unused / held
    if share >= 0.95 {
      return "cancel such a job or end it sooner: no process was ever on the GPUs that it held"
    }
    let mean = share * Double(gpus)
    if gpus > 1, mean >= 0.9 {
      return "ask for fewer GPUs: of \(gpus), \(SI.fixed(mean, 1)) on average had no process of it"
    }
    if share >= 0.25 {
      return "hold GPUs for a shorter time: for \(SI.percent(share)) % of it no process was on them"
    }
    return nil
  }
}
