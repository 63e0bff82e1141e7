import Telemetry

/// How the GPUs of the slots are asked, and what becomes of their answers.
extension NVMLSource {
  /// Makes room for so many GPUs; when there were more or fewer, says so and looks at all afresh.
  mutating func arrange(_ count: Int, _ now: Timestamp, _ observations: inout [Observation]) {
    if !slots.isEmpty, count != slots.count {
      let text = "the driver now shows \(count) GPU\(count == 1 ? "" : "s"), not \(slots.count)"
      observations.append(.event(Event(time: now, kind: .note, text: text)))
      for index in slots.indices where slots[index].asked == nil {
        if let device = slots[index].device { missing[device] = UInt32(index) }
        slots[index].gpu.close()
        slots[index].device = nil
        slots[index].nextTry = nil
      }
    }
    for index in slots.count..<max(count, slots.count) {
      slots.append(Slot(gpu: NVMLGPU(UInt32(index), context)))
    }
    // One whose call hangs keeps its slot, so that no second call is ever made for it.
    while slots.count > count, let last = slots.last, last.asked == nil { slots.removeLast() }
  }

  /// Has every GPU looked at that is not resting, and waits a little for the answers.
  mutating func ask(_ library: NVMLLibrary, _ clock: any SessionClock) {
    let now = clock.now
    var keys: Set<Int> = []
    for (index, slot) in slots.enumerated() {
      if slot.asked != nil { continue }
      if let nextTry = slot.nextTry, now < nextTry { continue }
      let gpu = slot.gpu
      guard workers.submit(index, { .answer(gpu.look(library, clock)) }) else { continue }
      slots[index].asked = now
      keys.insert(index)
    }
    if now - counted >= Self.countPeriod {
      counted = now
      _ = workers.submit(Self.counting) { .count(try? library.deviceCount()) }
    }
    workers.wait(for: keys, seconds: patience)
  }

  /// Takes what has come back; says what went wrong with the library as a whole.
  mutating func collect(
    _ clock: any SessionClock, _ observations: inout [Observation]
  ) -> NVMLError? {
    var failure: NVMLError?
    var count: UInt32?
    for (key, reply) in workers.takeAnswers().sorted(by: { $0.key < $1.key }) {
      switch reply {
      case .count(let number): count = number
      case .answer(var answer):
        guard slots.indices.contains(key) else { continue }
        // A call that hung while the library was opened anew knows only the old one.
        let isOutdated = slots[key].asked.map { $0 < opened } ?? false
        slots[key].asked = nil
        if isOutdated { answer.opened = nil }
        take(answer, key, clock, &observations)
        if !isOutdated, let error = answer.error, error.concernsLibrary {
          failure = failure ?? error
        }
      }
    }
    // While a call hangs nothing is moved: its GPU would be asked a second time.
    if let count, count > 0, count != slots.count, slots.allSatisfy({ $0.asked == nil }) {
      arrange(Int(min(count, 1024)), clock.now, &observations)
    }
    findMissing(clock.now, &observations)
    return failure
  }

  private mutating func take(
    _ answer: NVMLAnswer, _ index: Int, _ clock: any SessionClock,
    _ observations: inout [Observation]
  ) {
    let now = clock.now
    observations += answer.observations
    if let opened = answer.opened {
      slots[index].device = opened.device
      slots[index].known = opened.device
      missing[opened.device] = nil
      events?.listen(to: opened.handle, opened.device)
    }
    for note in answer.notes {
      observations.append(event(of: index, at: now, .note, nil, note))
    }
    for note in answer.generalNotes where saidOnce.insert(note).inserted {
      observations.append(.event(Event(time: now, kind: .note, text: note)))
    }
    slots[index].nextTry = nil
    slots[index].mayRest = answer.mayRest
    if answer.isSuspended {
      tell(.asleep, of: index, now, &observations)
    } else if let error = answer.error, error.concernsLibrary {
      // The source fails as a whole, which is said once for all.
      return
    } else if let error = answer.error {
      slots[index].nextTry =
        now + (error.isRefusal ? Self.reopenPeriod : Self.retryPeriod)
      tell(.error(error), of: index, now, &observations)
    } else {
      tell(nil, of: index, now, &observations)
    }
  }

  /// Names those whose call has not come back for too long.
  mutating func findSilent(_ now: Timestamp, _ observations: inout [Observation]) {
    let patience = max(3, 3 * context.interval)
    for index in slots.indices {
      guard let asked = slots[index].asked, now - asked >= patience else { continue }
      tell(.silent, of: index, now, since: asked, &observations)
    }
  }

  /// Says that a GPU has stopped answering or answers again; each once.
  mutating func tell(
    _ fault: Fault?, of index: Int, _ now: Timestamp, since: Timestamp? = nil,
    _ observations: inout [Observation]
  ) {
    let before = slots[index].fault
    slots[index].fault = fault
    let isNews =
      (before == nil) != (fault == nil) || (before == .asleep) != (fault == .asleep)
      || (fault == .silent && before != .silent)
    guard isNews else { return }
    let (kind, cause, text): (Event.Kind, Event.Cause, String) =
      switch fault {
      case .error(let error): (.gap, error.cause, error.words)
      case .asleep: (.gap, .asleep, "sleeps and is left asleep")
      case .silent: (.gap, .hung, "no answer for \(Int(now - (since ?? now))) s")
      case nil where before == .asleep: (.note, .recovered, "awake again")
      case nil: (.note, .recovered, "answers again")
      }
    observations.append(event(of: index, at: since ?? now, kind, cause, text))
  }

  /// Something that happened to the GPU of a slot; before it was ever opened its index names it.
  private func event(
    of index: Int, at time: Timestamp, _ kind: Event.Kind, _ cause: Event.Cause?, _ text: String
  ) -> Observation {
    let device = slots[index].known
    return .event(
      Event(
        time: time, kind: kind, text: device == nil ? "GPU \(index): \(text)" : text,
        device: device, cause: cause))
  }

  /// Why there is nothing at all, if every GPU has a reason.
  var wholeFailure: SourceFailure? {
    guard slots.allSatisfy({ $0.fault != nil }) else { return nil }
    for (index, slot) in slots.enumerated() {
      guard case .error(let error) = slot.fault else { continue }
      return SourceFailure(
        error.isDenial ? .denied : .failed, "GPU \(index): \(error.words)", remedy: error.remedy)
    }
    guard slots.contains(where: { $0.fault == .silent }) else { return nil }
    return SourceFailure(
      .stalled, "the driver's calls have not come back",
      remedy: "everything else goes on; no GPU is asked again before they do")
  }

  /// Names the GPUs that are not among those the driver shows now, once all have been looked at.
  private mutating func findMissing(_ now: Timestamp, _ observations: inout [Observation]) {
    guard !missing.isEmpty,
      slots.allSatisfy({ $0.device != nil || $0.fault != nil })
    else { return }
    for (device, _) in missing.sorted(by: { $0.value < $1.value }) {
      let text = "no longer shown by the driver"
      observations.append(
        .event(Event(time: now, kind: .gap, text: text, device: device, cause: .lost)))
    }
    missing = [:]
  }
}
