/// Everything a data source can say, and so everything a timeline or a recording can hold.
public enum Observation: Sendable, Hashable {
  case device(Device)
  case series(SeriesDescriptor)
  case reading(Reading)
  case event(Event)
  case state(SourceState)
}
