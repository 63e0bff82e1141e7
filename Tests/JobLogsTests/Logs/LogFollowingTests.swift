import Glibc
import Quantities
import Seeded
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import JobLogs

@Suite struct LogFollowingTests {
  let scratch = Scratch()

  func line(_ step: Int, loss: Double = 3) -> String {
    "iter \(step): loss \(loss), time 10.00ms, mfu 5.00%\n"
  }

  /// A source and a clock that is a second later at each call.
  struct Watch {
    var source: LogSource
    var time = LogFormatTests.start

    mutating func look() throws -> [Observation] {
      time = time + 1
      return try source.sample(FixedClock(time))
    }

    mutating func step() throws -> Double? { try look().readings.last?[.step] }
  }

  func watch(_ name: String = "a.log") -> Watch {
    Watch(source: LogSource(path: scratch.file(name), machine: "box"))
  }

  @Test func `A device is no log`() {
    var follower = LineFollower(path: "/dev/zero")
    #expect(
      throws: SourceFailure(.failed, "/dev/zero is a device", remedy: "name a file or a pipe")
    ) {
      try follower.poll { _, _ in }
    }
  }

  @Test func waitsForTheFileAndForTheEndOfALine() throws {
    var watch = watch()
    let failure = #expect(throws: SourceFailure.self) { try watch.look() }
    #expect(failure?.health == .waiting)
    #expect(failure?.message.hasPrefix("waiting for /tmp/") == true)
    #expect(failure?.isFinal == false)
    #expect(watch.source.probe().health == .waiting)
    scratch.write("iter 10: loss 3.0, time 10.00m", to: "a.log")
    #expect(try watch.step() == nil)
    scratch.write("s, mfu 5.00%", to: "a.log")
    #expect(try watch.step() == nil)
    scratch.write("\n", to: "a.log")
    let heard = try watch.look()
    #expect(heard.readings.last?[.step] == 10)
    #expect(heard.devices.first?.label == "a.log")
    #expect(heard.devices.first?.id.name == scratch.file("a.log"))
    #expect(try watch.step() == nil)
  }

  @Test func followsARotationByRename() throws {
    var watch = watch()
    scratch.write(line(10), to: "a.log")
    #expect(try watch.step() == 10)
    scratch.write(line(20), to: "a.log")
    scratch.rename("a.log", to: "a.log.1")
    scratch.write(line(30), to: "a.log")
    let heard = try watch.look()
    #expect(heard.readings.last?[.step] == 30)
    scratch.write(line(40), to: "a.log")
    #expect(try watch.step() == 40)
  }

  @Test func readsTheEndOfAFileThatIsRemoved() throws {
    var watch = watch()
    scratch.write(line(10), to: "a.log")
    #expect(try watch.step() == 10)
    scratch.write(line(20), to: "a.log")
    scratch.rename("a.log", to: "a.log.1")
    #expect(try watch.step() == 20)
    #expect(throws: SourceFailure.self) { try watch.look() }
    scratch.write(line(30), to: "a.log")
    #expect(try watch.step() == 30)
  }

  @Test func noticesAShrunkenAndARewrittenFile() throws {
    var watch = watch()
    scratch.write(line(10) + line(20) + "torn", to: "a.log")
    #expect(try watch.step() == 20)
    scratch.write(line(5, loss: 9), to: "a.log", .replace)
    let heard = try watch.look()
    #expect(heard.readings.last?[.step] == 5)
    #expect(heard.events.map(\.text) == ["began anew at step 5"])
    // Rewritten in place, longer than before.
    scratch.write(line(7, loss: 8) + line(8, loss: 8), to: "a.log", .replace)
    #expect(try watch.step() == 8)
  }

  @Test func passesOverWhatCopytruncateLeaves() throws {
    var watch = watch()
    let long = (1...200).map { line($0) }.joined()
    scratch.write(long, to: "a.log")
    #expect(try watch.step() == 200)
    // The writer keeps its place: a hole where the old log was, then the next line.
    truncate(scratch.file("a.log"), 0)
    #expect(try watch.step() == nil)
    let number = open(scratch.file("a.log"), O_WRONLY)
    lseek(number, off_t(long.utf8.count), SEEK_SET)
    let next = Array(line(201).utf8)
    _ = write(number, next, next.count)
    close(number)
    #expect(try watch.step() == 201)
    scratch.write([UInt8](repeating: 0, count: 100_000) + Array(line(202).utf8), to: "a.log")
    #expect(try watch.step() == 202)
  }

  @Test func survivesAnEndlessLineAndJunk() throws {
    var watch = watch()
    scratch.write([UInt8](repeating: 0x61, count: 16 << 20), to: "a.log")
    #expect(try watch.step() == nil)
    scratch.write("\n" + line(10), to: "a.log")
    #expect(try watch.step() == 10)
    var random = SeededRandom(5)
    let noise = (0..<200_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    scratch.write(noise, to: "a.log")
    scratch.write("\n\u{1B}[31m\u{1B}]8;;x\u{1B}\\" + line(20), to: "a.log")
    #expect(try watch.step() == 20)
  }

  /// A line of noise.
  let long = String(repeating: "x", count: 60_000) + "\n"

  @Test func ofAHugeOldLogTheBeginningAndTheEndAreRead() throws {
    let head = "number of parameters: 124.34M\ntokens per iteration will be: 1,000\n"
    let tail = String(repeating: "x", count: 1 << 20) + line(400) + "\n" + line(500)
    scratch.write(head + String(repeating: long, count: 50) + line(100), to: "a.log")
    let number = open(scratch.file("a.log"), O_WRONLY)
    lseek(number, (1 << 30) - off_t(tail.utf8.count), SEEK_SET)
    let bytes = Array(tail.utf8)
    #expect(write(number, bytes, bytes.count) == bytes.count)
    close(number)
    var watch = watch()
    let heard = try watch.look()
    #expect(heard.readings.map { $0[.step] } == [500])
    #expect(heard.readings.first?[.tokens] == 500_000)
    #expect(heard.devices.last?.attributes["parameters"] == "124340000")
    #expect(
      heard.events.map(\.text) == [
        "1.06 GB in the middle of the log were passed over: `import` reads all of it"
      ])
    let read = watch.source.bytesRead
    #expect(read < 10 << 20)
    #expect(try watch.look().isEmpty)
    #expect(watch.source.bytesRead == read)
    scratch.write(line(510), to: "a.log")
    #expect(try watch.step() == 510)
  }

  @Test func anOldLogIsReadInSlicesAndGivesItsLastState() throws {
    let noise = String(repeating: long, count: 300)
    scratch.write(line(10) + noise + line(20) + noise + line(30), to: "a.log")
    var watch = watch()
    var rows: [Reading] = []
    var looks = 0
    while watch.source.bytesRead < 36_000_000, looks < 10 {
      rows += try watch.look().readings
      looks += 1
    }
    #expect((2...4).contains(looks))
    #expect(rows.map { $0[.step] } == [30])
  }

  @Test func aFolderAndAForbiddenFileAreNamed() throws {
    var folder = LogSource(path: scratch.path, machine: "box")
    let failure = #expect(throws: SourceFailure.self) {
      try folder.sample(FixedClock(LogFormatTests.start))
    }
    #expect(failure?.message.contains("folder") == true)
    let context = SourceContext(machine: "box")
    #expect(throws: SourceRequestError.self) {
      try SourceCatalogue.jobs.make(SourceRequest(text: "log"), in: context)
    }
  }

  @Test(arguments: [1, 2, 3, 7, 64, 1000]) func theSplitterDoesNotCareHowBytesCome(size: Int) {
    let text = Array(
      "one\ntwo\r\nthree\rfour\0\n\n\0\0five\n\(String(repeating: "x", count: 40))\nsix".utf8)
    var splitter = LineSplitter(cap: 20)
    var lines: [String] = []
    var cuts = 0
    let body = { (line: UnsafeBufferPointer<UInt8>, isCut: Bool) in
      lines.append(String(decoding: line, as: UTF8.self))
      if isCut { cuts += 1 }
    }
    for start in stride(from: 0, to: text.count, by: size) {
      Array(text[start..<min(text.count, start + size)]).withUnsafeBufferPointer {
        splitter.feed($0, body)
      }
    }
    splitter.finish(body)
    let long = String(repeating: "x", count: 20)
    #expect(lines == ["one", "two", "three", "four\0", "five", long, "six"])
    #expect(cuts == 1)
  }
}
