import Telemetry

/// How the places of the GPUs are asked, and what becomes of their answers.
extension NVMLSource {
  /// Makes room for so many GPUs; when there were more or fewer, says so and looks at all afresh.
  mutating func arrange(_ count: Int, _ now: Timestamp, _ observations: inout [Observation]) {
    if !places.isEmpty, count != places.count {
      let text = "the driver now shows \(count) GPU\(count == 1 ? "" : "s"), not \(places.count)"
      observations.append(.event(Event(time: now, kind: .note, text: text)))
      for index in places.indices where places[index].asked == nil {
        if let device = places[index].device { missing[device] = UInt32(index) }
        places[index].gpu.close()
        places[index].device = nil
        places[index].nextTry = nil
      }
    }
    for index in places.count..<max(count, places.count) {
      places.append(Place(gpu: NVMLGPU(UInt32(index), context)))
    }
    // One whose call hangs keeps its place, so that no second call is ever made for it.
    while places.count > count, let last = places.last, last.asked == nil { places.removeLast() }
  }

  /// Has every GPU looked at that is not resting, and waits a little for the answers.
  mutating func ask(_ library: NVMLLibrary, _ clock: any SessionClock) {
    let now = clock.now
    var keys: Set<Int> = []
    for (index, place) in places.enumerated() {
      if place.asked != nil { continue }
      if let nextTry = place.nextTry, now < nextTry { continue }
      let gpu = place.gpu
      guard crew.post(index, { .answer(gpu.look(library, clock)) }) else { continue }
      places[index].asked = now
      keys.insert(index)
    }
    if now - counted >= Self.countPeriod {
      counted = now
      _ = crew.post(Self.counting) { .count(try? library.deviceCount()) }
    }
    crew.wait(for: keys, seconds: patience)
  }

  /// Takes what has come back; says what went wrong with the library as a whole.
  mutating func collect(
    _ clock: any SessionClock, _ observations: inout [Observation]
  ) -> NVMLError? {
    var failure: NVMLError?
    var count: UInt32?
    for (key, reply) in crew.takeAnswers().sorted(by: { $0.key < $1.key }) {
      switch reply {
      case .count(let number): count = number
      case .answer(var answer):
        guard places.indices.contains(key) else { continue }
        // A call that hung while the library was opened anew knows only the old one.
        let isOutdated = places[key].asked.map { $0 < opened } ?? false
        places[key].asked = nil
        if isOutdated { answer.opened = nil }
        take(answer, key, clock, &observations)
        if !isOutdated, let error = answer.error, error.concernsLibrary {
          failure = failure ?? error
        }
      }
    }
    // While a call hangs nothing is moved: its GPU would be asked a second time.
    if let count, count > 0, count != places.count, places.allSatisfy({ $0.asked == nil }) {
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
      places[index].device = opened.device
      places[index].known = opened.device
      missing[opened.device] = nil
      events?.listen(to: opened.handle, opened.device)
    }
    for note in answer.notes {
      observations.append(event(of: index, at: now, .note, nil, note))
    }
    for note in answer.generalNotes where saidOnce.insert(note).inserted {
      observations.append(.event(Event(time: now, kind: .note, text: note)))
    }
    places[index].nextTry = nil
    places[index].mayRest = answer.mayRest
    if answer.isAsleep {
      tell(.asleep, of: index, now, &observations)
    } else if let error = answer.error, error.concernsLibrary {
      // The source fails as a whole, which is said once for all.
      return
    } else if let error = answer.error {
      places[index].nextTry =
        now + (error.isRefusal ? Self.reopenPeriod : Self.retryPeriod)
      tell(.error(error), of: index, now, &observations)
    } else {
      tell(nil, of: index, now, &observations)
    }
  }

  /// Names those whose call has not come back for too long.
  mutating func findSilent(_ now: Timestamp, _ observations: inout [Observation]) {
    let patience = max(3, 3 * context.interval)
    for index in places.indices {
      guard let asked = places[index].asked, now - asked >= patience else { continue }
      tell(.silent, of: index, now, since: asked, &observations)
    }
  }

  /// Says that a GPU has stopped answering or answers again; each once.
  mutating func tell(
    _ trouble: Trouble?, of index: Int, _ now: Timestamp, since: Timestamp? = nil,
    _ observations: inout [Observation]
  ) {
    let before = places[index].trouble
    places[index].trouble = trouble
    let isNews =
      (before == nil) != (trouble == nil) || (before == .asleep) != (trouble == .asleep)
      || (trouble == .silent && before != .silent)
    guard isNews else { return }
    let (kind, cause, text): (Event.Kind, Event.Cause, String) =
      switch trouble {
      case .error(let error): (.gap, error.cause, error.words)
      case .asleep: (.gap, .asleep, "sleeps and is left asleep")
      case .silent: (.gap, .hung, "no answer for \(Int(now - (since ?? now))) s")
      case nil where before == .asleep: (.note, .recovered, "awake again")
      case nil: (.note, .recovered, "answers again")
      }
    observations.append(event(of: index, at: since ?? now, kind, cause, text))
  }

  /// Something that happened to the GPU at a place; before it was ever opened its number names it.
  private func event(
    of index: Int, at time: Timestamp, _ kind: Event.Kind, _ cause: Event.Cause?, _ text: String
  ) -> Observation {
    let device = places[index].known
    return .event(
      Event(
        time: time, kind: kind, text: device == nil ? "GPU \(index): \(text)" : text,
        device: device, cause: cause))
  }

  /// Why there is nothing at all, if every GPU has a reason.
  var wholeFailure: SourceFailure? {
    guard places.allSatisfy({ $0.trouble != nil }) else { return nil }
    for (index, place) in places.enumerated() {
      guard case .error(let error) = place.trouble else { continue }
      return SourceFailure(
        error.isDenial ? .denied : .failed, "GPU \(index): \(error.words)", remedy: error.remedy)
    }
    guard places.contains(where: { $0.trouble == .silent }) else { return nil }
    return SourceFailure(
      .stalled, "the driver's calls have not come back",
      remedy: "everything else goes on; no GPU is asked again before they do")
  }

  /// Names the GPUs that are not among those the driver shows now, once all have been looked at.
  private mutating func findMissing(_ now: Timestamp, _ observations: inout [Observation]) {
    guard !missing.isEmpty,
      places.allSatisfy({ $0.device != nil || $0.trouble != nil })
    else { return }
    for (device, _) in missing.sorted(by: { $0.value < $1.value }) {
      let text = "no longer shown by the driver"
      observations.append(
        .event(Event(time: now, kind: .gap, text: text, device: device, cause: .lost)))
    }
    missing = [:]
  }
}
