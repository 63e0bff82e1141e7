/// Everything a data source can say, and so everything a timeline or a recording can hold.
public enum Observation: Sendable, Hashable {
  /// Announces a device, or changes what is known of it.
  case device(Device)
  /// Says how a metric of a device is measured.
  case series(SeriesDescriptor)
  /// Carries values.
  case reading(Reading)
  /// Carries what is said of the electricity of a grid over an interval.
  case grid(GridStatement)
  /// Tells of something that happened.
  case event(Event)
  /// Tells how a data source is doing.
  case state(SourceState)
}
