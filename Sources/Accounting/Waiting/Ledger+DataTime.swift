import Quantities
import Telemetry

extension Ledger {
  /// Takes the share of waiting that the job's own framework states, where it states one.
  ///
  /// No more of the time than no kernel ran: what is computed meanwhile is not waited for. The joules go
  /// with the time, at the watts that were drawn without work.
  func state(dataTimeOf job: DeviceID, _ account: inout WaitingAccount) {
    guard let data = timeline.id(.dataTime, of: job), let step = timeline.id(.stepTime, of: job)
    else {
      return
    }
    let times = Dictionary(
      timeline.readings(step, in: account.span).map { ($0.time, $0.value) },
      uniquingKeysWith: { $1 })
    var sums = (data: 0.0, step: 0.0, count: 0)
    for report in timeline.readings(data, in: account.span) {
      guard let whole = times[report.time], whole > 0, report.value <= whole * 1.05 else {
        continue
      }
      sums.data += report.value
      sums.step += whole
      sums.count += 1
    }
    guard sums.count >= 3, sums.step > 0 else { return }
    var share = min(1, sums.data / sums.step)
    let shares = accelerators(of: job).compactMap { utilization(of: $0.id, over: account.span) }
    if !shares.isEmpty {
      share = min(share, 1 - shares.reduce(0, +) / Double(shares.count) + 0.03)
    }
    let seconds = max(0, share) * account.judged.seconds
    let known = account.parts[.data] ?? WaitingAccount.Part()
    let watts: Double? =
      known.seconds >= 0.2 * seconds && known.seconds > 0
      ? known.joules / known.seconds : idleWatts(of: job, at: account.span.end)
    account.evidence = .dataTime
    if watts == nil, seconds > 0 { account.isPriced = false }
    account.parts[.data] = WaitingAccount.Part(
      seconds: seconds,
      joules: min(
        account.judged.joules, seconds * (watts ?? account.judged.joules / account.judged.seconds)))
    // What nobody could explain, the job has explained now, and what its main thread did as well: without
    // workers that loads the data. No second is of two kinds.
    var explained = seconds - known.seconds
    for kind in [WaitingAccount.Kind.gap, .host] { account.take(&explained, from: kind) }
    var excess = account.parts.values.reduce(-account.judged.seconds) { $0 + $1.seconds }
    for kind in [WaitingAccount.Kind.peer, .idle] { account.take(&excess, from: kind) }
  }

  private func idleWatts(of job: DeviceID, at time: Timestamp) -> Double? {
    let gpus = accelerators(of: job)
    return idleFloor(of: gpus, at: time).map { $0 / Double(max(1, gpus.count)) }
  }
}

extension WaitingAccount {
  /// Takes seconds from a kind, with their part of its joules, as far as it has any.
  fileprivate mutating func take(_ seconds: inout Double, from kind: Kind) {
    guard let part = parts[kind], part.seconds > 0, seconds > 0 else { return }
    let taken = min(seconds, part.seconds)
    let left = (part.seconds - taken) / part.seconds
    parts[kind] = Part(seconds: part.seconds * left, joules: part.joules * left)
    seconds -= taken
  }
}
