import Accounting
import Canvas
import Telemetry

/// What `report` does with a scheduler's job, and by account, user, job or month.
struct AllocationCommand {
  let files: [String]
  let terms: AllocationShare.Terms
  let isVerifying: Bool

  /// The formats of a job's report, and of the tables.
  static let formats = ["text", "markdown", "json"]
  static let tableFormats = ["text", "markdown", "csv", "json"]

  /// The rows by some keys, in a format.
  func table(by keys: [ChargeBack.Key], format: String) throws -> String {
    var book = ChargeBack(keys, terms)
    for file in files {
      let opened = try open(file) { recording in
        var trial = ChargeBack(keys, terms)
        try trial.add(recording.timeline, over: recording.span, file: file)
      }
      try book.add(opened.timeline, over: opened.span, file: file)
    }
    guard !book.isEmpty else {
      throw Failure(
        "\(files.joined(separator: ", ")): no job of a scheduler was recorded; the source scheduler "
          + "tells those of SLURM and Kubernetes")
    }
    return switch format {
    case "csv": book.csv
    case "json": book.json
    case "markdown": book.markdown
    default: book.text
    }
  }

  /// The report of a scheduler's job; `nil` where none of the recordings knows one of that word.
  func report(of word: String, format: String) throws -> String? {
    var shares: [AllocationShare] = []
    var damages: [String] = []
    var isSimulated = false
    for file in files {
      let opened = try open(file) { _ = self.shares(of: word, in: $0, file: file) }
      let found = self.shares(of: word, in: opened, file: file)
      guard !found.isEmpty else { continue }
      shares += found
      damages += opened.damages
      isSimulated =
        isSimulated || opened.timeline.descriptors.contains { $0.provenance.method == .simulated }
    }
    guard !shares.isEmpty else { return nil }
    if let (one, other) = AllocationReport.twice(shares) {
      throw Failure(
        "\(one.file) and \(other.file) both tell of \(sanitized(one.machine)) at the same time: "
          + "name one of them, so that no joule counts twice")
    }
    let reports = AllocationReport.jobs(shares).map { shares in
      var report = AllocationReport(shares, terms)
      report.damages = damages
      report.isSimulated = isSimulated
      return report
    }
    return AllocationReport.written(reports, as: format)
  }

  private func shares(
    of word: String, in opened: Accounts.Opened, file: String
  ) -> [AllocationShare] {
    let ledger = Ledger(opened.timeline)
    // A found job of that name was meant before there were scheduler's jobs.
    let isFound = ledger.inventory.jobs.contains { $0.label == word || $0.id.name == word }
    let names = opened.timeline.devices(.allocation).filter { device in
      var facts = opened.timeline.allocationFacts(of: device.id)
      if isFound { facts.name = nil }
      return facts.isCalled(word) || device.label == word
    }.map(\.id)
    guard !names.isEmpty else { return [] }
    return ledger.allocations(over: opened.span).filter { names.contains($0.device) }
      .map { AllocationShare($0, ledger, file: file, terms) }
  }

  private func open(
    _ file: String, asking: (Accounts.Opened) throws -> Void
  ) throws -> Accounts.Opened {
    try withoutActuallyEscaping(asking) { try Accounts.open(file, verify: isVerifying, asking: $0) }
  }

  /// The scheduler's jobs of a recording, for a user who named another.
  static func names(in timeline: Timeline) -> [String] {
    timeline.devices(.allocation).map { device in
      let facts = timeline.allocationFacts(of: device.id)
      let number = facts.number.isEmpty ? device.label : facts.number
      return sanitized(facts.name.map { "\(number) (\($0))" } ?? number)
    }
  }
}
