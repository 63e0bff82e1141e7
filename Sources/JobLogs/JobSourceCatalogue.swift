import Telemetry

/// Every way to follow a job by what it writes; adding one means adding a line.
public enum JobSourceCatalogue {
  /// The entries, in the order in which they are listed.
  public static let all: [SourceEntry] = [
    JobSource.entry,
    LogSource.entry.withOwners,
    TFEventsSource.entry.withOwners,
    CSVSource.entry.withOwners,
    WandBSource.entry.withOwners,
    HFFilesSource.entry.withOwners,
    MLflowSource.entry.withOwners,
  ]
}
