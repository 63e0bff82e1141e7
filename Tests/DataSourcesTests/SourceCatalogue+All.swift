import JobLogs
import Sensors
import Serving
import Telemetry

extension SourceCatalogue {
  /// Every source of the rooms under test.
  static let all = SourceCatalogue(
    SensorCatalogue.all + JobSourceCatalogue.all + ServingCatalogue.all + SensorCatalogue.plugins)
}
