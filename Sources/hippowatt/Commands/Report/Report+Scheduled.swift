import Accounting
import ArgumentParser
import Linux
import Quantities
import Telemetry

/// What is told of a scheduler's jobs: from recordings, or from a store.
extension Report {
  func validatePrice() throws {
    if let price, Price(text: price) == nil {
      throw ValidationError("--price \(price): write the price of a kWh, such as 0.25 or 0.25EUR")
    }
  }

  func validate(by: String) throws {
    guard ChargeBack.keys(by) != nil else {
      let words = ChargeBack.Key.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--by \(by): write one or some of \(words), with commas between them")
    }
    let formats = AllocationCommand.tableFormats
    guard formats.contains(format) else {
      throw ValidationError(
        "--format \(format): with --by write one of \(formats.joined(separator: ", "))")
    }
    guard job == nil, targetLoss == nil, !form.isOfForms, form.contract == nil,
      supposition.grid == nil
    else {
      throw ValidationError(
        "--by tells of all jobs as they were: leave out --job, --target-loss, --grid and what is of forms"
      )
    }
    try validatePrice()
  }

  /// What may be said with a store: one job, or all of them, as they were.
  func validateStored() throws {
    guard files.isEmpty else {
      throw ValidationError("--prometheus asks a store: leave out the recordings, or the store")
    }
    guard (job == nil) != (by == nil) else {
      throw ValidationError(
        "a store tells of one job, by --job 4711, or of all, such as by --by account,month")
    }
    if let by, ChargeBack.keys(by) == nil { return try validate(by: by) }
    let formats = by == nil ? AllocationCommand.formats : AllocationCommand.tableFormats
    guard formats.contains(format) else {
      throw ValidationError(
        "--format \(format): of jobs in a store write one of " + formats.joined(separator: ", "))
    }
    guard targetLoss == nil, !form.isOfForms, form.contract == nil, supposition.grid == nil, !verify
    else {
      throw ValidationError(
        "--prometheus tells a job as it was: leave out --target-loss, --grid, --verify and what is of forms"
      )
    }
    guard 3600...Settings.longest ~= Duration(text: history)?.inSeconds ?? 0 else {
      throw ValidationError("--history \(history): write a time from 1h to 366d, such as 30d")
    }
    try validatePrice()
  }

  private func terms(_ settings: Settings) -> AllocationShare.Terms {
    AllocationShare.Terms(
      price: price.flatMap(Price.init(text:)), tariff: settings.tariff,
      utcOffset: HostEnvironment.utcOffset)
  }

  /// Tells a job as a store knows it.
  func tellStored(_ settings: Settings) throws {
    let reader = try store.reader(HostEnvironment.current())
    let span = TimeSpan(last: Duration(text: history)?.inSeconds ?? 0, endingAt: SystemClock.wall)
    let text: String
    if let keys = by.flatMap(ChargeBack.keys) {
      var months = StoredMonths(reader, terms(settings))
      text = try months.table(by: keys, over: span, format: format)
    } else {
      var stored = StoredJobs(reader, terms(settings))
      text = try stored.report(of: job ?? "", in: span, format: format)
    }
    try File.put(text, to: nil)
  }

  /// What is told of a scheduler's jobs; `nil` where something else was asked for.
  func scheduled(_ settings: Settings, _ supposed: SupposedGrid?) throws -> String? {
    let command = AllocationCommand(
      files: files,
      terms: terms(settings), isVerifying: verify)
    if let keys = by.flatMap(ChargeBack.keys) {
      return try command.table(by: keys, format: format)
    }
    guard let job, ReportForms.form(format) == nil else { return nil }
    if let text = try command.report(of: job, format: format) {
      guard supposed == nil, targetLoss == nil else {
        throw Failure(
          "“\(job)” is a scheduler's job, which is told as it was: leave out --grid and --target-loss"
        )
      }
      return text
    }
    guard files.count == 1 else {
      throw Failure("none of the recordings knows a scheduler's job “\(job)”")
    }
    return nil
  }
}
