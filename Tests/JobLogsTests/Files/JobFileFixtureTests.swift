import Glibc
import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// A file of every format that jobs write says what it holds, and nothing else when it is torn.
@Suite struct JobFileFixtureTests {
  static let written = 1_795_000_000.0
  static let context = SourceContext(machine: "box")

  /// Writes a file, or its beginning, as it was just now, and reads it.
  static func read(_ file: JobFileFixture, _ count: Int, in tree: FileTree) -> [Observation] {
    let path = "\(tree.root)/\(file.path)"
    tree.write("/\(file.path)", Array(file.bytes.prefix(count)))
    let time = timeval(tv_sec: Int(written), tv_usec: 0)
    _ = utimes(path, [time, time])
    guard var source = JobFileFormats.format(of: path)?.make(path, context) as? any JobFileSource
    else { return [] }
    return (try? source.readAll(FixedClock(Timestamp(seconds: written + 1)))) ?? []
  }

  @Test func everyFormatHasAFile() {
    let formats = Set(JobFileFixture.all.map(\.format))
    // The logs have a test of their own.
    #expect(formats.union(["log"]) == Set(JobFileFormats.all.map(\.name)))
    #expect(JobFileFixture.all.allSatisfy { !$0.bytes.isEmpty })
    for log in LogFixture.madeUp {
      #expect(JobFileFormats.format(of: log.path)?.name == "log", "\(log)")
    }
  }

  @Test(arguments: JobFileFixture.all) func aFileSaysWhatItHolds(file: JobFileFixture) {
    let tree = FileTree()
    let heard = Self.read(file, file.bytes.count, in: tree)
    #expect(JobFileFormats.format(of: "\(tree.root)/\(file.path)")?.name == file.format)
    var values: [Metric: [Double]] = [:]
    for reading in heard.readings {
      for entry in reading.values {
        values[entry.metric, default: []] += [reading[entry.metric]].compactMap(\.self)
      }
    }
    #expect(values == file.values)
    #expect(heard.events.map(\.text) == file.events)
  }

  @Test(arguments: JobFileFixture.all) func aTornFileTellsNoOtherNumber(file: JobFileFixture) {
    let tree = FileTree()
    typealias Number = LogTornFixtureTests.Number
    var told = Number.all(Self.read(file, file.bytes.count, in: tree))
    // Of rows without a time the last is told, whichever it is.
    for (place, byte) in file.bytes.enumerated() where byte == 0x0A {
      told.formUnion(Number.all(Self.read(file, place + 1, in: tree)))
    }
    // Everywhere in a short file, and in a long one at places that fall on all kinds of bytes.
    for count in stride(from: 0, to: file.bytes.count, by: max(1, file.bytes.count / 251)) {
      let strange = Number.all(Self.read(file, count, in: tree)).subtracting(told)
      #expect(strange.isEmpty, "torn at \(count)")
    }
  }
}
