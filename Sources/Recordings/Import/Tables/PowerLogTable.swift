import Quantities
import Telemetry

/// What a power log says, as it says it: which row speaks of which device, at what time, in numbers.
///
/// A format only fills this in. What devices there are, when it was, how far apart the rows should
/// be, which values can be true and what is left out is decided by `PowerLogAssembly` for all formats.
/// Its rows lie in a store, so that a file of any size takes little memory.
package struct PowerLogTable {
  /// What rows speak of, in the order of their first row.
  package private(set) var subjects: [PowerLogSubject] = []
  /// Lines that are none of the format's.
  package private(set) var broken = PowerLogCount()
  /// The last line, when it has no end: its last number may be half of one.
  package private(set) var torn = PowerLogCount()
  /// What had to be assumed to read the file, in words.
  package var assumptions: [String] = []
  /// The machine that the content names.
  package var host: String?
  /// Whether the first of two numbers of a date is its month, where only the format can know.
  package var isMonthFirst: Bool?
  /// What is known of the rows' order of day and month.
  private(set) var dayOrder = PowerLogDayOrder()
  /// How many rows there are.
  package private(set) var count = 0
  /// Where its rows lie.
  let store: PowerLogStore
  /// The rows of each subject.
  private(set) var tracks: [PowerLogSubjectTrack] = []
  /// How well each mark tells devices apart.
  private(set) var marks = PowerLogMarks()
  private var places: [PowerLogSubject: Int] = [:]
  private var buffer: [UInt64] = []
  private var lastShape: (metrics: [Int], place: Int) = ([], -1)
  private var openWords = 0

  /// How many words of rows that are in no store yet there may be, 32 MB.
  private static let mostOpen = 4 << 20

  /// An empty table.
  package init(_ store: PowerLogStore = PowerLogStore()) { self.store = store }

  /// Whether it has no rows.
  package var isEmpty: Bool { count == 0 }

  /// The place of a subject, which is added when it is new.
  package mutating func place(of subject: PowerLogSubject) -> Int {
    if let known = places[subject] { return known }
    places[subject] = subjects.count
    subjects.append(subject)
    tracks.append(PowerLogSubjectTrack(store, marks.places(of: subject)))
    return subjects.count - 1
  }

  /// Adds a row of a subject.
  package mutating func add(
    line: Int, time: PowerLogTime, subject: Int, _ row: [PowerLogValue]
  ) {
    buffer.removeAll(keepingCapacity: true)
    for value in row { buffer.append(store.bits(value.content)) }
    let isSame =
      lastShape.metrics.count == row.count
      && lastShape.metrics.indices.allSatisfy { lastShape.metrics[$0] == row[$0].metric.handle }
    if !isSame || lastShape.place < 0 {
      lastShape = (row.map(\.metric.handle), store.shape(of: row.map(\.metric)))
    }
    buffer.withUnsafeBufferPointer {
      add(line: line, time: PowerLogPackedTime(time), subject: subject, shape: lastShape.place, $0)
    }
  }

  /// Adds a row of a subject whose values are packed.
  mutating func add(
    line: Int, time: PowerLogPackedTime, subject: Int, shape: Int,
    _ values: UnsafeBufferPointer<UInt64>
  ) {
    if time.kind == 5 { dayOrder.note(time) }
    let track = tracks[subject]
    track.note(ordinal: count, line: line, time: time)
    var power: Double?
    for place in store.shapes[shape].powers where PowerLogBits.isNumber(values[place]) {
      power = Double(bitPattern: values[place])
      break
    }
    if let power { marks.note(track.marks, time.order, power) }
    track.rows.add(ordinal: count, line: line, time: time, shape: shape, values: values)
    count += 1
    openWords += values.count + 3
    if openWords > Self.mostOpen {
      openWords = 0
      for track in tracks { track.rows.flush() }
    }
  }

  /// How many bytes of rows are in no store yet.
  var openBytes: Int { tracks.reduce(0) { $0 + 8 * $1.rows.openCount } }

  /// Its powers in the order of the file, row by row; all in memory, for a look at a small file.
  var powers: [Double?] {
    finish()
    let rows = PowerLogFileRows(tracks.map(\.rows).filter { $0.count > 0 })
    var powers: [Double?] = []
    while rows.next() { powers.append(rows.power) }
    return powers
  }

  /// Says that no row comes any more.
  func finish() {
    for track in tracks { track.rows.finish() }
  }

  /// Counts a line that is none of the format's.
  package mutating func addBroken(line: Int, _ words: @autoclosure () -> String) {
    broken.add(line: line, words())
  }

  /// Counts a last line without a line end.
  package mutating func addTorn(line: Int) {
    torn.add(line: line, "the last line has no end, so its last number may be cut")
  }
}

/// One value of a row.
package struct PowerLogValue: Sendable, Hashable {
  /// What stands in the place of a value.
  package enum Content: Sendable, Hashable {
    /// A number in the metric's unit.
    case number(Double)
    /// A word for a value that is not there, such as `[N/A]`.
    case absent(String)
    /// Something that is no number.
    case unreadable(String)
  }

  /// What the value is a value of.
  package var metric: Metric
  /// The number, or what stands in its place.
  package var content: Content

  /// A value of a metric.
  package init(_ metric: Metric, _ content: Content) {
    self.metric = metric
    self.content = content
  }
}

/// What a row speaks of, by everything that the file says of it.
package struct PowerLogSubject: Sendable, Hashable {
  /// By what a file tells its devices apart, the surest first.
  package enum Mark: Int, Sendable, Hashable, CaseIterable {
    /// A name that the vendor gave to this one device.
    case uuid
    /// The place on the bus, unique within a machine.
    case bus
    /// The serial number of a board.
    case serial
    /// The number among the devices of a machine.
    case index
    /// Another number that is called after the device.
    case number
    /// A name of the format's own.
    case name
  }

  /// What sort of thing it is.
  package var kind: DeviceKind
  /// What it is in the account.
  package var role: DeviceRole
  /// The roles whose energy it contains, where that differs from its role's own.
  package var contents: Set<DeviceRole>?
  /// What tells it apart, as written.
  package var marks: [Mark: String]
  /// The product.
  package var model: String
  /// The machine, where the row itself names it.
  package var host: String?
  /// The name of what it is a part of.
  package var parent: String?
  /// What kind of statement a value is.
  package var method: Provenance.Method
  /// Where the number comes from, in words.
  package var note: String
  /// The least distance of readings that is no hole, in seconds, where the format promises one.
  package var leastPeriod: Double
  /// The distance of rows in seconds where the importer made them of windows, so that anything longer
  /// is a hole; 0 where the file has rows.
  package var rowDistance = 0.0
  /// How many devices of its role it may be the sum of.
  package var count: Int
  /// Further facts.
  package var attributes: [String: String]

  /// What a row speaks of; an accelerator's power is a mean where nothing is said.
  package init(
    kind: DeviceKind = .gpu, role: DeviceRole? = nil, contents: Set<DeviceRole>? = nil,
    marks: [Mark: String] = [:],
    model: String = "", host: String? = nil, parent: String? = nil,
    method: Provenance.Method = .average, note: String, leastPeriod: Double = 0, count: Int = 1,
    attributes: [String: String] = [:]
  ) {
    self.kind = kind
    self.role = role ?? DeviceRole(of: kind)
    self.contents = contents
    self.marks = marks
    self.model = model
    self.host = host
    self.parent = parent
    self.method = method
    self.note = note
    self.leastPeriod = leastPeriod
    self.count = count
    self.attributes = attributes
  }
}

/// How often something was left out, and where first.
package struct PowerLogCount: Sendable, Hashable {
  /// How many times.
  package private(set) var count = 0
  /// The first line of them.
  package private(set) var line = 0
  /// What was wrong with the first.
  package private(set) var words = ""
  /// The lines behind the first, so many of them as a person reads.
  package private(set) var others: [Int] = []

  /// How many lines are named behind the first.
  private static let namedCount = 8

  /// Counts all that another has, as if it came behind this.
  mutating func add(_ other: PowerLogCount) {
    guard other.count > 0 else { return }
    let lines = [other.line] + other.others
    for line in lines { add(line: line, other.words) }
    count += other.count - lines.count
  }

  /// Counts so many more of which no line needs to be named.
  mutating func add(more: Int) { count += more }

  /// How many lines are named at most.
  static let lineCount = namedCount + 1

  /// Counts one more.
  mutating func add(line: Int, _ words: @autoclosure () -> String) {
    if count == 0 {
      self.line = line
      self.words = words()
    } else if others.count < Self.namedCount, line != (others.last ?? self.line) {
      others.append(line)
    }
    count += 1
  }
}
