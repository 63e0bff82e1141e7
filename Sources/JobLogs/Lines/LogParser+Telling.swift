import Formats
import Quantities
import Telemetry

/// How what a line says becomes rows and events.
extension LogParser {
  /// Takes over what was found in a line, unless it is a copy.
  ///
  /// `isLate` says that the line came at an earlier look, and so its arrival is its time.
  mutating func note(
    stamp: LogStamp?, _ mark: StepDeduplicator.Mark, _ arrival: Timestamp, isLate: Bool = false
  ) {
    var time = liveTime(stamp, arrival) ?? (isLate && history == nil ? arrival : nil)
    if history == nil, floor == nil {
      // Of a past, a line without a time is of the time of the line before.
      if let known = time {
        if lastTime == nil { tellEarlier(than: known, arrival) }
        lastTime = known
      } else {
        time = lastTime
      }
    }
    let moment = time ?? arrival
    let fields = found.fields
    if let text = found.note, text != lastNote {
      lastNote = text
      say(text, at: moment)
    }
    found.note = nil
    let loss = found.loss
    let refused = found.refuseImplausible().subtracting(complaints)
    if !refused.isEmpty {
      complaints.formUnion(refused)
      refused.forEach {
        say("refused an impossible \($0.metric.title) in the job's log", at: moment, .refused)
      }
    }
    let isSameMoment =
      history == nil ? lastArrival == arrival : stamp == nil || stamp == lastStamp
    lastStamp = stamp
    let verdict = deduplicator.judge(
      found, fields, mark, isSameMoment: isSameMoment, isRecounted: model.isRecounted,
      statesStep: found.statesStep)
    model.isRecounted = false
    let before = aside
    aside = nil
    switch verdict {
    case .copy: return
    case .aside:
      aside = hold(stamp, mark, arrival)
      return
    case .addition:
      found.drop(deduplicator.said)
      if found.fields.isEmpty { return }
    case .resumed, .restarted:
      hasBegunUnsaid = false
      // The line that was put aside was the first of this life.
      let first = before.flatMap { $0.progress.step ?? 0 < found.step ?? 0 ? $0 : nil }
      let step = first?.progress.step ?? found.step ?? 0
      let words = verdict == .resumed ? "resumed" : "began anew"
      let beginning = Progress.Beginning(
        text: "\(words) at step \(step)", cause: verdict == .resumed ? .resumed : .restarted)
      if var first {
        first.progress.beginning = beginning
        let between = (found.step ?? 0) - (first.progress.step ?? 0)
        first.progress.redone = max(0, deduplicator.redone - (verdict == .resumed ? between : 0))
        tell(first.progress, first.stamp, time, arrival)
      } else {
        found.beginning = beginning
      }
    case .news:
      hearPass()
      if hasBegunUnsaid {
        hasBegunUnsaid = false
        found.beginning = Progress.Beginning(text: "began anew", cause: .restarted)
      }
    }
    lastArrival = arrival
    if let loss {
      if !loss.isFinite, !isLossBroken {
        let step = found.step.map { " at step \($0)" } ?? ""
        say("the loss is no number\(step)", at: moment, .refused)
      }
      isLossBroken = !loss.isFinite
    }
    found.redone = deduplicator.redone
    if found.step != nil { hasSteps = true }
    tell(found, stamp, time, arrival)
  }

  /// Notices that the passes of a log without steps begin anew.
  private mutating func hearPass() {
    guard found.step == nil, found.loss != nil, !hasSteps, let epoch = found.epoch else { return }
    defer { passes = (min(passes?.first ?? epoch, epoch), epoch) }
    // A rank that lags behind is a pass late, and no more.
    guard let passes, epoch <= passes.first, passes.last - epoch >= 2 else { return }
    found.beginning = Progress.Beginning(text: "began anew", cause: .restarted)
  }

  /// Puts a row where it belongs: in the history, in the burst, or among those of its time.
  private mutating func tell(
    _ progress: Progress, _ stamp: LogStamp?, _ time: Timestamp?, _ arrival: Timestamp
  ) {
    if history != nil {
      if let beginning = progress.beginning { history?.say(beginning.text, beginning.cause) }
      history?.add(progress, stamp: stamp, redone: progress.redone)
      return
    }
    guard let time else {
      burst.add(progress)
      return
    }
    guard row?.time == time, let last = row?.steps.last else {
      emitStamped(arrival)
      row = (time, [progress])
      return
    }
    if let step = last.step, let next = progress.step, step != next {
      row?.steps.append(progress)
    } else {
      row?.steps.removeLast()
      var both = last
      both.update(with: progress)
      row?.steps.append(both)
    }
  }

  /// Tells what stood in a log before its first line with a time.
  private mutating func tellEarlier(than time: Timestamp, _ arrival: Timestamp) {
    guard !burst.isEmpty else { return }
    for (moment, progress) in burst.take(arrival: time, floor: nil) {
      emit(progress, at: moment, arrival)
    }
  }

  /// The format that states a metric: the log's own if it does.
  func origin(of field: Progress.Fields) -> (any ProgressReader.Type)? {
    if let primary, said[primary].isSuperset(of: field) { return Swift.type(of: readers[primary]) }
    return said.firstIndex { $0.isSuperset(of: field) }.map { Swift.type(of: readers[$0]) }
  }

  mutating func say(_ text: String, at time: Timestamp, _ cause: Event.Cause? = nil) {
    if history != nil {
      history?.say(text, cause)
      return
    }
    events += 1
    // Of many, the last place is for the word that there were more.
    guard events < Self.mostEvents else { return }
    output.append(
      .event(Event(time: time, kind: .note, text: text, device: device, cause: cause)))
  }

  /// Says how many rows without a time were not kept one by one.
  mutating func tellMerged() {
    let merged = burst.takeMerged()
    guard merged > 0 else { return }
    untimedRows += merged
    learn([JobFacts.Key.untimedRows.rawValue: "\(untimedRows)"])
  }

  mutating func learn(_ facts: [String: String]) {
    lastFacts = facts
    for (key, value) in facts where announcement.facts[key] != value {
      announcement.facts[key] = value
      announcement.hasNewFacts = true
    }
  }

  mutating func emitStamped(_ arrival: Timestamp) {
    guard let waiting = row else { return }
    row = nil
    for (place, progress) in waiting.steps.enumerated() {
      let time = LogStamp.spread(waiting.time, place, of: waiting.steps.count)
      emit(progress, at: min(time, max(arrival, waiting.time)), arrival)
    }
  }

  /// Hears that a job did something besides steps.
  mutating func hear(_ told: HeardPauses) {
    if history != nil { history?.hear(told) } else { pauses.hear(told) }
  }

  /// Tells the pauses before a row, if there were any.
  private mutating func tellPause(
    before progress: Progress, at time: Timestamp, _ arrival: Timestamp
  ) {
    if progress.pause != nil { pauses.hear(progress.heardPauses) }
    guard progress.isTimeWithoutPauses, let step = progress.step, let seconds = progress.stepTime
    else { return }
    for pause in pauses.hear(step, seconds: seconds, at: time) {
      emit(Progress(pause), at: pause.end, arrival)
    }
  }

  mutating func emit(_ progress: Progress, at time: Timestamp, _ arrival: Timestamp) {
    tellPause(before: progress, at: time, arrival)
    var reading = Reading(device: device, time: time, arrival: arrival)
    progress.fill(&reading)
    guard !reading.isEmpty else { return }
    newestTold = max(time, newestTold ?? time)
    let isRedoing = progress.redone > 0
    if isRedoing { reading.set(.redoneSteps, steps: progress.redone) }
    if let beginning = progress.beginning {
      // A life begins with its first row, which may be older than the look at it.
      say(beginning.text, at: time, beginning.cause)
    }
    output += announce(reading, progress.fields, isRedoing: isRedoing)
    output.append(.reading(reading))
  }
}
