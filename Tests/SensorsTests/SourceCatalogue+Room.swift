import Sensors
import Telemetry

extension SourceCatalogue {
  /// The sources of this room.
  static let sensors = SourceCatalogue(SensorCatalogue.all + SensorCatalogue.plugins)
}
