import Telemetry

/// Every source that asks somebody else's server for its metrics; adding one means adding a line.
public enum ServingCatalogue {
  /// The entries, in the order in which they are listed.
  public static let all: [SourceEntry] = [ServeSource.entry, DCGMSource.entry]
}
