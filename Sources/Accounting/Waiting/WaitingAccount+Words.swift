import Quantities
import Telemetry

/// What is said of waiting, on the screen, in reports and in comparisons alike.
extension WaitingAccount {
  /// The verdict in one sentence, without what it costs.
  public var verdict: String {
    let percent = SI.percent(share)
    guard let kind else {
      return [acquittal, reservation].filter { !$0.isEmpty }.joined(separator: " ")
    }
    switch kind {
    case .data: return "\(who) for data \(whose) % of the time: \(why)."
    case .host:
      return cause == .writing
        ? "Writes \(percent) % of the time: the GPU waits for its own program, not for data."
        : "\(who) for its own program \(whose) % of the time: \(why)."
    case .peer:
      let who = culprit.map { "GPU \($0.label) is late" } ?? (doubt ?? "a rank is late")
      return "Waits for other ranks \(percent) % of the time: \(who)."
    case .gap:
      return "No work \(percent) % of the time: gaps, cause not known (\(doubt ?? "unseen"))."
    case .idle:
      return isServing
        ? "No requests \(percent) % of the time: idle, not starved."
        : "Idle \(percent) % of the time: no job holds the GPU."
    }
  }

  private var who: String { only.map { "GPU \($0.device.label) waits" } ?? "Waits" }
  private var whose: String { SI.percent(only?.share ?? share) }

  /// The verdict in a few words, for narrow places.
  public var brief: String {
    let percent = SI.percent(share)
    switch (kind, cause) {
    case (.data?, .processors?): return "Waits for data \(percent) %: out of processors."
    case (.data?, .workers?): return "Waits for data \(percent) %: too few loader workers."
    case (.data?, .disk?): return "Waits for data \(percent) %: the disk."
    case (.data?, .network?): return "Waits for data \(percent) %: the server."
    case (.data?, .slowSample?): return "Waits for data \(percent) %: one slow sample."
    case (.data?, _): return "Waits for data \(percent) %."
    case (.host?, _): return "Waits for its own program \(percent) %."
    case (.peer?, _):
      return "Waits for other ranks \(percent) %" + (culprit.map { ": GPU \($0.label)." } ?? ".")
    case (.gap?, _): return "No work \(percent) %, cause not known."
    case (.idle?, _): return "Idle \(percent) %."
    case (nil, _):
      guard !isServing, let unconfirmed else { return isServing ? "Serves: hardly idle." : "Fed." }
      return "Fed, yet no kernel \(SI.percent(unconfirmed)) %, cause not known."
    }
  }

  /// What is said where nothing was waited for that is worth a word.
  public var acquittal: String {
    if isServing { return "Serves: hardly idle." }
    guard let loader, loader.workers > 0 else { return "Fed: waits less than 5 % of the time." }
    let data = share(.data)
    let percent = data < 0.01 ? "less than 1" : SI.percent(data)
    guard loader.onQueue <= data + 0.1 else {
      return "Fed: waits for data \(percent) % of the time."
    }
    return "Fed: the loader is ahead, the trainer waits for it \(percent) % of the time."
  }

  /// What a verdict leaves open; empty where that is nothing.
  public var reservation: String {
    guard let unconfirmed else { return "" }
    let percent = (kind == nil ? "" : "another ") + SI.percent(unconfirmed)
    return "By its utilization alone no kernel ran \(percent) % of the time, cause not known."
  }

  /// Why, in words.
  private var why: String {
    guard let cause else { return doubt ?? "cause not known" }
    let workers =
      loader.map { "\($0.workers) loader worker\($0.workers == 1 ? "" : "s")" } ?? "workers"
    let are = loader?.workers == 1 ? "is" : "are"
    let wait = loader?.inWait
    switch cause {
    case .processors:
      let share = SI.percent((loader?.queued ?? 0) * (loader?.fullness ?? 0))
      return "\(workers) \(are) out of processors (\(share) % of their time in the run queue)"
    case .workers:
      return
        "\(workers) \(are) busy all the time (\(SI.percent(loader?.fullness ?? 0)) % on processors)"
    case .disk:
      guard let wait else { return "it waits for the disk itself, without loader workers" }
      return "\(workers) \(are) waiting for a disk (\(SI.percent(wait.disk)) % of their time)"
    case .network:
      guard let wait else { return "it waits for a server itself, without loader workers" }
      return "\(workers) \(are) waiting for a server (\(SI.percent(wait.network)) % of their time)"
    case .slowSample:
      return "one slow sample holds the line: one of \(workers) busy, the others without work"
    case .host:
      let busy = SI.percent(loader?.running ?? 0)
      return loader?.workers == 0
        ? "it has no loader workers, and its main thread is busy (\(busy) %)"
        : "its main thread is busy (\(busy) %), the loader is ahead"
    case .peer, .writing, .noRequests: return cause.rawValue
    }
  }

  /// The next step, in one sentence; empty where there is nothing to do.
  public var advice: String {
    guard let kind, kind != .idle else { return "" }
    if let first = missing.first { return "Incomplete: \(first)." }
    guard let cause else { return "" }
    return switch cause {
    case .processors, .workers: processorAdvice
    case .disk:
      loader?.inWait == nil
        ? "Try loader workers (num_workers), so that reading and computing overlap."
        : "Try more workers reading at once, larger files read in order, a faster disk, or memory to keep them."
    case .network:
      loader?.inWait == nil
        ? "Try loader workers (num_workers), so that fetching and computing overlap."
        : "Try more workers or a longer prefetch_factor, or a copy of the data nearby."
    case .slowSample:
      "Try in_order=False (PyTorch 2.6 and later), or split or drop the slow samples."
    case .host:
      loader?.workers == 0
        ? "Try loader workers (num_workers=\(hostWorkers))."
        : "Look at the main thread: launches, logging, metrics, compilation."
    case .peer: "Look at \(culprit.map { "GPU \($0.label)" } ?? "the late rank") first."
    case .writing, .noRequests: ""
    }
  }

  private var hostWorkers: String { processors.map { SI.count(min(4, max(1, $0 - 1))) } ?? "4" }

  private var processorAdvice: String {
    guard let needed = workersNeeded else { return "Try more workers, or cheaper decoding." }
    let wanted = SI.count(needed)
    let unit = needed == 1 ? "processor" : "processors"
    if let processorLimit {
      return
        "Its container is held to \(SI.significant(processorLimit)) processors: raise it (\(wanted) would do), or cheaper decoding."
    }
    if let processors, needed > processors {
      return
        "\(wanted) \(unit) would do and the machine has \(SI.count(processors)): cheaper decoding, or decode on the GPU."
    }
    if cause == .processors {
      return
        "Give them \(wanted) \(unit) of their own, or cheaper decoding."
    }
    return
      "Try \(SI.count(max(needed, Double((loader?.workers ?? 0) + 1)))) workers, or cheaper decoding."
  }

  /// What it cost and what could be gained, in words, without money.
  public var price: String {
    guard let kind, kind != .idle || isServing else { return "" }
    guard let joules, joules > 0 else {
      return isPriced ? "" : "Its joules are unknown: the GPU was never seen without work."
    }
    var words = "\(SI.energy(joules).joined) bought nothing"
    if let avoidable, avoidable >= 0.05 * joules {
      words += ", \(SI.energy(avoidable).joined) of it avoidable"
    }
    if let speedUp, speedUp >= 1.05 {
      words += "; up to \(SI.significant(speedUp, digits: 2)) times faster"
    }
    return words + "."
  }

  /// What the verdict rests on, in words.
  public var evidenceWords: [String] {
    var words: [String] = []
    switch evidence {
    case .dataTime?: words.append("the job's own data time")
    case .activity?: words.append("SM activity below 5 %")
    case .power?: words.append("power below idle + ¼ of the way to busy")
    case .trainer?: words.append("trainer's sleep, up to the time without a kernel")
    case nil: break
    }
    guard let loader else { return words + ["loader not seen"] }
    if loader.workers > 0 || loader.inWait != nil {
      words.append("trainer asleep on its queue \(SI.percent(loader.onQueue)) %")
    }
    if loader.running >= 0.05 { words.append("trainer runs \(SI.percent(loader.running)) %") }
    if kind == .data, let wait = loader.inWait {
      var parts: [String] = []
      if wait.running >= 0.02 { parts.append("run \(SI.percent(wait.running)) %") }
      if wait.disk >= 0.02 { parts.append("disk \(SI.percent(wait.disk)) %") }
      if wait.network >= 0.02 { parts.append("server \(SI.percent(wait.network)) %") }
      if wait.idle >= 0.02 { parts.append("no work \(SI.percent(wait.idle)) %") }
      words.append("workers meanwhile: " + parts.joined(separator: ", "))
    }
    return words
  }
}
