import JobLogs
import Telemetry

extension SourceCatalogue {
  /// The sources of this room.
  static let jobs = SourceCatalogue(JobSourceCatalogue.all)
}
