import Telemetry

/// Every sensor of the machine and its grid; adding one means adding a line.
public enum SensorCatalogue {
  /// The entries, in the order in which they are listed.
  public static let all: [SourceEntry] = [
    NVMLSource.entry,
    AMDSource.entry,
    IntelSource.entry,
    JetsonSource.entry,
    GraceSource.entry,
    RAPLSource.entry,
    HwmonSource.entry,
    ControllerSource.entry,
    BatterySource.entry,
    WallSource.entry,
    SiteSource.entry,
    LinearPowerSource.entry,
    HostSource.entry,
    DiskSource.entry,
    NetSource.entry,
    LoaderSource.entry,
    NFSSource.entry,
    LustreSource.entry,
    GDSSource.entry,
    RDMASource.entry,
    PCIeSource.entry,
    ControlGroupSource.entry,
    JobFilesSource.entry,
    SchedulerSource.entry,
    GridSource.entry,
    LiveGridSource.entry,
  ]

  /// Sources that read what others say, and one that makes it up.
  public static let plugins: [SourceEntry] = [ExecSource.entry, SimulatedSource.entry]
}
