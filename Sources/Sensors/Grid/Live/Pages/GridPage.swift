import Formats
import Telemetry

extension JSONValue {
  /// Reads the answer of a service, also behind a byte order mark.
  /// - Throws: `GridRefusal` where it is no JSON, is nothing or is a web page.
  static func page(_ bytes: [UInt8]) throws(GridRefusal) -> JSONValue {
    let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    guard let first = body.first(where: { $0 > 0x20 }) else { throw .empty }
    if first == UInt8(ascii: "<") { throw .unreadable("a web page, no JSON") }
    do throws(JSONFault) { return try JSONValue(body) } catch {
      throw .unreadable(error.message)
    }
  }

  /// A finite number, also one that is written as a text.
  var quantity: Double? {
    let value = number ?? text.flatMap { PlainNumber.parse($0.utf8) }
    return value.flatMap { $0.isFinite ? $0 : nil }
  }

  /// The time that a text tells.
  var stamp: Timestamp? { GridStamp.time(text) }

  /// The elements of a list, or the one that stands where a list could.
  var oneOrMore: [JSONValue] {
    switch self {
    case .list(let elements): elements
    case .object: [self]
    default: []
    }
  }
}

/// Intervals that an answer tells by their starts alone.
enum GridSteps {
  /// The seconds between two starts: the least distance there is; `nil` where there are not two.
  static func length(_ starts: [Timestamp]) -> Double? {
    let sorted = Set(starts).sorted()
    let gaps = zip(sorted.dropFirst(), sorted).map { $0 - $1 }
    return gaps.min().flatMap { 1...3600 ~= $0 ? $0 : nil }
  }

  /// The fuels that a record must have to be whole: those that at least half of the records have.
  ///
  /// The newest records often lack a fuel that is told later, and its share would go to the others.
  static func usual(_ records: [Set<String>]) -> Set<String> {
    var counts: [String: Int] = [:]
    for record in records { for name in record { counts[name, default: 0] += 1 } }
    return Set(counts.filter { 2 * $0.value >= records.count }.keys)
  }
}

/// Gathers the intervals of an answer, of which some may be refused without the others.
struct GridGathering {
  private(set) var intervals: [GridInterval] = []
  private var leftOut: GridRefusal?

  /// Takes an interval, unless it is refused or says nothing.
  mutating func take(_ make: () throws(GridRefusal) -> GridInterval?) {
    do throws(GridRefusal) {
      guard let interval = try make() else { return leave(.incomplete) }
      if interval.values.isEmpty { return leave(.empty) }
      intervals.append(interval)
    } catch {
      leave(error)
    }
  }

  private mutating func leave(_ refusal: GridRefusal) {
    if leftOut == nil { leftOut = refusal }
  }

  /// The answer, in the order of time; of two that say one interval with one quality the last counts.
  /// - Throws: the reason where nothing could be taken.
  func answer(_ remark: String = "") throws(GridRefusal) -> GridAnswer {
    guard !intervals.isEmpty else { throw leftOut ?? .empty }
    var latest: [TimeSpan: GridInterval] = [:]
    for interval in intervals { latest[interval.span] = interval }
    return GridAnswer(
      latest.values.sorted { $0.span.start < $1.span.start }, remark: remark, leftOut: leftOut)
  }
}
