import JobLogs
import Sensors
import Serving
import Telemetry

extension SourceCatalogue {
  /// Every source of every room.
  static let all = SourceCatalogue(
    SensorCatalogue.all + JobSourceCatalogue.all + ServingCatalogue.all + SensorCatalogue.plugins)
}
