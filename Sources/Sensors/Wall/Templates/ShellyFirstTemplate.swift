import Formats
import HTTP
import Telemetry

/// Shelly plugs and meters of the first generation: `/status`, or `/meter/0` and `/emeter/0` alone.
///
/// `meters[].power` is in watts and `.total` in watt-minutes; `emeters[].total` is in watt-hours. A
/// value that is not `is_valid` is none. Source: shelly-api-docs.shelly.cloud/gen1.
struct ShellyFirstTemplate: WallTemplate {
  static let name = "shelly-gen1"
  static let maker = "Shelly, first generation"
  static let probePath: String? = "/status"
  /// `timestamp` is that of the counter, which is renewed each minute.
  static let patience: Double? = 180

  static func recognises(_ answer: JSONValue) -> Bool {
    let isStatus = answer["meters"]?.elements != nil || answer["emeters"]?.elements != nil
    return isStatus && answer["mac"] != nil
      || answer["is_valid"]?.boolean != nil && answer["power"] != nil
  }

  private let path: String
  private let channel: String?
  var subject: String { channel ?? "" }

  init(_ settings: WallSettings) throws(SourceRequestError) {
    path = settings.url.path.count > 1 ? settings.url.path : "/status"
    channel = settings.channel
  }

  func read(_ page: WallPage) throws(SourceFailure) -> WallAnswer {
    let answer = try page(path)
    if answer["power"] != nil {
      return try Self.read(answer, path.hasPrefix("/emeter") ? 3600 : 60)
    }
    var found: [(name: String, value: JSONValue, unit: Double)] = []
    for (list, unit) in [("meters", 60.0), ("emeters", 3600)] {
      for (index, meter) in (answer[list]?.elements ?? []).enumerated() where meter["power"] != nil
      {
        found.append(("\(list)/\(index)", meter, unit))
      }
    }
    let chosen = try WallChannel.choose(channel, among: found.map(\.name), "meter")
    return try Self.read(found[chosen].value, found[chosen].unit)
  }

  private static func read(_ meter: JSONValue, _ unit: Double) throws(SourceFailure) -> WallAnswer {
    guard meter["is_valid"]?.boolean != false else { return WallAnswer() }
    var answer = WallAnswer()
    answer.set(try meter["power"]?.meterNumber("power"), in: .power(1))
    answer.set(try meter["total"]?.meterNumber("total"), in: .energy(unit))
    // A plug without the time of day says 0 for ever.
    answer.stamp = meter["timestamp"]?.number.flatMap { $0 > 0 ? "\($0)" : nil }
    return answer
  }
}

/// Which of several meters in one answer is meant.
enum WallChannel {
  /// The index of the one that is named by its whole name or by one side of its `:` or `/`, or of the
  /// only one there is.
  static func choose(
    _ channel: String?, among names: [String], _ what: String
  ) throws(SourceFailure) -> Int {
    let list = names.prefix(12).joined(separator: ", ")
    guard let channel else {
      if names.count == 1 { return 0 }
      guard !names.isEmpty else {
        throw SourceFailure(
          .absent, "its answer tells no power",
          remedy: "check the address and the template; not every such device measures power")
      }
      throw SourceFailure(
        .failed, "has \(names.count) \(what)s: \(list)",
        remedy: "say which one with channel = \"\(names[0])\" in its [[source]]")
    }
    let found = names.indices.filter { index in
      names[index] == channel
        || names[index].split(whereSeparator: { $0 == ":" || $0 == "/" }).contains { $0 == channel }
    }
    guard found.count == 1 else {
      throw SourceFailure(
        .absent,
        names.isEmpty
          ? "its answer tells no power" : "no single \(what) is “\(channel)”; there are: \(list)",
        remedy: "correct channel in its [[source]]")
    }
    return found[0]
  }
}
