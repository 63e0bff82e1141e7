/// Sends what is known of a device and of its series just before the first value they describe.
public struct DeviceReporter: Sendable {
  /// The device all readings are of.
  public let device: Device
  private var isAnnounced = false
  private var described: Set<Metric> = []

  /// A reporter that has not announced its device yet.
  public init(_ device: Device) { self.device = device }

  /// Adds a reading, preceded by every description that has not gone out yet.
  ///
  /// An empty reading adds nothing: what is missing is not zero.
  public mutating func report(
    _ reading: Reading, to observations: inout [Observation],
    provenance: (Metric) -> Provenance
  ) {
    guard !reading.isEmpty else { return }
    if !isAnnounced {
      isAnnounced = true
      observations.append(.device(device))
    }
    for entry in reading.values where described.insert(entry.metric).inserted {
      observations.append(
        .series(
          SeriesDescriptor(
            device: device.id, metric: entry.metric, provenance: provenance(entry.metric))))
    }
    observations.append(.reading(reading))
  }
}
