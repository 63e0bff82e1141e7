import Quantities
import Telemetry

extension AlertQuantity {
  /// Seconds over which the share is taken.
  private static let stretch = 120.0

  /// The share of the last two minutes in which the accelerators of each job that trains waited for
  /// data; of all accelerators where no job is known.
  static let waiting = AlertQuantity(
    "waiting", example: "\"30%\"", [AlertSpelling(suffix: "%", unit: .percent)], every: 5
  ) { _, scene in
    let span = TimeSpan(last: stretch, endingAt: scene.time)
    let (ledger, jobs) = (scene.ledger, scene.ledger.inventory.jobs)
    guard !jobs.isEmpty else {
      return [scene.waiting(nil, "the accelerators", ledger.waiting(over: span))]
    }
    return jobs.map { job in
      let name = scene.name(job)
      // What serves waits for requests.
      guard !scene.hasEnded(job), !ledger.isServer(job.id) else {
        return AlertReading(job.id, name, .over, .percent)
      }
      return scene.waiting(job.id, name, ledger.waiting(of: job.id, over: span))
    }
  }
}

extension AlertScene {
  fileprivate func waiting(
    _ subject: DeviceID?, _ name: String, _ account: WaitingAccount?
  ) -> AlertReading {
    guard let account else {
      let isJudged = !timeline.devices(.waiting).isEmpty
      return AlertReading(
        subject, name,
        .unknown(isJudged ? nil : "nothing here tells what the accelerators wait for"), .percent)
    }
    guard account.isEnough else { return AlertReading(subject, name, .unknown(nil), .percent) }
    let share = account.share(.data)
    return AlertReading(
      subject, name, .known(100 * share), .percent,
      words: "\(name) waited for data for \(SI.percent(share)) % of the last "
        + SI.duration(account.span.seconds))
  }
}
