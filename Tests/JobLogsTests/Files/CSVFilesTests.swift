import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import JobLogs

@Suite struct CSVFilesTests {
  static let now = Timestamp(seconds: 4_000_000_000)
  static let context = SourceContext(machine: "box")

  /// What the lines of a table say.
  static func rows(_ text: String, file: String = "") -> (rows: [CSVRow], reader: CSVReader) {
    rows(Array(text.utf8), file: file)
  }

  static func rows(_ bytes: [UInt8], file: String = "") -> (rows: [CSVRow], reader: CSVReader) {
    var reader = CSVReader(file: file)
    var splitter = LineSplitter(cap: CSVReader.longestLine, splitsAtReturns: false)
    var rows: [CSVRow] = []
    bytes.withUnsafeBufferPointer { buffer in
      splitter.feed(buffer) { line, isCut in
        if let row = reader.take(line, isCut: isCut) { rows.append(row) }
      }
    }
    return (rows, reader)
  }

  @Test func numbersAreReadWhole() {
    func number(_ text: String) -> Double? { PlainNumber.parse(text.utf8) }
    #expect(number("1.5e-3") == 0.0015)
    #expect(number("-.5") == -0.5)
    #expect(number("7.") == 7)
    #expect(number("+12E2") == 1200)
    #expect(number("inf") == .infinity)
    #expect(number("-Infinity") == -.infinity)
    #expect(number("NaN")?.isNaN == true)
    for text in ["", "-", ".", "1,5", "1e", "1e+", "NA", "12x", "0x10", "1 2", "nanx", "1..2"] {
      #expect(number(text) == nil, "\(text)")
    }
    #expect(number(String(repeating: "9", count: 400)) == .infinity)
    #expect(PlainNumber.clock("01:30".utf8) == 90)
    #expect(PlainNumber.clock("1:02:03".utf8) == 3723)
    #expect(PlainNumber.clock("x:02".utf8) == nil)
    #expect(PlainNumber.whole("99999999999999999999".utf8) == nil)
  }

  @Test func sparseRowsOfLightning() {
    let (rows, reader) = Self.rows(
      "epoch,lr-AdamW,step,train_loss_step,val_loss\n0,,49,2.5,\n0,0.001,,,\n0,,99,,1.5\n0,,10")
    #expect(reader.header?.framework == "Lightning")
    #expect(rows.map { $0[.step] } == [49, nil, 99])
    #expect(rows.map { $0[.loss] } == [2.5, nil, nil])
    #expect(rows.map { $0[.validationLoss] } == [nil, nil, 1.5])
    #expect(rows[1][.learningRate] == 0.001)
  }

  @Test(arguments: [
    ("epoch;accuracy;loss;val_accuracy;val_loss\r\n0;0.5;1.25;0.25;2\r\n", "Keras"),
    ("epoch\taccuracy\tloss\tval_accuracy\tval_loss\n0\t0.5\t1.25\t0.25\t2\n", "Keras"),
    ("\u{FEFF}epoch,accuracy,loss,val_accuracy,val_loss\n0,0.5,1.25,0.25,2\n", "Keras"),
    (
      "\"epoch\",\"accuracy\",\"loss\",\"val_accuracy\",\"val_loss\"\n0,0.5,\"1.25\",0.25,2\n",
      "Keras"
    ),
  ]) func separatorsQuotesAndMarks(text: String, framework: String) {
    let (rows, reader) = Self.rows(text)
    #expect(reader.header?.framework == framework)
    #expect(rows.count == 1)
    #expect(rows.first?[.epoch] == 0)
    #expect(rows.first?[.loss] == 1.25)
    #expect(rows.first?[.validationLoss] == 2)
    #expect(reader.badRows == 0)
  }

  @Test func whatIsNotThereIsNotZero() {
    let (rows, reader) = Self.rows("epoch,loss,val_loss\n0,1.5,NA\n1,,\n2,nan,inf\n3,1\n\n4,x,2\n")
    #expect(rows.map { $0[.loss].map { $0.isFinite ? $0 : -1 } } == [1.5, nil, -1, nil])
    #expect(rows[0][.validationLoss] == nil)
    #expect(rows[2][.validationLoss] == .infinity)
    #expect(reader.badRows == 1)
  }

  @Test func stepsOfDeepSpeedAreSamples() {
    let text = "step,train_loss\n64,2.5\n128,2.25\n"
    let (rows, reader) = Self.rows(text, file: "Train_Samples_train_loss.csv")
    #expect(reader.header?.framework == "DeepSpeed")
    #expect(rows.map { $0[.samples] } == [64, 128])
    #expect(rows.allSatisfy { $0[.step] == nil })
    #expect(Self.rows(text, file: "other.csv").rows.map { $0[.step] } == [64, 128])
  }

  @Test func oldTablesOfUltralyticsHaveNoTimes() {
    let text = """
                        epoch,         train/box_loss,         train/cls_loss,         val/box_loss
                            0,                    1.5,                   0.25,                    2
                            1,                   1.25,                    nan,                    1

      """
    let (rows, reader) = Self.rows(text)
    #expect(reader.header?.framework == "Ultralytics")
    #expect(reader.header?.clock == CSVHeader.Clock.none)
    #expect(rows.map { $0[.epoch] } == [0, 1])
    #expect(rows[0][.loss] == 1.75)
    #expect(rows[0][.validationLoss] == 2)
    #expect(rows[1][.loss]?.isNaN == true)
  }

  @Test func epochsOfFastaiAddUp() throws {
    let scratch = Scratch()
    scratch.write(
      "epoch,train_loss,valid_loss,accuracy,time\n0,3,2.5,0.5,01:00\n1,2,2,0.75,02:30\n",
      to: "history.csv")
    var source = CSVSource(path: scratch.file("history.csv"), context: Self.context)
    let heard = try source.readAll(FixedClock(Self.now))
    #expect(heard.readings.map { $0[.accuracy] } == [0.5, 0.75])
    #expect(heard.readings.count == 2)
    #expect(abs(heard.readings[1].time - heard.readings[0].time - 150) < 1e-6)
  }

  @Test func aTableWrittenAnewIsNotSaidAgain() throws {
    let scratch = Scratch()
    let path = scratch.file("metrics.csv")
    scratch.write("epoch,step,train_loss\n0,9,3\n0,19,2\n", to: "metrics.csv")
    var source = CSVSource(path: path, context: Self.context)
    var heard = try source.sample(FixedClock(Self.now))
    // Rows without times: one reading, the last state.
    #expect(heard.readings.map { $0[.step] } == [19])
    #expect(heard.readings.map { $0[.loss] } == [2])
    // A new column comes in the middle, and with it a new row.
    scratch.write(
      "epoch,step,val_loss,train_loss\n0,9,,3\n0,19,,2\n0,19,2.5,\n", to: "metrics.csv", .replace)
    heard = try source.sample(FixedClock(Self.now + 1))
    #expect(heard.readings.map { $0[.validationLoss] } == [2.5])
    #expect(heard.readings.allSatisfy { $0[.loss] == nil })
    #expect(heard.events.isEmpty)
    // Another run in the same file.
    scratch.write(
      "epoch,step,val_loss,train_loss\n0,9,,4\n", to: "metrics.csv", .replace)
    heard = try source.sample(FixedClock(Self.now + 2))
    #expect(heard.readings.map { $0[.loss] } == [4])
    #expect(heard.events.map(\.text) == ["metrics.csv: resumed at step 9"])
  }

  @Test func theLastLineMayHaveNoEnd() throws {
    let scratch = Scratch()
    scratch.write("epoch,step,train_loss\n0,9,3\n0,19,2", to: "metrics.csv")
    var source = CSVSource(path: scratch.file("metrics.csv"), context: Self.context)
    _ = try? source.sample(FixedClock(Self.now))
    let heard = try source.sample(FixedClock(Self.now))
    #expect(heard.readings.map { $0[.step] } == [19])
    #expect(try source.sample(FixedClock(Self.now)).isEmpty)
  }

  @Test func whatIsNoTableSaysSo() throws {
    let scratch = Scratch()
    scratch.write("hello\nworld\n", to: "a.csv")
    var source = CSVSource(path: scratch.file("a.csv"), context: Self.context)
    #expect(throws: SourceFailure.self) { try source.sample(FixedClock(Self.now)) }
    var missing = CSVSource(path: scratch.file("b.csv"), context: Self.context)
    #expect(throws: SourceFailure.self) { try missing.sample(FixedClock(Self.now)) }
    // Twenty megabytes without an end of line are not kept.
    let (rows, reader) = Self.rows(
      Array("step,loss\n".utf8) + [UInt8](repeating: 0x31, count: 20 << 20) + Array("\n1,2\n".utf8))
    #expect(rows.map { $0[.loss] } == [2])
    #expect(reader.badRows == 1)
  }

  @Test func implausibleNumbersAreLeftOutAndNamedOnce() throws {
    let scratch = Scratch()
    scratch.write(
      "step,loss,val_acc,timestamp\n1,2.5,93.2,1790000000\n2,nan,94,1790000010\n-3,2,1e99,1790000020\n",
      to: "a.csv")
    var source = CSVSource(path: scratch.file("a.csv"), context: Self.context)
    let heard = try source.readAll(FixedClock(Self.now))
    #expect(heard.readings.map { $0[.step] } == [1, 2, nil])
    #expect(heard.readings.map { $0[.loss] } == [2.5, nil, 2])
    #expect(heard.readings.allSatisfy { $0[.accuracy] == nil })
    #expect(heard.readings.map(\.time.seconds) == [1_790_000_000, 1_790_000_010, 1_790_000_020])
    #expect(heard.events.count == 3)
    #expect(heard.events.contains { $0.text == "a.csv: the loss is no number at step 2" })
  }

  @Test func changedBytesNeverTrap() {
    let text = "epoch,time,train/box_loss,val/box_loss,step,\"lr\"\r\n1,18.5,1.85,2.5,3,1e-05\r\n"
    mutations(of: Array(text.utf8), rounds: 3000) { _ = Self.rows($0) }
    mutations(of: Array("-12.5e+30".utf8), rounds: 3000) { _ = PlainNumber.parse($0) }
  }

  @Test func wholeTablesOfLightning() throws {
    let table = Self.rows(Fixtures.readFile(Fixtures.path("files/lightning.csv")))
    #expect(table.reader.header?.framework == "Lightning")
    #expect(table.reader.header?.clock == CSVHeader.Clock.none)
    #expect(table.rows.map { $0[.step] } == [49, 49, 99, 99, 117, 149])
    #expect(table.rows.map { $0[.loss] } == [nil, 2.171875, nil, 1.8125, nil, 1.5625])
    #expect(table.rows.map { $0[.validationLoss] } == [nil, nil, nil, nil, 1.703125, nil])
    #expect(table.rows.first?[.learningRate] == 0.0003)
    if let path = Fixtures.real("training/lightning/metrics_turngpt.csv") {
      let (rows, reader) = Self.rows(Fixtures.readFile(path))
      #expect(rows.count == 50)
      #expect(reader.header?.names == ["epoch", "loss", "step"])
      #expect(rows.map { $0[.step] ?? 0 } == (1...50).map { Double($0) * 50 - 1 })
      #expect(rows.last?[.loss] == 2.243922710418701)
    }
    if let path = Fixtures.real("training/lightning/metrics_xkv.csv") {
      let (rows, reader) = Self.rows(Fixtures.readFile(path))
      #expect(rows.map { $0[.loss] } == [6.5751519203186035, 6.386987686157227])
      #expect(reader.header?.clock == CSVHeader.Clock.none)
    }
  }

  @Test func wholeTablesOfUltralytics() throws {
    struct Table {
      let path: String?
      let rows: Int
      let clocks: (first: Double, last: Double)
      /// Its parts added up.
      let loss: Double
    }
    let tables = [
      Table(
        path: Fixtures.path("files/ultralytics.csv"), rows: 3, clocks: (21.5, 62.75), loss: 4.125),
      Table(
        path: Fixtures.real("training/yolo/results_v8_with_time.csv"), rows: 55,
        clocks: (18.1322, 883.467), loss: 0.92421 + 0.5981 + 1.01127),
    ]
    for table in tables {
      guard let path = table.path else { continue }
      let (rows, _) = Self.rows(Fixtures.readFile(path))
      #expect(rows.count == table.rows)
      #expect(rows.last?[.epoch] == Double(table.rows))
      #expect(rows.last?.clock == table.clocks.last)
      #expect(rows.last?[.loss].map { abs($0 - table.loss) < 1e-12 } == true)
      var source = CSVSource(path: path, context: Self.context)
      let heard = try source.readAll(FixedClock(Self.now))
      #expect(heard.readings.count == table.rows)
      let first = try #require(heard.readings.first)
      let last = try #require(heard.readings.last)
      #expect(abs(last.time - first.time - (table.clocks.last - table.clocks.first)) < 1e-6)
      #expect(heard.devices.last?.model == "Ultralytics")
    }
  }

  @Test(arguments: [
    ("keras.csv", "Keras"), ("fastai.csv", "fastai"),
    ("Train_Samples_train_loss.csv", "DeepSpeed"),
  ]) func wholeTablesOfOthers(file: String, framework: String) {
    let table = Self.rows(Fixtures.readFile(Fixtures.path("files/\(file)")), file: file)
    #expect(table.reader.header?.framework == framework)
    #expect(table.rows.allSatisfy { $0[.loss] != nil } && table.rows.count >= 2)
    #expect(table.reader.badRows == 0)
  }

  /// The times of a table may be dates; without a zone of their own they are of the file's.
  @Test(arguments: [
    ("2026-03-07 00:00:10", 3600.0, 1_772_838_010.0), ("2026-03-07T00:00:10Z", 3600, 1_772_841_610),
    ("2026-03-07T00:00:10.5+01:00", 0, 1_772_838_010.5), ("1772841610", 3600, 1_772_841_610),
    ("2026-03-07 00:00:10 or so", 0, nil), ("yesterday", 0, nil),
  ])
  func datesAreTimes(cell: String, offset: Double, right: Double?) {
    let local = LocalTime(zone: "somewhere") { [$0 - Int64(offset)] }
    for title in ["timestamp", "date", "time", "datetime"] {
      var reader = CSVReader(file: "", local: local)
      var rows: [CSVRow] = []
      for line in ["\(title),step,loss", "\(cell),1,4.5"] {
        Array(line.utf8).withUnsafeBufferPointer {
          if let row = reader.take($0) { rows.append(row) }
        }
      }
      #expect(rows.map(\.clock) == [right], "\(title)")
    }
  }

  @Test func rowsWhoseTimesCannotBeReadAreKeptInOrder() throws {
    let tree = FileTree()
    tree.write(
      "/metrics.csv", "timestamp,step,loss\n" + (1...9).map { "soon,\($0),4.5\n" }.joined())
    let path = tree.root + "/metrics.csv"
    let found = try #require(
      try JobFileImport.read(path, machine: "box", FixedClock(Self.now)))
    #expect(found.readings.last?[.step] == 9)
    #expect(found.events.contains { $0.text.contains("the time of a row cannot be read") })
  }
}
