import Formats
import HTTP
import Telemetry

/// How one make of meter is asked and what its answer means.
///
/// A template says what stands in the answer and judges nothing: which values can be true and which of
/// them become joules is decided for all by `WallSource`.
protocol WallTemplate: SendableMetatype {
  /// The name in settings.
  static var name: String { get }
  /// Who makes such meters, for people.
  static var maker: String { get }
  /// Seconds between two questions, unless the user says otherwise; at least one.
  static var cadence: Double { get }
  /// Seconds after which a value is old whose own time stands still; `nil` where it has none.
  static var patience: Double? { get }
  /// Whether that time is of a clock that is right, in RFC 3339, so that a value that is old already when
  /// it is first seen is known for old.
  static var hasClock: Bool { get }
  /// Whether it refuses without saying how to prove who asks, so that it is told at once; over https
  /// only.
  static var isToldAtOnce: Bool { get }
  /// The page that shows what it is, where the user names no path; `nil` where no page does.
  static var probePath: String? { get }

  /// Whether the answer is from such a meter.
  static func recognises(_ answer: JSONValue) -> Bool

  /// A meter behind a URL.
  /// - Throws: where a setting that it needs is missing or wrong.
  init(_ settings: WallSettings) throws(SourceRequestError)

  /// The URL without credentials, and what of the meter is read, for the name of the device.
  var subject: String { get }

  /// Finds out what has to be known before the first question; asked until it succeeds.
  mutating func prepare(_ page: WallPage) throws(SourceFailure)

  /// Asks the meter once.
  mutating func read(_ page: WallPage) throws(SourceFailure) -> WallAnswer
}

extension WallTemplate {
  static var cadence: Double { 1 }
  static var patience: Double? { nil }
  static var hasClock: Bool { false }
  static var isToldAtOnce: Bool { false }
  static var probePath: String? { nil }
  var subject: String { "" }
  mutating func prepare(_ page: WallPage) throws(SourceFailure) {}
}

/// The makes of meter there are; adding one means adding a line.
enum WallTemplates {
  static let all: [any WallTemplate.Type] = [
    ShellyFirstTemplate.self,
    ShellyTemplate.self,
    TasmotaTemplate.self,
    HomeAssistantTemplate.self,
    PrometheusTemplate.self,
    RedfishTemplate.self,
    FroniusTemplate.self,
    EnphaseTemplate.self,
    JSONTemplate.self,
  ]

  static func named(_ name: String) -> (any WallTemplate.Type)? { all.first { $0.name == name } }

  static var names: String { all.map { $0.name }.joined(separator: ", ") }
}
