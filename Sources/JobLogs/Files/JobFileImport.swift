import Telemetry

/// Reads a finished file that a training tool wrote, other than a log of text.
public enum JobFileImport {
  /// Everything a file says, with the times it states itself; `nil` when it is of no known format.
  ///
  /// - Throws: `SourceFailure` when the file is of a known format but cannot be read.
  public static func read(
    _ path: String, machine: String, _ clock: any SessionClock
  ) throws(SourceFailure) -> [Observation]? {
    guard let format = JobFileFormats.format(of: path), format.name != "log",
      var source = format.make(path, SourceContext(machine: machine)) as? any JobFileSource
    else { return nil }
    return try source.readHistory(clock)
  }
}
