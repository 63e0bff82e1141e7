import Quantities
import Telemetry

/// What a reader of a total must know before believing it.
public enum AccountWarning: Hashable, Sendable {
  /// The counter of a device and the integral of its power differ: the one over the other.
  case contradicts(device: String, ratio: Double)
  /// A meter of a whole machine told less than the parts inside it and was passed over.
  case tooSmall(device: String)
  /// Values of a device were left out because they are impossible, so many times.
  case refused(device: String, text: String, count: Int)
  /// The power of a device is read at moments that are so many seconds apart.
  case seldom(device: String, period: Double)
  /// An accelerator told more power than three times what its maker states, in watts both.
  case beyond(device: String, watts: Double, stated: Double)
  /// An accelerator tells no power beside others that do.
  case powerless(device: String)
  /// What was assumed of files when they were imported.
  case assumed(text: String)
  /// For a part of the time no meter tells anything: the known share, 0...1.
  case notCovered(share: Double)

  /// In words, for the screen and for reports.
  public var words: String {
    switch self {
    case .contradicts(let device, let ratio):
      let percent = SI.percent(abs(ratio - 1))
      return "\(device): counter and integral of power are \(percent) % apart "
        + "(ratio \(SI.fixed(ratio, 2)))"
    case .tooSmall(let device):
      return "\(device) tells less than its parts: passed over"
    case .refused(let device, let text, let count):
      let times = count > 1 ? ", \(count) times" : ""
      return (device.isEmpty ? "" : device + ": ") + text + times
    case .seldom(let device, let period):
      return "\(device): watts of a moment every \(SI.duration(period)); what lies between is not "
        + "seen, so how far off the joules are is unknown"
    case .beyond(let device, let watts, let stated):
      return
        "\(device) told \(SI.fixed(watts, 0)) W, where its maker states \(SI.fixed(stated, 0)) W: its joules "
        + "hold more than it can have drawn"
    case .powerless(let device):
      return "\(device) tells no power: what it draws is unknown, and in no total"
    case .assumed(let text): return text
    case .notCovered(let share):
      return
        "energy is known for \(SI.percent(share)) % of the time; what is missing is not guessed"
    }
  }
}

extension Ledger {
  /// What must be said with the totals of a span, the gravest first.
  public func warnings(over span: TimeSpan) -> [AccountWarning] {
    var warnings: [AccountWarning] = []
    for device in inventory.parts + inventory.machines.flatMap(\.wholes) {
      let balance = balance(of: device.id, over: span)
      if let ratio = balance.ratio, balance.verdict != .agrees {
        warnings.append(.contradicts(device: title(device), ratio: ratio))
      }
    }
    warnings += metersPassedOver(in: span)
    warnings += seldom(in: span)
    warnings += beyond(in: span)
    warnings += powerless()
    warnings += refusals(in: span)
    warnings += assumptions(before: span.end)
    if let energy = energy(over: span), energy.covered > 0, energy.coverage < 0.9 {
      warnings.append(.notCovered(share: energy.coverage))
    }
    return warnings
  }

  /// The meters of a span that told less than the parts inside them.
  public func metersPassedOver(in span: TimeSpan) -> [AccountWarning] {
    inventory.machines.filter { !$0.wholes.isEmpty }.flatMap { meters in
      var seen: Set<DeviceID> = []
      return meterChoices(of: meters).filter { choice in
        choice.span.intersection(span).map { $0.seconds > 0 } ?? false
      }.flatMap(\.tooSmall).filter { seen.insert($0.id).inserted }
        .map { AccountWarning.tooSmall(device: title($0)) }
    }
  }

  /// The devices that stand for a machine with watts of moments far apart.
  private func seldom(in span: TimeSpan) -> [AccountWarning] {
    inventory.machines.flatMap { meters in
      var seen: Set<DeviceID> = []
      return meterChoices(of: meters).filter { $0.span.intersection(span) != nil }
        .flatMap(\.devices).compactMap { device -> AccountWarning? in
          guard let id = timeline.energySeries(of: device.id), seen.insert(device.id).inserted
          else { return nil }
          let descriptor = timeline.descriptor(id)
          let provenance = descriptor.provenance
          guard !descriptor.metric.isCounter, provenance.method == .instant, provenance.period > 1
          else { return nil }
          return .seldom(device: title(device), period: provenance.period)
        }
    }
  }

  /// The accelerators whose power was out of all proportion to what their maker states.
  ///
  /// Boards pass it for moments, and one name may stand for boards of half the power; three times it is
  /// neither.
  private func beyond(in span: TimeSpan) -> [AccountWarning] {
    inventory.gpus.compactMap { gpu in
      guard let stated = Accelerator.find(gpu.model)?.power, gpu.role == .accelerator,
        let id = timeline.id(.power, of: gpu.id),
        let watts = timeline.extremes(id, over: span)?.high, watts > 3 * stated
      else { return nil }
      return .beyond(device: title(gpu), watts: watts, stated: stated)
    }
  }

  /// The accelerators that tell no power where others of their machine do and no meter contains them; what
  /// is on a processor's die is in its package.
  private func powerless() -> [AccountWarning] {
    inventory.machines.filter { $0.wholes.isEmpty }.flatMap { meters in
      let boards = inventory.gpus.filter { $0.id.machine == meters.machine }
      let silent = boards.filter {
        timeline.energySeries(of: $0.id) == nil && $0.attributes[Device.integratedKey] == nil
      }
      return silent.count < boards.count
        ? silent.map { AccountWarning.powerless(device: title($0)) } : []
    }
  }

  /// What was assumed of what was imported, each once; it holds for all of a recording.
  private func assumptions(before end: Timestamp) -> [AccountWarning] {
    var texts: Set<String> = []
    return timeline.events.filter { $0.cause == .assumed && $0.time <= end }
      .filter { texts.insert($0.text).inserted }.prefix(16).map { .assumed(text: $0.text) }
  }

  /// What was refused in a span, each kind of refusal once with its number.
  private func refusals(in span: TimeSpan) -> [AccountWarning] {
    struct Kind: Hashable {
      var device: DeviceID?
      var text: String
    }
    var order: [Kind] = []
    var counts: [Kind: Int] = [:]
    for event in timeline.events where event.cause == .refused && span.contains(event.time) {
      let kind = Kind(device: event.device, text: event.text)
      if counts[kind] == nil { order.append(kind) }
      counts[kind, default: 0] += 1
    }
    return order.prefix(16).map { kind in
      let name = kind.device.flatMap { timeline.device($0) }.map(title) ?? ""
      return .refused(device: name, text: kind.text, count: counts[kind] ?? 1)
    }
  }

  private func title(_ device: Device) -> String {
    let machine = inventory.machines.count > 1 ? device.id.machine + " " : ""
    return "\(machine)\(device.id.kind.name) \(device.label)"
  }

  /// What stands for the machines over a span, in words: `at the plug: wall`, `8 GPUs, 2 processors`.
  public func boundary(over span: TimeSpan) -> String? {
    var parts: [(text: String, machines: Set<String>)] = []
    for meters in inventory.machines {
      var seen: Set<[DeviceID]> = []
      for choice in meterChoices(of: meters) {
        guard let part = choice.span.intersection(span), part.seconds > 0, !choice.devices.isEmpty,
          seen.insert(choice.devices.map(\.id)).inserted
        else { continue }
        let text = words(choice)
        if let place = parts.firstIndex(where: { $0.text == text }) {
          parts[place].machines.insert(meters.machine)
        } else {
          parts.append((text, [meters.machine]))
        }
      }
    }
    guard !parts.isEmpty else { return nil }
    return parts.map { part in
      part.machines.count > 1
        ? "\(part.text) on each of \(part.machines.count) machines" : part.text
    }.joined(separator: "; ")
  }

  private func words(_ choice: MeterChoice) -> String {
    var parts: [String] = []
    var rest = choice.devices
    if let whole = choice.whole {
      rest.removeFirst()
      let current = whole.attributes["measurement"].map { " (\($0))" } ?? ""
      parts.append(
        whole.role == .machine
          ? "the machine at the plug\(current)" : "the platform\(current): \(whole.label)")
    }
    func count(_ role: DeviceRole, _ one: String, _ many: String) {
      let found = rest.filter { $0.role == role && timeline.energySeries(of: $0.id) != nil }
      if !found.isEmpty { parts.append(found.count == 1 ? "1 \(one)" : "\(found.count) \(many)") }
    }
    count(.accelerator, "accelerator board", "accelerator boards")
    count(.processor, "processor package", "processor packages")
    count(.memory, "memory domain", "memory domains")
    count(.component, "other part", "other parts")
    return parts.joined(separator: " + ")
  }
}
