import Formats
import Telemetry

/// Puts numbers into a progress by the names that stand before them, for one log.
///
/// The names are those of `ScalarNames`, the same for text, trackers and tables. Of several names
/// for the same thing in one line the better one counts. A name for a mean over a pass or for a
/// part is no longer taken once a better one was met. What a name means is looked up once.
struct NamedValues: Sendable {
  /// What is known of a name.
  private struct Entry: Sendable {
    var field: Progress.Field
    var use: ScalarUse
  }

  private var entries: [UInt64: Entry?] = [:]
  /// The best rank so far of each field, in this log and in the line at hand.
  private var best = InlineArray<22, Int8>(repeating: .max)
  private var now = InlineArray<22, Int8>(repeating: .max)

  /// What names of losses are to the whole.
  private var parts: [UInt64: LossRole.Part] = [:]

  /// More names than this no job has; a hostile one must not fill the memory.
  private static let mostNames = 4096

  /// Begins a line, in which nothing has been told.
  mutating func begin() {
    now = InlineArray(repeating: .max)
  }

  /// Takes a number under the name in a range of its line, or of another, such as the head of a table;
  /// false when nobody knows the name.
  @discardableResult
  mutating func take(
    _ line: LogLine, _ key: Range<Int>, _ number: LogLine.Number, _ progress: inout Progress,
    namedIn head: LogLine? = nil
  ) -> Bool {
    guard let entry = entry(head ?? line, key) else { return false }
    let place = entry.field.rawValue
    let rank = Int8(clamping: entry.use.rank)
    // An accuracy of which nobody says on which data is mostly that of the batch.
    if entry.field == .accuracy, rank >= 5 { return true }
    guard rank < now[place] || !progress.fields.has(entry.field),
      rank < 2 || rank <= best[place]
    else { return true }
    // Hardly a loss is in the thousands: 4,990 may be 4.99.
    if number.hasComma, entry.field == .loss || entry.field == .validationLoss { return true }
    guard let value = Self.value(number, entry, line) else { return true }
    if entry.field.isWhole {
      // Four digits are what is left of a count between quotes.
      if number.isQuoted, value >= 10_000 { return true }
      guard let whole = Int64(exactly: value.rounded()) else { return true }
      progress.set(entry.field, whole: whole)
    } else {
      progress.set(entry.field, value)
    }
    now[place] = rank
    best[place] = min(best[place], rank)
    if entry.field == .tokenRate {
      if let scope = entry.use.scope {
        progress.facts[JobFacts.Key.rateScope.rawValue] = scope.rawValue
      }
    }
    return true
  }

  /// What the name in a range means, if anybody knows.
  mutating func field(_ line: LogLine, _ key: Range<Int>) -> Progress.Field? {
    entry(line, key)?.field
  }

  /// What the loss of a name is to the whole; `nil` for a name of something else.
  mutating func part(_ line: LogLine, _ key: Range<Int>) -> LossRole.Part? {
    guard key.count <= 60, let place = NamedValuesReader.loss(line, key.lowerBound),
      place < key.upperBound
    else { return nil }
    let hash = line.bytes.withUnsafeBufferPointer {
      FNV1a.hash(UnsafeBufferPointer(rebasing: $0[key]))
    }
    if let known = parts[hash] { return known }
    guard let part = LossRole.part(line.text(key)) else { return nil }
    if parts.count < Self.mostNames { parts[hash] = part }
    return part
  }

  private mutating func entry(_ line: LogLine, _ key: Range<Int>) -> Entry? {
    let hash = line.bytes.withUnsafeBufferPointer {
      FNV1a.hash(UnsafeBufferPointer(rebasing: $0[key]))
    }
    if let known = entries[hash] { return known }
    let use = key.count <= 80 ? ScalarNames.use(line.text(key)) : nil
    let entry = use.flatMap { use in
      Progress.Field.allCases.first { $0.metric == use.metric }.map { Entry(field: $0, use: use) }
    }
    if entries.count < Self.mostNames { entries[hash] = .some(entry) }
    return entry
  }

  /// The number in the metric's unit; a percentage as a fraction, a time by the unit behind it.
  private static func value(_ number: LogLine.Number, _ entry: Entry, _ line: LogLine) -> Double? {
    switch entry.field {
    case .stepTime, .dataTime, .epochTime, .evaluationTime, .checkpointTime:
      guard let unit = LogLine.TimeUnit(line, at: number.end) else {
        return entry.use.needsUnit ? nil : entry.use.value(number.value)
      }
      return entry.use.isInverse ? nil : number.value * unit.seconds
    case .reportedMFU, .accuracy:
      return number.isPercent ? number.share : entry.use.value(number.value)
    default:
      return number.isPercent ? nil : entry.use.value(number.value)
    }
  }
}

extension LogLine {
  /// The unit of a time behind a number.
  struct TimeUnit {
    var seconds: Double

    /// The unit at a place, directly behind the number or behind a space.
    init?(_ line: LogLine, at place: Int) {
      let start = line.skipSpaces(place)
      guard start - place <= 1 else { return nil }
      for (name, seconds) in Self.units where line.starts(with: name, at: start) {
        let end = start + name.utf8CodeUnitCount
        guard end == line.bytes.count || !LogLine.isNamePart(line.bytes[end]),
          end == line.bytes.count || line.bytes[end] != 0x2F
        else { continue }
        self.seconds = seconds
        return
      }
      return nil
    }

    /// The seconds of a time such as `55ms`, `1.23s`, `8m 20s`, `1d 02h 03m` behind blanks at a place.
    static func seconds(_ line: LogLine, behind place: Int) -> Double? {
      var (sum, at, isFound) = (0.0, line.skipSpaces(place), false)
      while let number = line.number(at: at),
        let part = parts.first(where: { line.starts(with: $0.0, at: number.end) })
      {
        sum += number.value * part.1
        isFound = true
        at = line.skipSpaces(number.end + part.0.utf8CodeUnitCount)
      }
      return isFound ? sum : nil
    }

    private static let parts: [(StaticString, Double)] = [
      ("us", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
    ]

    private static let units: [(StaticString, Double)] = [
      ("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("ns", 1e-9), ("s", 1), ("sec", 1), ("secs", 1),
      ("seconds", 1), ("min", 60), ("h", 3600),
    ]
  }
}
