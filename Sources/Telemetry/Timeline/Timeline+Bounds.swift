/// How much is kept of what is said now and then, however long a session lasts.
extension Timeline {
  /// So many events and changes of state are kept before some of the oldest go.
  static let mostEvents = 8192
  static let mostStates = 4096

  /// Forgets a quarter of the events, the oldest that nothing asks for any more.
  ///
  /// The user's marks stay, and what tells of a job; of alerts that are still raised the raising, and of
  /// each device whether it can be read. Those are as many as there are marks, jobs, alerts and devices.
  mutating func forgetOldEvents() {
    var open: Set<DeviceID?> = []
    var newest: [DeviceID?: Int] = [:]
    for (place, event) in events.enumerated() {
      switch event.cause {
      case .alert: open.insert(event.device)
      case .alertCleared: open.remove(event.device)
      default: break
      }
      if event.cause?.isAvailability == true { newest[event.device] = place }
    }
    var left = Self.mostEvents / 4
    var kept: [Event] = []
    kept.reserveCapacity(events.count)
    for (place, event) in events.enumerated() {
      let isAlert = event.cause == .alert || event.cause == .alertCleared
      let stays =
        event.kind == .mark || event.device?.kind == .job || newest[event.device] == place
        || isAlert && open.contains(event.device)
      if left > 0, !stays { left -= 1 } else { kept.append(event) }
    }
    events = kept
  }

  /// Forgets the oldest changes of states, but of each source the newest.
  mutating func forgetOldStates() {
    let old = states.prefix(Self.mostStates / 4)
    var told = Set(states.dropFirst(old.count).map(\.source))
    let last = old.reversed().filter { told.insert($0.source).inserted }
    states = last.reversed() + states.dropFirst(old.count)
  }
}
