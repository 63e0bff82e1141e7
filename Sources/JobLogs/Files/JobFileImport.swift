import Telemetry

/// Reads a finished file that a training tool wrote, other than a log of text.
public enum JobFileImport {
  /// Everything a file says, with the times it states itself; `nil` when it is of no known format.
  ///
  /// - Parameter local: the zone of times that are written without one.
  /// - Throws: `SourceFailure` when the file is of a known format but cannot be read.
  public static func read(
    _ path: String, machine: String, local: LocalTime? = nil, _ clock: any SessionClock
  ) throws(SourceFailure) -> [Observation]? {
    var context = SourceContext(machine: machine)
    context.localTime = local
    guard let format = JobFileFormats.format(of: path), format.name != "log",
      var source = format.make(path, context) as? any JobFileSource
    else { return nil }
    return try source.readHistory(clock)
  }
}
