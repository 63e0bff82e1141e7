import Telemetry

/// Every source that asks somebody else's server for its metrics; adding one means adding a line.
public enum ServingCatalogue {
  public static let all: [SourceEntry] = [ServeSource.entry, DCGMSource.entry]
}
