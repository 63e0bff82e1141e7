import Formats
import Quantities
import Telemetry

extension JSONLineDecoder {
  /// Reads the value of `device`.
  mutating func device(_ scanner: inout JSONScanner) throws(JSONFault) -> Device {
    var naming = DeviceNaming()
    var (label, model) = (nil as String?, "")
    var attributes: [String: String] = [:]
    var length = 0
    var (role, contents, parent): (DeviceRole?, Set<DeviceRole>?, DeviceID?) = (nil, nil, nil)
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.equals(key, "name") {
        naming.name = try deviceName(&scanner)
      } else if try name(&naming, key, &scanner) {
        continue
      } else if scanner.equals(key, "label") {
        label = try scanner.string()
      } else if scanner.equals(key, "model") {
        model = try scanner.string()
      } else if scanner.equals(key, "role") {
        role = try choice(scanner.string(), "role")
      } else if scanner.equals(key, "contains") {
        contents = try roles(&scanner)
      } else if scanner.equals(key, "part_of") {
        parent = try deviceID(&scanner)
      } else if scanner.equals(key, "attributes") {
        try scanner.beginObject()
        var isFirst = true
        while let key = try scanner.nextKey(&isFirst) {
          let name = try scanner.text(key)
          let value = try scanner.string(cap: 4096)
          length += name.utf8.count + value.utf8.count
          guard length <= Limit.attributes.rawValue else { throw excess(.attributes) }
          if attributes.count < 64 { attributes[name] = value }
        }
      } else {
        try scanner.skipValue()
      }
    }
    guard let kind = naming.kind else {
      throw JSONFault("a device needs a “kind”, such as \"gpu\"")
    }
    guard let name = naming.name else { throw JSONFault("a device needs a “name”, such as \"0\"") }
    let place = try place(naming.machine, kind, name)
    devices[place].isAnnounced = true
    let id = devices[place].id
    let device = Device(
      id: id, label: label ?? name, model: model, role: role, contents: contents, parent: parent,
      attributes: attributes)
    return goesByNames && role == nil ? device.withFormerRole() : device
  }

  /// A device that lines speak of without having introduced it.
  func unannounced(_ id: DeviceID) -> Device {
    let device = Device(id: id, label: id.name)
    return goesByNames ? device.withFormerRole() : device
  }

  /// Reads a list of roles.
  private func roles(_ scanner: inout JSONScanner) throws(JSONFault) -> Set<DeviceRole> {
    var roles: Set<DeviceRole> = []
    try scanner.expect(UInt8(ascii: "["), "“[”")
    if scanner.take(UInt8(ascii: "]")) { return roles }
    repeat {
      roles.insert(try choice(scanner.string(), "role"))
    } while scanner.take(UInt8(ascii: ","))
    try scanner.expect(UInt8(ascii: "]"), "“,” or “]”")
    return roles
  }

  /// Reads which device something speaks of.
  private mutating func deviceID(_ scanner: inout JSONScanner) throws(JSONFault) -> DeviceID {
    var naming = DeviceNaming()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.equals(key, "name") {
        naming.name = try deviceName(&scanner)
      } else if try name(&naming, key, &scanner) {
        continue
      } else {
        try scanner.skipValue()
      }
    }
    guard let kind = naming.kind, let name = naming.name else {
      throw JSONFault("a device is named by its “kind” and “name”, such as \"gpu\" and \"0\"")
    }
    return try mention(naming.machine, kind, name)
  }

  /// Reads the value of `series`: what a name of a device's values means.
  mutating func series(_ scanner: inout JSONScanner) throws(JSONFault) -> [Observation] {
    var naming = DeviceNaming()
    var (metric, unit): (String?, Unit?) = (nil, nil)
    var scale: Double?
    var isCounter = false
    var method: Provenance.Method?
    var provenance = Provenance(source: source, method: .instant, period: 0)
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if try name(&naming, key, &scanner) {
        continue
      } else if scanner.equals(key, "metric") {
        metric = try scanner.string(cap: 64)
      } else if scanner.equals(key, "unit") {
        unit = try choice(scanner.string(), "unit")
      } else if scanner.equals(key, "scale") {
        scale = try magnitude(&scanner, "scale", in: Metric.scales)
      } else if scanner.equals(key, "counter") {
        isCounter = try scanner.boolean()
      } else if scanner.equals(key, "source") {
        provenance.source = try scanner.string()
      } else if scanner.equals(key, "method") {
        method = try choice(scanner.string(), "method")
      } else if scanner.equals(key, "period") {
        provenance.period = try magnitude(&scanner, "period", in: Provenance.periods)
      } else if scanner.equals(key, "range") {
        provenance.range = try magnitude(&scanner, "range", in: Provenance.ranges)
      } else if scanner.equals(key, "note") {
        provenance.note = try scanner.string(cap: 4096)
      } else {
        try scanner.skipValue()
      }
    }
    guard let kind = naming.kind, let name = naming.name, let metric, !metric.isEmpty else {
      throw JSONFault("a series needs a “kind”, a “device” and a “metric”")
    }
    let place = try place(naming.machine, kind, name)
    let id = devices[place].id
    // Before it becomes a metric, whose name is kept for good.
    guard let named = names.place(of: metric) else { throw excess(.names) }
    let use = try meaning(of: metric, unit, scale, isCounter)
    provenance.method = method ?? Provenance.Method(usualOf: use.metric)
    guard let exact = names.place(of: use.metric.name) else { throw excess(.names) }
    if devices[place].uses[named] == nil { try countSeries() }
    devices[place].uses[named] = use
    if exact != named { devices[place].uses[exact] = MetricUse(metric: use.metric, factor: nil) }
    let series = Observation.series(
      SeriesDescriptor(device: id, metric: use.metric, provenance: provenance))
    guard !devices[place].isAnnounced else { return [series] }
    devices[place].isAnnounced = true
    return [.device(unannounced(id)), series]
  }

  /// What numbers under a described name mean.
  private func meaning(
    of name: String, _ unit: Unit?, _ scale: Double?, _ isCounter: Bool
  ) throws(JSONFault) -> MetricUse {
    if let use = MetricUse(named: name) {
      let known = use.metric
      let isFormer = Metric.renamed[name] != nil
      guard use.factor != nil || scale ?? known.scale == known.scale,
        use.factor != nil || isFormer || unit ?? known.unit == known.unit
      else {
        throw JSONFault(
          "“\(name)” counts steps of \(known.scale) \(known.unit.rawValue); "
            + "choose another name")
      }
      return use
    }
    let unit = unit ?? .count
    if let scale {
      return MetricUse(
        metric: Metric(custom: name, unit, scale: scale, counter: isCounter), factor: nil)
    }
    // Fine enough for decimals, coarse enough that large counts fit into 63 bits.
    let fine: Double =
      switch unit {
      case .byte, .bytePerSecond, .hertz, .bits, .flop, .flopPerSecond: 1
      case .count where isCounter: 1e-3
      default: 1e-6
      }
    return MetricUse(metric: Metric(custom: name, unit, scale: fine, counter: isCounter), factor: 1)
  }

  /// Reads the value of `event`.
  mutating func event(
    _ scanner: inout JSONScanner, _ arrival: Timestamp
  ) throws(JSONFault) -> Event {
    var event = Event(time: arrival, kind: .note, text: "")
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.equals(key, "time") {
        event.time = try timestamp(&scanner) ?? arrival
      } else if scanner.equals(key, "kind") {
        event.kind = try choice(scanner.string(), "kind of event")
      } else if scanner.equals(key, "text") {
        event.text = try scanner.string(cap: 4096)
      } else if scanner.equals(key, "device") {
        event.device = try deviceID(&scanner)
      } else if scanner.equals(key, "cause") {
        event.cause = try choice(scanner.string(), "cause")
      } else {
        try scanner.skipValue()
      }
    }
    return event
  }

  /// Reads the value of `state`.
  mutating func state(
    _ scanner: inout JSONScanner, _ arrival: Timestamp
  ) throws(JSONFault) -> SourceState {
    var state = SourceState(source: source, time: arrival, health: .ok)
    var kind: String?
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.equals(key, "source") {
        state.source = try scanner.string()
      } else if scanner.equals(key, "kind") {
        kind = try scanner.string()
      } else if scanner.equals(key, "machine") {
        state.machine = try scanner.string()
      } else if scanner.equals(key, "time") {
        state.time = try timestamp(&scanner) ?? arrival
      } else if scanner.equals(key, "health") {
        state.health = try choice(scanner.string(), "health")
      } else if scanner.equals(key, "message") {
        state.message = try scanner.string(cap: 4096)
      } else if scanner.equals(key, "remedy") {
        state.remedy = try scanner.string(cap: 4096)
      } else {
        try scanner.skipValue()
      }
    }
    // In format 1 a source's kind was what stands before the colon of its name.
    state.kind = kind ?? (goesByNames ? SourceRequest(text: state.source).kind : state.source)
    return state
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ text: String, _ what: String
  ) throws(JSONFault) -> Choice where Choice.RawValue == String {
    if let choice = Choice(rawValue: text) { return choice }
    let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    throw JSONFault("“\(text)” is no \(what); there are: \(choices)")
  }

  private func magnitude(
    _ scanner: inout JSONScanner, _ what: String, in range: ClosedRange<Double>
  ) throws(JSONFault) -> Double {
    let value = try scanner.number().double
    guard range.contains(value) else {
      throw JSONFault("a \(what) is a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}
