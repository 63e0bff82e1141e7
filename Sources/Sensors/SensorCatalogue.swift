import Telemetry

/// Every sensor of the machine and its grid; adding one means adding a line.
public enum SensorCatalogue {
  public static let all: [SourceEntry] = [
    NVMLSource.entry,
    AMDSource.entry,
    IntelSource.entry,
    JetsonSource.entry,
    GraceSource.entry,
    RAPLSource.entry,
    HwmonSource.entry,
    ModelSource.entry,
    HostSource.entry,
    DiskSource.entry,
    NetSource.entry,
    GridSource.entry,
  ]

  /// Sources that read what others say, and one that makes it up.
  public static let plugins: [SourceEntry] = [ExecSource.entry, SimulatedSource.entry]
}
