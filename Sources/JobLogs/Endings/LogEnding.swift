import Formats
import Telemetry

/// How a job ended, by the last lines of what it printed.
///
/// Only what stands there at the end counts: an exception after which steps go on is none, and neither
/// is one that was caught and logged, or that Python says it ignored. What a batch system says counts
/// most, since everything else follows from it; of several exceptions the first that is no mere report
/// of another.
struct LogEnding {
  /// What ends the log so far; `nil` while nothing does.
  private var ending: JobEnding?
  private var traceback = Traceback()
  /// Whether the ending is a launcher's report that a process of its own failed.
  private var isReport = false
  private var parser = LogParser(machine: "", name: "", label: "")
  private var lines = 0
  private var step: Double?
  /// The step that was told first after the ending.
  private var stepAfter: Double?
  private var total: Double?

  /// How much of a log's end is enough.
  static let length = 32 * 1024

  /// How a log ends whose last bytes these are; `nil` when they do not say.
  ///
  /// - Parameter isTotalKnown: false where the log as a whole does not tell how many steps there are,
  ///   whatever one pass at its end shows.
  static func of(_ tail: [UInt8], isTotalKnown: Bool = true) -> JobEnding? {
    var ending = LogEnding()
    var splitter = LineSplitter()
    tail.withUnsafeBufferPointer { bytes in
      splitter.feed(bytes) { line, _ in ending.read(line) }
      splitter.finish { line, _ in ending.read(line) }
    }
    if let found = ending.ending { return found }
    guard isTotalKnown, let step = ending.step, let total = ending.total, total > 0 else {
      return nil
    }
    return step == total ? .finished : nil
  }

  private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
    let (line, _) = TextCleaner.clean(bytes)
    let text = String(decoding: line.bytes, as: UTF8.self)
    let before = ending
    goOn(bytes)
    // What a line says itself, such as the mean loss of a run that is over, is no step after it.
    if ending == nil, before != nil { isReport = false }
    if !text.isEmpty { interpret(text, isIndented: line.indent >= 2) }
  }

  /// Takes back an ending after which the job goes on.
  private mutating func goOn(_ bytes: UnsafeBufferPointer<UInt8>) {
    lines += 1
    let said = parser.consume(
      Array(bytes) + [0x0A], arrival: Timestamp(seconds: Double(lines)))
    for observation in said {
      guard case .reading(let reading) = observation else { continue }
      for value in reading.values {
        switch value.metric {
        case .step:
          // A bar is drawn once more when it is closed, after the exception that closes it; one
          // that moves after it belongs to a job that goes on.
          if let stepAfter, stepAfter != value.value { ending = nil }
          stepAfter = value.value
          step = value.value
        case .stepTotal: total = value.value
        case .loss: ending = nil
        default: break
        }
      }
    }
  }

  private mutating func interpret(_ text: String, isIndented: Bool) {
    if let name = traceback.read(text, isIndented: isIndented) {
      let isLauncher = Self.reports.contains { name.hasPrefix($0) || name.contains("." + $0) }
      if name.hasPrefix("KeyboardInterrupt") {
        end(.cancelled("from the keyboard"))
      } else if !isLauncher || ending == nil {
        end(.crashed(name), isReport: isLauncher)
      }
      return
    }
    guard !traceback.isInside else { return }
    if Traceback.chains(text), case .crashed = ending { ending = nil }
    if let reason = Self.batchReason(text) {
      ending = .cancelled(reason)
    } else if let name = Self.failure(text) {
      end(.crashed(name))
    } else if isReport || ending == nil, let name = Self.childFailure(text) {
      // The table of torchrun names the first cause last.
      end(.crashed(name), isReport: true)
    } else if ending == nil, Self.completions.contains(where: text.contains),
      !text.contains(" epoch ")
    {
      ending = .finished
    }
  }

  /// Takes an ending, unless one stands already that it follows from.
  private mutating func end(_ new: JobEnding, isReport: Bool = false) {
    switch ending {
    case .cancelled: return
    case .crashed where !self.isReport: return
    default: break
    }
    ending = new
    self.isReport = isReport
    // What is resumed goes back to an earlier step, which to the one who read on would be a copy.
    parser.model.beginAnew()
    parser.deduplicator = StepDeduplicator()
    stepAfter = nil
  }

  /// Exceptions that only say that another process has failed.
  private static let reports = [
    "ChildFailedError", "CalledProcessError", "ProcessRaisedException", "ProcessExitedException",
  ]

  /// What frameworks say when they have done all: Hugging Face, Lightning, and common scripts.
  private static let completions = [
    "'train_runtime':", "\"train_runtime\":", "Training completed", "Training complete",
    "Training finished", "training done", "Training done", "`Trainer.fit` stopped: `max_",
  ]

  /// What slurmstepd says when it ends a job; see `src/slurmd/slurmstepd/req.c` of SLURM.
  private static func batchReason(_ text: String) -> String? {
    guard text.contains("*** JOB ") || text.contains("*** STEP "),
      text.contains(" CANCELLED AT ")
    else { return nil }
    let reasons = [
      ("DUE TO TIME LIMIT", "time limit"), ("DUE TO PREEMPTION", "preemption"),
      ("DUE TO NODE FAILURE", "node failure"), ("DUE TO JOB REQUEUE", "requeued"),
    ]
    let reason = reasons.first { text.contains($0.0) }.map { ": " + $0.1 } ?? ""
    return "by SLURM\(reason)"
  }

  /// What a shell, a C library, SLURM or NCCL says of the death of a process.
  private static func failure(_ text: String) -> String? {
    if text.contains("oom_kill event") || text.contains("oom-kill event") {
      return "out of memory (oom_kill)"
    }
    if text.contains("Watchdog caught collective operation timeout") {
      return "NCCL watchdog: a collective operation timed out"
    }
    let thrown = "terminate called after throwing an instance of '"
    if text.hasPrefix(thrown) {
      return String(text.dropFirst(thrown.count).prefix { $0 != "'" }.prefix(80))
    }
    if text.hasPrefix("Fatal Python error: ") { return String(text.dropFirst(20).prefix(80)) }
    // `Killed` alone, `train.sh: line 3: 4711 Killed  python train.py`, or of srun's tasks.
    for word in ["Segmentation fault", "Killed", "Aborted", "Bus error", "Illegal instruction"] {
      guard text.hasPrefix(word) || text.contains(word) && isReportOfDeath(text, word) else {
        continue
      }
      let rest = text.hasPrefix(word) ? text.dropFirst(word.count) : ""
      guard rest.isEmpty || rest.hasPrefix(" (core dumped)") else { continue }
      return word.lowercased()
    }
    return nil
  }

  private static func isReportOfDeath(_ text: String, _ word: String) -> Bool {
    if text.hasPrefix("srun: error: ") { return text.contains(": \(word)") }
    guard let range = text.range(word), let line = text.range(": line ") else { return false }
    // Between the two stand the line's number and the process's.
    return line.upperBound <= range.lowerBound
      && text[line.upperBound..<range.lowerBound].allSatisfy {
        $0.isNumber || $0 == ":" || $0 == " "
      }
  }

  /// What torchrun's table, or srun, says of a process that failed.
  private static func childFailure(_ text: String) -> String? {
    let words = text.split(separator: " ")
    if words.first == "exitcode", words.count > 2, words[1] == ":", let code = Int(words[2]) {
      return code < 0 ? signal(-code) : "exit code \(code)"
    }
    let exited = "Exited with exit code "
    if text.hasPrefix("srun: error: "), let range = text.range(exited),
      let code = Int(text[range.upperBound...].prefix { $0.isNumber }), code > 0
    {
      return "exit code \(code)"
    }
    return nil
  }

  /// The name of a signal by its number on Linux.
  static func signal(_ number: Int) -> String {
    let names = [
      1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
      9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM", 24: "SIGXCPU",
    ]
    return names[number] ?? "signal \(number)"
  }
}

extension String {
  /// Where a text stands first.
  fileprivate func range(_ text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) {
        return start..<index(start, offsetBy: text.count)
      }
      start = index(after: start)
    }
    return nil
  }
}
