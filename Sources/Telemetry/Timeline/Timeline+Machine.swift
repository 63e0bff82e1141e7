extension Timeline {
  /// The machines that have devices, in the order in which these were announced.
  public var machines: [String] {
    var seen: Set<String> = []
    return devices.map(\.id.machine).filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  /// The same timeline with one machine in it, and with what belongs to none, such as a grid.
  ///
  /// Values are shared with this one and not copied. What other machines' sources say of themselves is left
  /// out.
  public func only(_ machine: String) -> Timeline {
    var copy = self
    copy.devices = devices.filter { $0.id.machine.isEmpty || $0.id.machine == machine }
    copy.deviceIndex = Dictionary(
      uniqueKeysWithValues: copy.devices.enumerated().map { ($0.element.id, $0.offset) })
    copy.events = events.filter { event in
      event.device.map { $0.machine.isEmpty || $0.machine == machine } ?? true
    }
    copy.states = states.filter { $0.machine.isEmpty || $0.machine == machine }
    return copy
  }
}
