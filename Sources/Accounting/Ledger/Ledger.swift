import Quantities
import Telemetry

/// The integrals over a timeline: joules, renewable joules, grams.
///
/// Any span is one subtraction for each device.
public struct Ledger: Sendable {
  /// The timeline that is integrated.
  public let timeline: Timeline
  /// Which of its devices count for what.
  public let inventory: Inventory
  /// Answers computed already; they stay true, since the timeline does not change.
  let memos = LedgerMemos()
  /// What ledgers of the same session added up of the grid already.
  let tally: GridTally

  /// The ledger of a timeline as it is now; later readings need a new one.
  ///
  /// - Parameter tally: what the ledgers of a session hand on, so that the next one adds the newest
  ///   stretch only.
  public init(_ timeline: Timeline, tally: GridTally = GridTally()) {
    self.timeline = timeline
    self.tally = tally
    inventory = Inventory(timeline)
  }

  /// The energy of everything that is measured, over a span; `nil` when nothing is.
  ///
  /// Of every machine at every moment by the meters that stand for it then.
  public func energy(over span: TimeSpan) -> EnergyAmount? {
    energy(of: inventory.machines, over: span)
  }

  /// The energy of some machines, over a span; `nil` when nothing of them is measured.
  public func energy(of machines: [MachineMeters], over span: TimeSpan) -> EnergyAmount? {
    let amounts = machines.compactMap { energy(of: $0, over: span) }
    return amounts.isEmpty ? nil : amounts.dropFirst().reduce(amounts[0], +)
  }

  /// The energy of one machine, stretch by stretch.
  private func energy(of meters: MachineMeters, over span: TimeSpan) -> EnergyAmount? {
    var sum: EnergyAmount?
    for choice in meterChoices(of: meters) {
      guard let part = choice.span.intersection(span), part.seconds > 0 || span.seconds == 0 else {
        continue
      }
      let amount =
        timeline.energy(of: choice.devices, over: part) ?? .unknown(seconds: part.seconds)
      sum = sum.map { $0.followed(by: amount) } ?? amount
    }
    let devices = meters.wholes + meters.parts
    return devices.contains { timeline.energySeries(of: $0.id) != nil } ? sum : nil
  }

  /// The share of a span in which an accelerator ran a kernel, 0...1.
  public func utilization(of gpu: DeviceID, over span: TimeSpan) -> Double? {
    timeline.id(.utilization, of: gpu).flatMap { timeline.total($0, over: span).mean }
      .map { min(1, max(0, $0)) }
  }

  /// The power of everything that is measured at a time, in watts; `nil` when nothing is.
  public func power(at time: Timestamp) -> Double? {
    let powers = inventory.machines.compactMap { meters -> Double? in
      let choice = meterChoice(of: meters, at: time)
      // A wide meter that is between two readings would leave nothing but the rest.
      if let whole = choice.whole, power(of: whole.id, at: time) == nil {
        return power(of: meters.parts, at: time)
      }
      return power(of: choice.devices, at: time)
    }
    return powers.isEmpty ? nil : powers.reduce(0, +)
  }

  /// The power of a device at a time, in watts: as it reports it, or else the rate of its counter.
  public func power(of device: DeviceID, at time: Timestamp) -> Double? {
    memos.powers.answer(.init(device: device, time: time)) {
      timeline.moment(at: time).power(of: device)
    }
  }

  /// The power of several devices together; `nil` when none of them reports any.
  public func power(of devices: [Device], at time: Timestamp) -> Double? {
    let powers = devices.compactMap { power(of: $0.id, at: time) }
    return powers.isEmpty ? nil : powers.reduce(0, +)
  }

  /// The mean power of everything known in each of `columns` equal parts of a span, in watts.
  ///
  /// A column is `nil` when a device that reports power elsewhere has none there: the sum without
  /// it would show a dip that did not happen.
  public func powerCurve(
    of devices: [Device], over span: TimeSpan, columns: Int, until: Timestamp? = nil
  ) -> [Double?] {
    let key = LedgerMemos.CurveKey(
      devices: devices.map(\.id), span: span, columns: columns, until: until)
    return memos.curves.answer(key) { sum(of: devices, over: span, columns: columns, until: until) }
  }

  /// The mean power of all machines in each of `columns` equal parts of a span, in watts, by the
  /// meters that stand for them at the time.
  public func powerCurve(
    over span: TimeSpan, columns: Int, until: Timestamp? = nil
  ) -> [Double?] {
    let key = LedgerMemos.CurveKey(span: span, columns: columns, until: until)
    return memos.curves.answer(key) {
      let curves = inventory.machines.map { curve(of: $0, over: span, columns: columns, until) }
      return Self.sum(curves, columns: columns)
    }
  }

  private func curve(
    of meters: MachineMeters, over span: TimeSpan, columns: Int, _ until: Timestamp?
  ) -> [Double?] {
    let choices = meterChoices(of: meters).filter { choice in
      choice.span.intersection(span).map { $0.seconds > 0 } ?? false
    }
    guard let first = choices.first else { return [] }
    if choices.count == 1 {
      return powerCurve(of: first.devices, over: span, columns: columns, until: until)
    }
    let width = span.seconds / Double(max(1, columns))
    return (0..<max(0, columns)).map { column in
      let choice = meterChoice(of: meters, at: span.start + (Double(column) + 0.5) * width)
      let curve = powerCurve(of: choice.devices, over: span, columns: columns, until: until)
      return column < curve.count ? curve[column] : nil
    }
  }

  private func sum(
    of devices: [Device], over span: TimeSpan, columns: Int, until: Timestamp?
  ) -> [Double?] {
    var sums = [Double](repeating: 0, count: max(0, columns))
    var isKnown = false
    for device in devices {
      guard
        let id = timeline.id(.power, of: device.id) ?? timeline.id(.energy, of: device.id)
      else { continue }
      isKnown = true
      tally.curves.add(id, in: timeline, over: span, until: until, to: &sums)
    }
    return sums.map { isKnown && !$0.isNaN ? $0 : nil }
  }

  /// Curves added up; a column that one of them lacks is lacking.
  private static func sum(_ curves: [[Double?]], columns: Int) -> [Double?] {
    guard !curves.isEmpty else { return Array(repeating: nil, count: max(0, columns)) }
    return (0..<max(0, columns)).map { column in
      var sum = 0.0
      for curve in curves {
        guard column < curve.count, let value = curve[column] else { return nil }
        sum += value
      }
      return sum
    }
  }

  /// The devices whose power stands for the machines' at a time.
  public func powerDevices(at time: Timestamp) -> [Device] {
    inventory.machines.flatMap { meterChoice(of: $0, at: time).devices }
  }

  /// The role of what measures the machine as a whole at a time; `nil` where parts are added up, or
  /// where several machines are measured in different ways.
  public func wholeRole(at time: Timestamp) -> DeviceRole? {
    let roles = Set(inventory.machines.map { meterChoice(of: $0, at: time).whole?.role })
    return roles.count == 1 ? roles.first ?? nil : nil
  }
}
