import Serving
import Telemetry

extension SourceCatalogue {
  /// The sources of this room.
  static let serving = SourceCatalogue(ServingCatalogue.all)
}
