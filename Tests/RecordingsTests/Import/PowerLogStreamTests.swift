import Formats
import Glibc
import Quantities
import Seeded
import Telemetry
import Testing

@testable import Recordings

/// A log of any size is read in the same memory, and says the same as one that is read all at once.
@Suite struct PowerLogStreamTests {
  /// The readings that a log tells, as text: device, time and steps of each metric.
  private func told(_ log: PowerLogFile) throws -> [String] {
    try PowerLogAssembly([log]).observations.compactMap { observation in
      guard case .reading(let reading) = observation else { return nil }
      let values = reading.values.map { "\($0.metric.name)=\($0.steps)" }
      return "\(reading.device.name) \(reading.time.nanoseconds) \(values.joined(separator: " "))"
    }
  }

  /// Rows of a dialect, by texts only.
  ///
  /// Each cell is cut out as a text and read by itself, and all rows are kept,
  /// put in order and merged. It is slow, and shares nothing with what is tested but the readers of
  /// single cells.
  private func reference(_ dialect: PowerLogDialect) -> [String] {
    var devices:
      [(name: String, rows: [(time: Int64, place: Int, power: Double?, values: [Int: Int64?])])] =
        []
    for (place, row) in dialect.rows.enumerated() {
      guard case .wall(let time)? = PowerLogTime(Array(row.time.utf8)) else { continue }
      var values: [Int: Int64?] = [:]
      var power: Double?
      for (column, cell) in zip(dialect.values, row.cells) {
        let content = column.quantity.read(
          ArraySlice(cell.utf8), unit: column.factor,
          hasDecimalComma: dialect.separator != ",")
        if case .number(let number) = content, column.metric.range.contains(number),
          column.metric != .power || number > 0
        {
          values[column.metric.handle] = .some(column.metric.steps(number))
          if column.metric == .power { power = number }
        } else {
          values[column.metric.handle] = .some(nil)
        }
      }
      let known = devices.firstIndex { $0.name == row.device }
      if known == nil { devices.append((row.device, [])) }
      devices[known ?? devices.count - 1].rows.append((time, place, power, values))
    }
    return devices.flatMap { device -> [String] in
      var lines: [String] = []
      let rows = device.rows.sorted { ($0.time, $0.place) < ($1.time, $1.place) }
      for (place, var row) in rows.enumerated() {
        // Of rows of one time the last one counts, and of its power the mean of all.
        if place + 1 < rows.count, rows[place + 1].time == row.time { continue }
        let powers = rows.filter { $0.time == row.time }.compactMap(\.power)
        if row.power != nil, Set(powers).count > 1 {
          row.values[Metric.power.handle] =
            Metric.power.steps(powers.reduce(0, +) / Double(powers.count))
        }
        let values = dialect.values.compactMap { column -> String? in
          guard let steps = row.values[column.metric.handle] ?? nil else { return nil }
          return "\(column.metric.name)=\(steps)"
        }
        if values.isEmpty { continue }
        lines.append("\(device.name) \(row.time) \(values.joined(separator: " "))")
      }
      return lines
    }
  }

  @Test(arguments: 0..<40) func everyDialectSaysWhatItsTextsSay(seed: Int) throws {
    var dice = SeededRandom(UInt64(seed))
    let dialect = PowerLogDialect(count: 20 + dice.next(400), &dice)
    let log = try #require(try PowerLogFile.read(dialect.bytes, path: "gpu.csv"))
    #expect(try told(log) == reference(dialect))
  }

  @Test func twentyThousandRowsSayWhatTheirTextsSay() throws {
    var dice = SeededRandom(7)
    let dialect = PowerLogDialect(count: 20_000, &dice)
    let log = try #require(try PowerLogFile.read(dialect.bytes, path: "gpu.csv"))
    #expect(try told(log) == reference(dialect))
  }

  @Test(arguments: 0..<12) func aFileSaysWhatItsBytesSay(seed: Int) throws {
    var dice = SeededRandom(UInt64(seed))
    let scratch = try Scratch()
    // Beyond what is looked at to know the format, so that the file is read piece by piece.
    let dialect = PowerLogDialect(count: seed == 0 ? 14_000 : 300, &dice)
    scratch.write(dialect.bytes, to: "gpu.csv")
    let input = try #require(PowerLogInput(path: scratch.file("gpu.csv")))
    let store = PowerLogStore(folder: scratch.path, room: 4096)
    let log = try #require(
      try PowerLogFile.read(PowerLogText(input, store: store), path: "gpu.csv"))
    #expect(store.isOnDisk)
    #expect(store.resident == 0)
    let whole = try #require(try PowerLogFile.read(dialect.bytes, path: "gpu.csv"))
    #expect(try told(log) == told(whole))
    #expect(scratch.names == ["gpu.csv"])
  }

  /// Lines of whatever a text may hold, in every encoding, in pieces of every size.
  @Test(arguments: 0..<60) func piecesOfAFileHaveTheLinesOfTheWhole(seed: Int) throws {
    var dice = SeededRandom(UInt64(seed))
    let scratch = try Scratch()
    let ends = ["\n", "\r\n", "\r"]
    let end = ends[dice.next(3)]
    var text = ""
    for _ in 0..<dice.next(40) {
      for _ in 0..<dice.next(30) { text += ["a", "ä", "€", "🦛", "0", ",", "\0"][dice.next(7)] }
      text += end
    }
    if dice.next(2) == 0 { text += "rest" }
    var bytes: [UInt8]
    switch dice.next(4) {
    case 0: bytes = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    case 1: bytes = [0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    case 2: bytes = [0xEF, 0xBB, 0xBF] + Array(text.utf8)
    default: bytes = Array(text.utf8)
    }
    if dice.next(5) == 0 { bytes.append(0x0A) }
    scratch.write(bytes, to: "text")
    func lines(_ each: ((PowerLogText.Line) -> Bool) -> Void) -> [String] {
      var lines: [String] = []
      each { line in
        lines.append("\(line.number) \(line.isWhole) \(line.text)")
        return true
      }
      return lines
    }
    let input = try #require(
      PowerLogInput(path: scratch.file("text"), blockSize: 2 + 2 * dice.next(40)))
    #expect(lines(input.forEachLine) == lines(PowerLogText(bytes).forEachLine))
    #expect(input.failure == nil)
  }

  @Test func rowsTakeTheSameMemoryHoweverManyThereAre() throws {
    let scratch = try Scratch()
    let store = PowerLogStore(folder: scratch.path, room: 64 << 10)
    var table = PowerLogTable(store)
    let subjects = (0..<8).map {
      table.place(of: PowerLogSubject(marks: [.index: "\($0)"], note: ""))
    }
    var most = 0
    for row in 0..<200_000 {
      table.add(
        line: row + 2, time: .instant(Int64(row / 8) * 1_000_000_000), subject: subjects[row % 8],
        [
          PowerLogValue(.power, .number(Double(row % 700))),
          PowerLogValue(.temperature, .absent("[N/A \(row % 9000)]")),
        ])
      if row % 1000 == 0 { most = max(most, store.resident + table.openBytes) }
    }
    table.finish()
    // Blocks of 16 KB for each device, and what the store may keep.
    #expect(most < (64 << 10) + 8 * (32 << 10))
    #expect(store.isOnDisk)
    // Nothing is left of it, even while it is used.
    #expect(scratch.names.isEmpty)
    let rows = PowerLogFileRows(table.tracks.map(\.rows))
    var count = 0
    while rows.next() {
      #expect(rows.line == count + 2)
      if count % 4567 == 0 {
        #expect(Double(bitPattern: rows.values[0]) == Double(count % 700))
        #expect(store.content(rows.values[1]) == .absent("[N/A \(count % 9000)]"))
      }
      count += 1
    }
    #expect(count == 200_000)
  }

  @Test func manyRowsInAnyOrderAreTold() throws {
    var dice = SeededRandom(3)
    var seconds = Array(0..<70_000)
    seconds.shuffle(using: &dice)
    var text = "timestamp, index, power.draw [W]\n"
    for second in seconds { text += "\(1_779_966_000 + second), 0, \(second % 600).25 W\n" }
    let assembly = try PowerLogAssembly(
      [try #require(try PowerLogFile.read(Array(text.utf8), path: "gpu.csv"))])
    var next = 0
    assembly.forEachBlock { block in
      for (time, power) in zip(block.times, block.columns[0]) {
        #expect(time == Int64(1_779_966_000 + next) * 1_000_000_000)
        #expect(power == Int64(next % 600 * 1000 + 250))
        next += 1
      }
    }
    #expect(next == 70_000)
  }

  @Test(arguments: 0..<40) func thePeriodIsThatOfAllTimes(seed: Int) {
    var dice = SeededRandom(UInt64(seed))
    var times: [Timestamp] = []
    var now: Int64 = 1_779_966_000_000_000_000
    for _ in 0..<1 + dice.next(5) {
      let step = [10, 100, 500, 1000, 5000, 60_000, 900_000, 7_200_000][dice.next(8)]
      let jitter = dice.next(3) == 0 ? step : step / 20
      for _ in 0..<dice.next(120) {
        now += Int64(step + dice.next(jitter + 1)) * 1_000_000
        if dice.next(12) == 0 { now += Int64(step) * 1_000_000 }
        if dice.next(40) > 0 { times.append(Timestamp(nanoseconds: now)) }
      }
    }
    var period = PowerLogPeriod()
    for time in times { period.add(time) }
    #expect(period.value == times.usualPeriod)
  }

  @Test(arguments: 0..<30) func cellsAreFoundEightBytesAtATime(seed: Int) {
    var dice = SeededRandom(UInt64(seed))
    let (slow, fast) = (CSVCells(), CellRanges())
    for _ in 0..<200 {
      let letters = Array((seed % 3 == 0 ? ",,, \t\r\"ab" : ",;| 0123.:é").utf8)
      let line = (0..<dice.next(60)).map { _ in letters[dice.next(letters.count)] }
      var cells = slow
      line.withUnsafeBufferPointer { line in
        cells.split(line, at: 0x2C)
        fast.split(line, at: 0x2C)
        #expect(
          (0..<fast.count).map { Array(fast[$0]) } == (0..<cells.count).map { Array(cells[$0]) })
      }
    }
  }

  @Test func aDocumentThatIsTooLargeIsRefusedInWords() throws {
    let scratch = try Scratch()
    let start = "[[{\"entity_id\": \"sensor.a_power\", \"last_changed\": \"x\"}"
    scratch.write(Array(start.utf8), to: "home.json")
    truncate(scratch.file("home.json"), PowerLogText.wholeSize + 1)
    let input = try #require(PowerLogInput(path: scratch.file("home.json")))
    let text = PowerLogText(input, store: PowerLogStore())
    let error = #expect(throws: ImportError.self) {
      try PowerLogFile.read(text, path: "home.json")
    }
    #expect(error?.text.contains("read as one") == true)
  }
}
