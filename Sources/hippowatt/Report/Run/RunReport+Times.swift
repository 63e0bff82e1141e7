import Accounting
import Canvas
import Quantities
import Telemetry

/// What a report says of the times of a job, and of energy that is not known because of them.
extension RunReport {
  /// How the times of a job are known, where there is something to say or it is to be told anyway; in
  /// the order of the lines.
  static func timeNotes(_ facts: JobFacts, isTold: Bool = false) -> [String] {
    var notes: [String] = []
    switch facts.timing {
    case .stamped where isTold: notes.append("as its log states them, or when its lines came")
    case .stamped: break
    case .anchored: notes.append("rows without one lie between the lines that have one")
    case .durations:
      notes.append("laid out by what steps took, ending when the log was last changed")
    case .none: notes.append("unknown, because the log has none")
    }
    if let zone = facts.timeZone {
      let assumed = facts.isTimeZoneAssumed ? ", which is assumed" : ""
      notes.append("without zone, read as \(sanitized(zone))\(assumed)")
    }
    if facts.isDateFromFile { notes.append("without date, taken from the file's last change") }
    if facts.untimedRows > 0 {
      notes.append(
        "\(SI.count(facts.untimedRows)) earlier rows had none: only their last state is kept")
    }
    return notes
  }

  /// Why no joules are told for a job; `nil` where some are.
  static func unknownJoules(_ job: Job) -> String? {
    guard job.joules == nil else { return nil }
    if !job.isTimed { return JobCost.untimed }
    guard let cost = job.cost else { return "the job has told no progress since it was restarted" }
    if job.facts.isHistory, let reason = cost.energyAbsence { return reason }
    guard job.isServing || job.totals?.parts.last?.life.whole.seconds ?? 0 > 0 else {
      return "it has reported only once"
    }
    guard let energy = cost.wholeEnergy else {
      return cost.energyAbsence ?? "nothing here tells its power"
    }
    if energy.covered > 0 {
      return "power was recorded for only \(SI.percent(energy.coverage)) % of its time"
    }
    return "no power was recorded while the job ran"
  }

  /// What would have made joules known, where nothing at all was measured.
  var remedy: String? {
    guard energy == nil, parts.isEmpty, jobs.contains(where: \.isTimed) else { return nil }
    return
      "record it with hippowatt record -o run.hippo -- COMMAND, or import a power log with it: "
      + "hippowatt import -o run.hippo train.log power.csv"
  }

  /// The joules of a job; `nil` where nothing was measured in its time, which is not zero.
  static func joules(_ cost: JobCost) -> Double? {
    cost.wholeEnergy.flatMap { $0.covered > 0 ? $0.joules : nil }
  }

  /// Whether nothing in the recording has a time: how long it lasted is not known.
  var isTimeless: Bool {
    energy == nil && !jobs.isEmpty && jobs.allSatisfy { !$0.isTimed }
  }

  /// The members of a job's JSON that tell of its times.
  static func timeMembers(_ job: Job) -> [(String, JSONText?)] {
    let facts = job.facts
    return [
      ("timing", .text(facts.timing.rawValue)), ("time_zone", facts.timeZone.map(JSONText.text)),
      ("time_zone_assumed", facts.timeZone.map { _ in .flag(facts.isTimeZoneAssumed) }),
      ("date_from_file", facts.isDateFromFile ? .flag(true) : nil),
      ("untimed_rows", facts.untimedRows > 0 ? .number(facts.untimedRows) : nil),
    ]
  }
}
