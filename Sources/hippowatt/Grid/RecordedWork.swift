import Accounting
import Canvas
import Quantities
import Telemetry

/// What a recorded run says of the work that is to be placed: how much is left, and what it draws.
struct RecordedWork {
  /// Seconds that are left by the run's own count; `nil` where it does not tell.
  var seconds: Double?
  /// Why it does not.
  var silence = ""
  /// The mean power in watts; `nil` where the recording knows it for too little of its time.
  var watts: Double?
  /// The mean power over equal parts of the recording; one value where it is not known well enough.
  var power: [Double] = [1]
  /// Its file's name.
  var name: String

  /// Into so many parts the course of the power is cut.
  private static let parts = 48
  /// The part of the time of which the power must be known.
  private static let leastCoverage = 0.9

  /// Reads a recording.
  /// - Throws: `Failure` where it cannot be read.
  init(path: String) throws {
    name = path.split(separator: "/").last.map(String.init) ?? path
    let recording = try Accounts.open(path)
    let (timeline, span) = (recording.timeline, recording.span)
    let ledger = Ledger(timeline)
    if ledger.inventory.jobs.isEmpty {
      silence = "no job was recorded"
    } else {
      let job = try Accounts.job(nil, in: ledger, path: path)
      seconds = ledger.outlook(of: job.id, at: span.end)?.seconds.flatMap { $0 > 0 ? $0 : nil }
      if seconds == nil { silence = "\(job.label) does not tell how long it still takes" }
    }
    if let energy = ledger.energy(over: span), energy.coverage >= Self.leastCoverage {
      watts = energy.meanPower
    }
    guard let watts else { return }
    let curve = ledger.powerCurve(over: span, columns: Self.parts)
    // A part of which nothing is known draws what the others do.
    let known = curve.map { $0 ?? watts }
    if known.count == Self.parts, curve.contains(where: { $0 != nil }) { power = known }
  }

  /// What the answer rests on, in one line.
  func line(isOwnLength: Bool) -> String {
    let length =
      isOwnLength
      ? "what is left by its own count" : "of the length that --hours names"
    let draw =
      watts.map { ", \(SI.string($0, "W")) on average and in the course it had" }
      ?? ", of which the power is unknown: the recording knows it for under nine tenths of its time"
    return sanitized("work: \(length), as \(name)\(draw)")
  }
}
