import Telemetry

/// Reads a finished file that a training tool wrote, other than a log of text.
public enum JobFileImport {
  /// The files that are read together with each: event files of one run are one job's.
  ///
  /// - Returns: for the first of several, all of them; for the others nothing; files that stand alone
  ///   are not in it.
  public static func runs(among paths: [String]) -> [String: [String]] {
    let eventFiles = paths.filter { path in
      TFEventsRun.isEventFile(path.split(separator: "/").last.map(String.init) ?? path)
    }
    var result: [String: [String]] = [:]
    for group in Dictionary(grouping: eventFiles, by: TFEventsRun.run(of:)).values
    where group.count > 1 {
      for path in group { result[path] = [] }
      result[group[0]] = group
    }
    return result
  }

  /// Everything the event files of one run say, with the times they state themselves.
  ///
  /// - Throws: `SourceFailure` when none of them can be read.
  public static func readRun(
    _ paths: [String], machine: String, _ clock: any SessionClock
  ) throws(SourceFailure) -> [Observation] {
    var source = TFEventsSource(TFEventsRun(files: paths), context: SourceContext(machine: machine))
    return placed(try source.readHistory(clock))
  }

  /// Everything a file says, with the times it states itself; `nil` when it is of no known format.
  ///
  /// - Parameter local: the zone of times that are written without one.
  /// - Throws: `SourceFailure` when the file is of a known format but cannot be read.
  public static func read(
    _ path: String, machine: String, local: LocalTime? = nil, _ clock: any SessionClock
  ) throws(SourceFailure) -> [Observation]? {
    var context = SourceContext(machine: machine)
    context.localTime = local
    // `mlflow.db#RUN` names one of a file's runs.
    let file = path.split(separator: "#", maxSplits: 1).first.map(String.init) ?? path
    let isPart = file != path && JobFileFormats.format(of: path) == nil
    guard let format = JobFileFormats.format(of: isPart ? file : path), format.name != "log",
      var source = format.make(path, context) as? any JobFileSource
    else { return nil }
    return placed(try source.readHistory(clock))
  }

  /// What was passed over concerns the job, and not the moment at which somebody reads it.
  private static func placed(_ observations: [Observation]) -> [Observation] {
    let times = observations.compactMap { observation in
      if case .reading(let row) = observation { row.time } else { nil }
    }
    guard let last = times.max() else { return observations }
    return observations.map { observation in
      guard case .event(var event) = observation, event.cause == .refused else {
        return observation
      }
      event.time = min(event.time, last)
      return .event(event)
    }
  }
}
