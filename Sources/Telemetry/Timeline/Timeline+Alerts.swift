/// An alert from the time it was raised until what it was raised for was over.
public struct AlertStretch: Hashable, Sendable {
  /// The event that raised it; its device is the alert.
  public var raised: Event
  /// What else was said of it before it was over, such as of another device.
  public var repeats = 0
  /// The event that said that it is over; `nil` while it is not.
  public var cleared: Event?
}

extension Timeline {
  /// The alerts that were raised up to a time, in the order in which they were.
  public func alerts(until time: Timestamp) -> [AlertStretch] {
    var stretches: [AlertStretch] = []
    var open: [DeviceID?: Int] = [:]
    for event in events {
      guard event.time <= time else { break }
      switch event.cause {
      case .alert:
        if let known = open[event.device] {
          stretches[known].repeats += 1
        } else {
          open[event.device] = stretches.count
          stretches.append(AlertStretch(raised: event))
        }
      case .alertCleared:
        if let known = open.removeValue(forKey: event.device) { stretches[known].cleared = event }
      default: break
      }
    }
    return stretches
  }

  /// The name of the alert, or of whatever else, that an event concerns; empty where it names nothing.
  public func name(of event: Event) -> String {
    event.device.map { device($0)?.label ?? $0.name } ?? ""
  }
}
