/// What observations go through before a timeline, a recording or a stream keeps them.
///
/// Secrets are masked in every text, the names of devices among them. For a session that is to be shown
/// to others the names of the machine, the user and the jobs are replaced as well, always by the same
/// words.
public struct PrivacyFilter: Sendable {
  private var names: NeutralNames?
  /// Devices whose names changed, and all that were looked at.
  private var renamed: [DeviceID: DeviceID] = [:]
  private var seen: Set<DeviceID> = []
  private static let mostSeen = 16_384

  /// A filter that masks secrets; with `names` it replaces names too.
  public init(_ names: NeutralNames? = nil) { self.names = names }

  /// Whether names are replaced.
  public var isAnonymous: Bool { names != nil }

  /// The same observations without what is private.
  public mutating func filtered(_ observations: [Observation]) -> [Observation] {
    var result: [Observation] = []
    result.reserveCapacity(observations.count)
    for observation in observations { result.append(filtered(observation)) }
    return result
  }

  /// The same text without what is private.
  public mutating func filtered(_ text: String) -> String {
    let masked = Secrets.masked(text)
    return names?.replaced(in: masked) ?? masked
  }

  /// What a device is called once what is private is out of its name.
  public mutating func renamed(_ device: DeviceID) -> DeviceID { id(device) }

  /// Notes the host of a source that may never answer, to be replaced where names are.
  public mutating func hide(host: String) { names?.hide(host, as: "host") }

  /// The name of a machine as it may be kept.
  public mutating func machine(_ name: String) -> String { names?.machine(name) ?? name }

  /// Takes what is private out of a timeline that was read from a recording of whatever age.
  ///
  /// The ids of devices stay, which nothing shows.
  public mutating func disguise(_ timeline: inout Timeline) {
    for device in timeline.devices { names?.learn(device) }
    for device in timeline.devices {
      var shown = filtered(device)
      (shown.id, shown.parent) = (device.id, device.parent)
      if shown != device { timeline.apply(.device(shown)) }
    }
    for event in timeline.events {
      var shown = event
      shown.text = filtered(event.text)
      guard shown != event else { continue }
      timeline.removeEvent(event)
      timeline.apply(.event(shown))
    }
  }

  private mutating func filtered(_ observation: Observation) -> Observation {
    switch observation {
    case .reading(let reading):
      let id = id(reading.device)
      return id == reading.device ? observation : .reading(reading.renamed(id))
    case .device(let device): return .device(filtered(device))
    case .series(var series):
      series.device = id(series.device)
      series.provenance.note = filtered(series.provenance.note)
      series.provenance.source = filtered(series.provenance.source)
      return .series(series)
    case .grid(var statement):
      statement.device = id(statement.device)
      return .grid(statement)
    case .event(var event):
      event.text = filtered(event.text)
      event.device = event.device.map { id($0) }
      return .event(event)
    case .state(var state):
      state.source = filtered(state.source)
      state.machine = state.machine.isEmpty ? "" : machine(state.machine)
      state.message = filtered(state.message)
      state.remedy = filtered(state.remedy)
      return .state(state)
    }
  }

  private mutating func filtered(_ device: Device) -> Device {
    var device = device
    let isNamedAlike = device.label == device.id.name
    // First, so that what they name is known where it stands in other texts.
    names?.learn(device)
    let former = device.id
    device.id = id(former)
    device.parent = device.parent.map { id($0) }
    if var names {
      names.replace(in: &device, former: former)
      self.names = names
    }
    device.label = isNamedAlike && names == nil ? device.id.name : filtered(device.label)
    device.model = filtered(device.model)
    for (key, value) in device.attributes { device.attributes[key] = filtered(value) }
    return device
  }

  private mutating func id(_ id: DeviceID) -> DeviceID {
    if seen.contains(id) { return renamed[id] ?? id }
    // What has no other name is looked at anew; processes come and go.
    if seen.count >= Self.mostSeen { seen = Set(renamed.keys).union(renamed.values) }
    seen.insert(id)
    names?.learnSerials(in: id.name)
    let name =
      names?.name(of: id) ?? names?.withoutSerials(Secrets.masked(id.name))
      ?? Secrets.masked(id.name)
    let machine = machine(id.machine)
    guard name != id.name || machine != id.machine else { return id }
    let new = DeviceID(machine: machine, kind: id.kind, name: unique(name, id, machine))
    renamed[id] = new
    seen.insert(new)
    return new
  }

  /// Two names may be the same once their secrets are masked.
  private func unique(_ name: String, _ id: DeviceID, _ machine: String) -> String {
    let taken = Set(
      renamed.values.filter { $0.kind == id.kind && $0.machine == machine }.map(\.name))
    guard taken.contains(name) else { return name }
    return (2...).lazy.map { "\(name) (\($0))" }.first { !taken.contains($0) } ?? name
  }
}

extension Reading {
  /// The same values of a device under another name.
  func renamed(_ device: DeviceID) -> Reading {
    var copy = self
    copy.device = device
    return copy
  }
}
