import Glibc
import Telemetry
import Testing

@testable import hippowatt

/// Sources that do not come back, and everything else that goes on.
@Suite struct StallTests {
  /// A clock that a test moves.
  private final class HandClock: SessionClock {
    private let time = Locked(Timestamp(nanoseconds: 1_750_003_200_000_000_000))
    var now: Timestamp { time.withLock { $0 } }
    func advance(by seconds: Double) { time.withLock { $0 = $0 + seconds } }
  }

  /// A driver call that waits for a byte which nobody writes.
  private struct BlockingSource: DataSource {
    let name = "driver"
    let descriptor: Int32
    mutating func probe() -> Probe { Probe(.ok, "") }
    mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
      var byte: UInt8 = 0
      _ = read(descriptor, &byte, 1)
      return []
    }
  }

  private struct QuickSource: DataSource {
    let name = "quick"
    let interval: Double? = 0.005
    mutating func probe() -> Probe { Probe(.ok, "") }
    mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
      [.event(Event(time: clock.now, kind: .note, text: "tick"))]
    }
  }

  private struct LostSource: DataSource {
    let name = "lost"
    let interval: Double? = 0.005
    mutating func probe() -> Probe { Probe(.ok, "") }
    mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
      throw SourceFailure(.failed, "the stream has ended", isFinal: true)
    }
  }

  /// What a collector said up to now.
  private final class Heard {
    var states: [SourceState] = []
    var ticks = 0

    func listen(_ collector: Collector) {
      for observation in collector.drain() {
        switch observation {
        case .state(let state): states.append(state)
        case .event: ticks += 1
        default: break
        }
      }
    }

    func last(_ source: String) -> SourceState? { states.last { $0.source == source } }
  }

  @Test func `a call that never comes back is named while the others go on`() throws {
    let folder = try Folder()
    let pipe = try Pipe(folder)
    let clock = HandClock()
    let collector = Collector(clock: clock)
    collector.add(BlockingSource(descriptor: pipe.reading), interval: 1)
    collector.add(QuickSource(), interval: 1)
    let heard = Heard()
    #expect(
      eventually {
        heard.listen(collector)
        return heard.last("driver")?.health == .waiting && heard.last("quick")?.health == .ok
      })
    clock.advance(by: 2.9)
    heard.listen(collector)
    #expect(heard.last("driver")?.health == .waiting, "the deadline is three intervals")
    let asked = clock.now
    clock.advance(by: 0.2)
    heard.listen(collector)
    let stalled = try #require(heard.last("driver"))
    #expect(stalled.health == .stalled && stalled.message == "its call has not come back")
    #expect(stalled.time < asked, "a stall dates from the call")
    #expect(!stalled.remedy.isEmpty)
    let before = heard.ticks
    #expect(
      eventually {
        heard.listen(collector)
        return heard.ticks >= before + 10
      })
    #expect(heard.last("quick")?.health == .ok)
    #expect(heard.states.count { $0.health == .stalled } == 1, "said once")
    #expect(!collector.isSettled && !collector.isFinished)
    pipe.write(["back"])
    #expect(
      eventually {
        heard.listen(collector)
        return heard.last("driver")?.health == .ok
      }, "a call that does come back is heard again")
    collector.stop()
    pipe.closeWriting()
  }

  @Test func `a source that said its last word is asked no more`() throws {
    let collector = Collector(clock: HandClock())
    collector.add(LostSource(), interval: 1)
    #expect(eventually { collector.isFinished })
    let heard = Heard()
    heard.listen(collector)
    #expect(heard.last("lost")?.message == "the stream has ended")
    heard.listen(collector)
    #expect(heard.states.count == 2)
  }

  @Test func `keys answer at once beside a log that nobody writes`() throws {
    let folder = try Folder()
    try #require(mkfifo(folder.file("train.log"), 0o600) == 0)
    let session = try Session(
      ["watch", "--source", "simulated", "--source", "log:train.log", "--every", "10s"],
      in: folder, width: 132, height: 40)
    #expect(session.wait(for: "● LIVE"))
    // The fastest of some, since the machine has other things to do as well.
    var fastest = Double.infinity
    for _ in 1...6 {
      let start = seconds()
      session.type("?")
      #expect(session.wait(for: "hippowatt: keys"))
      fastest = min(fastest, seconds() - start)
      session.type("?")
      #expect(session.wait { !session.shows("hippowatt: keys") })
    }
    // Loose, since this is no benchmark: a screen that waits for its source takes for ever.
    #expect(fastest < 5)
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  @Test func `a command that was started as a source ends with the program`() throws {
    let folder = try Folder()
    let session = try Session(
      ["watch", "--source", "simulated", "--source", "exec:echo $$ > child; exec sleep 1000"]
        + ["--every", "100ms"], in: folder)
    #expect(session.wait(for: "● LIVE"))
    #expect(eventually { folder.text("child")?.hasSuffix("\n") == true })
    let child = try #require(pid_t(folder.text("child")?.dropLast() ?? ""))
    #expect(kill(child, 0) == 0)
    #expect(try session.quit() == 0)
    #expect(eventually { kill(child, 0) != 0 }, "what was started is ended")
    kill(child, SIGKILL)
  }
}
