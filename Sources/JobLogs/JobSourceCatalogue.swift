import Telemetry

/// Every way to follow a job by what it writes; adding one means adding a line.
public enum JobSourceCatalogue {
  public static let all: [SourceEntry] = [
    JobSource.entry,
    LogSource.entry,
    TFEventsSource.entry,
    CSVSource.entry,
    WandBSource.entry,
    HFFilesSource.entry,
    MLflowSource.entry,
  ]
}
