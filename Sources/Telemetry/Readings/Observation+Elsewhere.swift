extension Observation {
  /// The same as another machine's, which the one who asked it calls `machine`, with its times in our clock.
  ///
  /// What a stream calls itself is not believed: two machines may have one name, and one may take another's.
  /// Things of no machine, such as grids, stay so.
  ///
  /// - Parameter ahead: seconds by which the other machine's clock is ahead of ours.
  public func told(by machine: String, ahead: Double) -> Observation {
    func id(_ device: DeviceID) -> DeviceID {
      device.machine.isEmpty
        ? device : DeviceID(machine: machine, kind: device.kind, name: device.name)
    }
    switch self {
    case .reading(var reading):
      reading.device = id(reading.device)
      reading.time = reading.time - ahead
      reading.arrival = reading.arrival - ahead
      return .reading(reading)
    case .device(var device):
      device.id = id(device.id)
      device.parent = device.parent.map(id)
      return .device(device)
    case .series(var series):
      series.device = id(series.device)
      return .series(series)
    case .event(var event):
      event.device = event.device.map(id)
      event.time = event.time - ahead
      return .event(event)
    case .state(var state):
      // Sources of one name are read on every machine.
      state.source = machine + ":" + state.source
      state.machine = machine
      state.time = state.time - ahead
      return .state(state)
    // What is said of an hour is said of the hour, whoever's clock is wrong.
    case .grid: return self
    }
  }
}
