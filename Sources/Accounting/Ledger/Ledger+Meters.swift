import Quantities
import Telemetry

/// Which meters stand for each machine, and when.
///
/// A meter of the whole machine is preferred to the sum of its parts, since it also sees what no
/// part tells. It stands for the machine only while it tells anything, and only where it tells no
/// less than the parts it contains: a smaller one measures something else.
extension Ledger {
  /// How the known time is cut: at whole multiples of a length, at most so many pieces.
  private static let mostBlocks = 256.0
  private static let shortestBlock: Int64 = 60_000_000_000
  /// Two seconds of both are needed before a meter is called too small.
  private static let leastCommon = 2.0
  /// Sensors of parts and of the whole disagree by a tenth and a few watts.
  private static let tolerance = (share: 0.9, watts: 10.0)

  /// The choices of meters for a machine, one after another, over all time that is known.
  public func meterChoices(of meters: MachineMeters) -> [MeterChoice] {
    memos.choices.answer(meters.machine) { choices(of: meters) }
  }

  /// The choice for a machine at a time.
  public func meterChoice(of meters: MachineMeters, at time: Timestamp) -> MeterChoice {
    let choices = meterChoices(of: meters)
    let index = choices.partitioningIndex { $0.span.end > time }
    return index < choices.count
      ? choices[index]
      : choices.last ?? MeterChoice(span: TimeSpan(time, time), devices: meters.parts)
  }

  private func choices(of meters: MachineMeters) -> [MeterChoice] {
    guard let known = timeline.span else { return [] }
    guard !meters.wholes.isEmpty else {
      return [MeterChoice(span: .always, devices: meters.parts)]
    }
    var choices: [MeterChoice] = []
    func add(_ choice: MeterChoice) {
      guard choice.span.seconds > 0 else { return }
      if let last = choices.indices.last, choices[last].devices == choice.devices,
        choices[last].tooSmall == choice.tooSmall
      {
        choices[last].span = TimeSpan(choices[last].span.start, choice.span.end)
      } else {
        choices.append(choice)
      }
    }
    var tooSmall: Set<DeviceID> = []
    for block in Self.blocks(of: known) {
      choose(meters, meters.wholes[...], in: block, &tooSmall, add)
    }
    // What is known ends and begins with readings; the first and the last choice go on beyond.
    if let last = choices.indices.last {
      choices[0].span = TimeSpan(TimeSpan.always.start, choices[0].span.end)
      choices[last].span = TimeSpan(choices[last].span.start, TimeSpan.always.end)
    }
    return choices
  }

  /// Chooses for a stretch of time: the first wide meter that is whole, and where it is silent the
  /// next ones.
  private func choose(
    _ meters: MachineMeters, _ wholes: ArraySlice<Device>, in span: TimeSpan,
    _ tooSmall: inout Set<DeviceID>, _ add: (MeterChoice) -> Void
  ) {
    let passed = meters.wholes.filter { tooSmall.contains($0.id) }
    guard let whole = wholes.first, let id = timeline.energySeries(of: whole.id) else {
      return add(MeterChoice(span: span, devices: meters.parts, tooSmall: passed))
    }
    let silences = timeline.partedSilences(id, in: span)
      .filter { isHandedOver($0, meters, wholes.dropFirst()) }.map(\.span)
    if let isSmall = isTooSmall(whole, meters, in: span, but: silences) {
      if isSmall { tooSmall.insert(whole.id) } else { tooSmall.remove(whole.id) }
    }
    guard !tooSmall.contains(whole.id) else {
      return choose(meters, wholes.dropFirst(), in: span, &tooSmall, add)
    }
    func stand(_ start: Timestamp, _ end: Timestamp) {
      add(
        MeterChoice(
          span: TimeSpan(start, end), whole: whole,
          devices: [whole] + meters.rest(beside: whole),
          tooSmall: meters.wholes.filter { tooSmall.contains($0.id) }))
    }
    var start = span.start
    for silence in silences {
      if start < silence.start { stand(start, silence.start) }
      choose(meters, wholes.dropFirst(), in: silence, &tooSmall, add)
      start = silence.end
    }
    if start < span.end { stand(start, span.end) }
  }

  /// Whether others stand for the machine while a wide meter is silent.
  ///
  /// Of a stretch of which it tells something, what it tells is lost then; so others must tell more.
  private func isHandedOver(
    _ silence: Timeline.Silence, _ meters: MachineMeters, _ others: ArraySlice<Device>
  ) -> Bool {
    guard silence.covered > 0 else { return true }
    return (Array(others) + meters.parts).contains { device in
      (timeline.energy(of: device.id, over: silence.span)?.covered ?? 0)
        > silence.covered * 1.1 + 1
    }
  }

  /// Whether a wide meter tells less than the parts it contains; `nil` where both tell too little to
  /// say.
  private func isTooSmall(
    _ whole: Device, _ meters: MachineMeters, in span: TimeSpan, but silences: [TimeSpan]
  ) -> Bool? {
    let parts = meters.parts.filter { part in
      whole.contains(part) && !(timeline.energy(of: part.id, over: span)?.isModelled ?? true)
    }
    guard let mine = timeline.energy(of: whole.id, over: span),
      mine.covered >= Self.leastCommon
    else { return nil }
    var joules = 0.0
    var isKnown = false
    for part in parts {
      guard var energy = timeline.energy(of: part.id, over: span) else { continue }
      for silence in silences {
        guard let inside = timeline.energy(of: part.id, over: silence) else { continue }
        energy.joules -= inside.joules
        energy.covered -= inside.covered
      }
      guard energy.covered >= Self.leastCommon else { continue }
      isKnown = true
      joules += energy.joules
    }
    guard isKnown, let id = timeline.energySeries(of: whole.id) else { return nil }
    // A meter that tells a mean a minute has its share of the span by interpolation only.
    let most =
      mine.joules + timeline.edgeDoubt(id, at: span.start) + timeline.edgeDoubt(id, at: span.end)
    return most < Self.tolerance.share * joules - Self.tolerance.watts * mine.covered
  }

  /// A span cut at whole multiples of a length that depends on the whole span only, so that the
  /// choices do not depend on what is asked.
  private static func blocks(of span: TimeSpan) -> [TimeSpan] {
    var length = shortestBlock
    while span.seconds * 1e9 / Double(length) > mostBlocks { length *= 2 }
    var blocks: [TimeSpan] = []
    var start = span.start
    while start < span.end {
      let next = (start.nanoseconds / length &+ 1).multipliedReportingOverflow(by: length)
      let end = next.overflow ? span.end : min(span.end, Timestamp(nanoseconds: next.partialValue))
      blocks.append(TimeSpan(start, end))
      start = end
    }
    return blocks
  }
}

extension TimeSpan {
  /// All time there is.
  static let always = TimeSpan(
    Timestamp(nanoseconds: .min / 4), Timestamp(nanoseconds: .max / 4))
}
