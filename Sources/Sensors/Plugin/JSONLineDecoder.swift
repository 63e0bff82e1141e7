import Formats
import Quantities
import Telemetry

/// A line that cannot be understood, in words.
public struct JSONLineError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The line's number, from 1.
  public var line: Int
  /// What is wrong with the line.
  public var message: String
  /// Whether no further line can be understood either.
  public var isFinal: Bool
  /// The bound that the stream went beyond, where that is what is wrong.
  var limit: JSONLineDecoder.Limit?

  public var description: String { "line \(line): \(message)" }
}

/// Turns the lines of `JSONLines` back into observations.
///
/// A device or series that no line announced is announced here before its first reading, so the
/// answer can be handed on as it is. What a stream may make us keep is bounded (`Limit`), and so are 1
/// MiB a line, 256 bytes a name, 4096 bytes a text.
public struct JSONLineDecoder: Sendable {
  /// The longest line that is read, in bytes.
  public static let longestLine = 1 << 20

  /// The machine of lines that name none.
  public private(set) var machine: String
  /// The machine of lines that name none, in a stream that names none.
  private let ownMachine: String
  /// The data source's name, for series that name none.
  let source: String
  /// Whether devices that do not say what they are for are known by their names: in a stream of
  /// format 1, and in one that does not name its format, as somebody's own sensor may not.
  private(set) var goesByNames = true
  /// The number of lines seen.
  public private(set) var lineCount = 0

  /// How much of each thing a stream may make us keep; what goes beyond is refused.
  public enum Limit: Int, Sendable, Hashable {
    /// Names of values; we write some two hundred ourselves.
    case names = 512
    /// Values in one line.
    case values = 256
    /// Devices, and devices that are only spoken of.
    case devices = 4096
    /// Values of all devices together, as each is kept over time.
    case series = 8192
    /// Bytes of the attributes of one device.
    case attributes = 16_384
    /// Events and states.
    case notices = 10_000
    /// What is said of the electricity, interval by interval: months of five minutes.
    case statements = 200_000

    var words: String {
      switch self {
      case .names: "names of values"
      case .values: "values in one line"
      case .devices: "devices"
      case .series: "series"
      case .attributes: "bytes of attributes"
      case .notices: "events and states"
      case .statements: "statements of grids"
      }
    }
  }

  var names = MetricNames()
  var devices: [KnownDevice] = []
  private var places: [DeviceName: Int] = [:]
  private var mentions: Set<DeviceName> = []
  private var seriesCount = 0
  private var noticeCount = 0
  private var statementCount = 0
  /// The bound that the line being read went beyond.
  private var limit: Limit?
  /// Announcements in a line whose reading was refused: they are due before the next one.
  var unsaid: [Observation] = []
  /// Scratch, kept for its capacity.
  var pending: [(name: Int, number: JSONNumber)] = []

  /// A device by its parts, before it is given an id that is kept for good.
  private struct DeviceName: Sendable, Hashable {
    var machine: String
    var kind: DeviceKind
    var name: String
  }

  /// What has been said of a device.
  struct KnownDevice: Sendable {
    var id: DeviceID
    var isAnnounced = false
    /// How to read the values of a name, by the name's place in `names`.
    var uses: [Int: MetricUse] = [:]
  }

  /// A decoder for lines about `machine` that come from the data source `source`.
  public init(machine: String, source: String) {
    self.machine = machine
    self.source = source
    ownMachine = machine
  }

  /// Begins anew with the first line of another stream; what was kept of the last one still counts.
  mutating func restart() {
    machine = ownMachine
    goesByNames = true
    lineCount = 0
  }

  /// Reads one line, with or without its line feed; an empty one says nothing.
  /// - Throws: `JSONLineError` when the line makes no sense; the next one may.
  public mutating func decode(
    _ line: UnsafeBufferPointer<UInt8>, arrival: Timestamp
  ) throws(JSONLineError) -> [Observation] {
    lineCount += 1
    limit = nil
    guard line.count <= Self.longestLine else {
      throw JSONLineError(line: lineCount, message: "longer than 1 MiB", isFinal: false)
    }
    var scanner = JSONScanner(line)
    if scanner.peek() == nil { return [] }
    do throws(JSONFault) {
      let result = try read(&scanner, arrival)
      try scanner.end()
      return result
    } catch {
      throw JSONLineError(
        line: lineCount, message: error.message, isFinal: error.isFinal, limit: limit)
    }
  }

  /// Reads one line.
  public mutating func decode(
    _ line: String, arrival: Timestamp
  ) throws(JSONLineError) -> [Observation] {
    try decode(bytes: Array(line.utf8), arrival: arrival)
  }

  /// Reads one line.
  public mutating func decode(
    bytes: [UInt8], arrival: Timestamp
  ) throws(JSONLineError) -> [Observation] {
    try bytes.withUnsafeBufferPointer { (buffer) throws(JSONLineError) in
      try decode(buffer, arrival: arrival)
    }
  }

  /// Counts a line that was too long to be handed over.
  public mutating func skipLine() { lineCount += 1 }

  private mutating func read(
    _ scanner: inout JSONScanner, _ arrival: Timestamp
  ) throws(JSONFault) -> [Observation] {
    try scanner.beginObject()
    var isFirst = true
    guard let key = try scanner.nextKey(&isFirst) else {
      throw JSONFault("the object is empty")
    }
    let result: [Observation]
    if scanner.equals(key, "reading") {
      result = try reading(&scanner, arrival)
    } else if scanner.equals(key, "device") {
      result = [.device(try device(&scanner))]
    } else if scanner.equals(key, "series") {
      result = try series(&scanner)
    } else if scanner.equals(key, "grid") {
      result = [.grid(try grid(&scanner, arrival))]
      try countStatement()
    } else if scanner.equals(key, "event") {
      result = [.event(try event(&scanner, arrival))]
      try countNotice()
    } else if scanner.equals(key, "state") {
      result = [.state(try state(&scanner, arrival))]
      try countNotice()
    } else if scanner.equals(key, "hippowatt") {
      try header(&scanner, &isFirst)
      return []
    } else {
      let name = try scanner.text(key, cap: 40)
      throw JSONFault(
        "“\(name)” is none of reading, device, series, grid, event, state and hippowatt")
    }
    if try scanner.nextKey(&isFirst) != nil {
      throw JSONFault("a line says one thing; here a second begins")
    }
    return result
  }

  private mutating func header(
    _ scanner: inout JSONScanner, _ isFirst: inout Bool
  ) throws(JSONFault) {
    guard let version = try scanner.number().whole(), version >= 1 else {
      throw JSONFault("the format's version is a whole number from 1")
    }
    guard version <= JSONLines.version else {
      throw JSONFault(
        "written in format \(version); this program reads up to \(JSONLines.version): "
          + "use a newer hippowatt", isFinal: true)
    }
    goesByNames = version < 2
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.equals(key, "machine") {
        machine = try scanner.string()
      } else {
        try scanner.skipValue()
      }
    }
  }

  /// The place of a device in `devices`.
  mutating func place(
    _ machine: String?, _ kind: DeviceKind, _ name: String
  ) throws(JSONFault) -> Int {
    let key = DeviceName(machine: machine ?? defaultMachine(kind), kind: kind, name: name)
    if let known = places[key] { return known }
    guard devices.count < Limit.devices.rawValue else { throw excess(.devices) }
    places[key] = devices.count
    devices.append(
      KnownDevice(id: DeviceID(machine: key.machine, kind: key.kind, name: key.name)))
    return devices.count - 1
  }

  /// The id of a device that is only spoken of.
  mutating func mention(
    _ machine: String?, _ kind: DeviceKind, _ name: String
  ) throws(JSONFault) -> DeviceID {
    let key = DeviceName(machine: machine ?? defaultMachine(kind), kind: kind, name: name)
    if let known = places[key] { return devices[known].id }
    guard mentions.contains(key) || mentions.count < Limit.devices.rawValue else {
      throw excess(.devices)
    }
    mentions.insert(key)
    return DeviceID(machine: key.machine, kind: key.kind, name: key.name)
  }

  /// Counts one more series.
  mutating func countSeries() throws(JSONFault) {
    guard seriesCount < Limit.series.rawValue else { throw excess(.series) }
    seriesCount += 1
  }

  private mutating func countNotice() throws(JSONFault) {
    guard noticeCount < Limit.notices.rawValue else { throw excess(.notices) }
    noticeCount += 1
  }

  private mutating func countStatement() throws(JSONFault) {
    guard statementCount < Limit.statements.rawValue else { throw excess(.statements) }
    statementCount += 1
  }

  /// What is said when a stream goes beyond a bound.
  mutating func excess(_ limit: Limit) -> JSONFault {
    self.limit = limit
    return JSONFault("more than \(limit.rawValue) \(limit.words)")
  }
}

/// The names of values met so far; names tend to come in the same order line after line.
struct MetricNames: Sendable {
  private(set) var names: [String] = []
  private var bytes: [[UInt8]] = []
  private var places: [String: Int] = [:]
  private var last = -1

  /// The place of a name in `names`; `nil` when there are too many.
  mutating func place(of name: UnsafeBufferPointer<UInt8>) -> Int? {
    let guess = last + 1 < names.count ? last + 1 : 0
    if guess < names.count, bytes[guess].count == name.count, bytes[guess].elementsEqual(name) {
      last = guess
      return guess
    }
    let text = String(decoding: name, as: UTF8.self)
    if let known = places[text] {
      last = known
      return known
    }
    guard names.count < JSONLineDecoder.Limit.names.rawValue else { return nil }
    last = names.count
    places[text] = last
    names.append(text)
    bytes.append(Array(name))
    return last
  }

  mutating func place(of name: String) -> Int? {
    Array(name.utf8).withUnsafeBufferPointer { place(of: $0) }
  }
}
