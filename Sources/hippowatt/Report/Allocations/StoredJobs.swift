import Accounting
import Canvas
import Dashboard
import Fleet
import HTTP
import Quantities
import Telemetry

/// What `report` does with a job that a store tells of.
struct StoredJobs {
  private var reader: FleetReader
  private let terms: AllocationShare.Terms

  init(_ reader: FleetReader, _ terms: AllocationShare.Terms) {
    (self.reader, self.terms) = (reader, terms)
  }

  private var store: String { reader.store.url.authority }

  /// The report of a job by the scheduler's number, or by what people call it; it is looked for in a span
  /// that ends now.
  mutating func report(of word: String, in span: TimeSpan, format: String) throws -> String {
    let lives = try reader.asking { reader throws(StoreFault) in
      try reader.compareClocks(span.end)
      return try reader.lives(of: word, in: span)
    }
    var reports: [AllocationReport] = []
    for life in lives {
      if let report = try report(on: life, in: span) { reports.append(report) }
    }
    guard !reports.isEmpty else {
      throw Failure(
        "\(store) tells of no job “\(sanitized(word))” within \(SI.duration(span.seconds)): look for it with "
          + "hippowatt fleet, or further back with --history")
    }
    return AllocationReport.written(reports, as: format)
  }

  private mutating func report(
    on life: FleetLife, in span: TimeSpan
  ) throws -> AllocationReport? {
    let told = try reader.asking { reader throws(StoreFault) in
      try reader.read(life, now: span.end)
    }
    let assembly = FleetAssembly(
      told.answers, told.view, tariff: terms.price == nil ? terms.tariff : nil,
      utcOffset: terms.utcOffset)
    let uses = assembly.uses(of: life.job, life.span, isPresent: told.isPresent)
    guard !uses.isEmpty else { return nil }
    var terms = terms
    if terms.price == nil, assembly.currencies.count == 1 { terms.told = assembly.currencies.first }
    var report = AllocationReport(
      uses.map { AllocationShare($0, store: store, terms) }, terms)
    report.store = life.cluster.isEmpty ? store : "\(store), cluster \(life.cluster)"
    report.isSimulated = assembly.isSimulated
    if let warning = reader.warning { report.damages = ["\(store) says: \(warning)"] }
    if reader.isUnclear { report.warn("its joules may be too low: " + StoredMonths.unclear) }
    if let words = reader.clockWords { report.warn("\(store): \(words)") }
    if life.earlier > 0 {
      let times = life.earlier == 1 ? "once" : "\(life.earlier) times"
      report.warn(
        "this is the newest run of that name; before, it was there \(times) within "
          + SI.duration(span.seconds))
    }
    if !told.isPresent, life.isCutOff(span.end) {
      let time = CivilTime(life.told, offset: terms.utcOffset(life.told))
      report.warn(
        "nothing was heard of it after \(time.isoDate) \(time.clock), though it had not ended; what followed "
          + "is not in it")
    }
    if span.start >= life.span.start - 60 {
      report.warn(
        "it may have begun before the time that was looked at: --history looks further back")
    }
    return report
  }
}
