import CSystem
import Glibc
import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Sensors

@Suite struct ExecTests {
  static let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

  /// Calls the source whenever its command said something, until `isEnough` or it fails.
  static func run(
    _ source: inout ExecSource, at time: Timestamp = start,
    until isEnough: ([Observation]) -> Bool = { _ in false }
  ) -> (heard: [Observation], failure: SourceFailure?) {
    var heard: [Observation] = []
    for _ in 0..<100_000 {
      do throws(SourceFailure) {
        heard += try source.sample(FixedClock(time))
      } catch {
        return (heard, error)
      }
      if isEnough(heard) { break }
      source.wait(milliseconds: 100)
      sched_yield()
    }
    return (heard, nil)
  }

  static func source(_ command: String, environment: [String: String] = [:]) -> ExecSource {
    ExecSource(
      command: command,
      context: SourceContext(machine: "box", environment: environment))
  }

  @Test func readsWhatACommandPrintsAndHowItEnded() throws {
    var source = Self.source(
      #"""
      printf '{"reading":{"kind":"meter","device":"%s","power_w":12.5}}\n' "$SENSOR"
      echo 'this is no JSON'; echo 'nor this'
      printf '{"reading":{"kind":"meter","device":"plug","power_w":13}}'
      echo first >&2; printf 'the \033[31msensor\033[0m is gone\n' >&2; exit 3
      """#, environment: ["SENSOR": "plug"])
    let (heard, failure) = Self.run(&source)
    #expect(heard.readings.compactMap { $0[.power] } == [12.5, 13])
    #expect(heard.readings.first?.device.name == "plug")
    #expect(heard.readings.first?.device.machine == "box")
    #expect(heard.events.count == 1)
    #expect(heard.events.first?.text.contains("line 2") == true)
    #expect(failure?.health == .failed)
    #expect(failure?.message.hasSuffix("ended with status 3: the sensor is gone") == true)
    #expect(failure?.isFinal == false)
  }

  @Test func zeroWattsOfABusyAcceleratorAreUnknown() throws {
    let start = Int(Self.start.seconds)
    let lines = (0..<6).map { second in
      #"{"reading":{"kind":"gpu","device":"0","time":\#(start + second),"#
        + #""power_w":0,"utilization_percent":\#(second == 0 ? 0 : 99)}}"#
    }
    // A meter has no work of its own.
    let meter = #"{"reading":{"kind":"meter","device":"plug","power_w":0}}"#
    var source = Self.source("printf '%s\\n' '\((lines + [meter]).joined(separator: "' '"))'")
    let heard = Self.run(&source).heard
    #expect(heard.readings.map { $0[.power] } == [0, nil, nil, nil, nil, nil, 0])
    #expect(heard.events.map(\.cause) == [.refused])
  }

  @Test func startsAgainLaterAndLater() throws {
    let scratch = Scratch()
    let path = scratch.file("runs")
    var source = Self.source("echo x >> \(path); exit 1")
    func runs() -> Int { Fixtures.readFile(path).count { $0 == 0x0A } }
    #expect(Self.run(&source).failure != nil)
    #expect(runs() == 1)
    #expect(throws: SourceFailure.self) { try source.sample(FixedClock(Self.start + 0.9)) }
    #expect(runs() == 1)
    #expect(Self.run(&source, at: Self.start + 1).failure != nil)
    #expect(runs() == 2)
    #expect(throws: SourceFailure.self) { try source.sample(FixedClock(Self.start + 2.5)) }
    #expect(runs() == 2)
    #expect(Self.run(&source, at: Self.start + 3).failure != nil)
    #expect(runs() == 3)
    var time = Self.start + 3
    for _ in 0..<8 {
      time = time + 60
      #expect(Self.run(&source, at: time).failure != nil)
    }
    #expect(runs() == 11)
  }

  @Test func endsTheWholeGroup() throws {
    let line = #"{"reading":{"kind":"x","device":"a","pid":%s}}\n"#
    var source: ExecSource? = Self.source(
      "trap '' TERM; /bin/cat /dev/zero > /dev/null & printf '\(line)' $!; wait")
    var pid: pid_t = 0
    if var running = source {
      let (heard, _) = Self.run(&running) { !$0.readings.isEmpty }
      pid = pid_t(heard.readings.first?.values.first?.value ?? 0)
      source = nil
    }
    try #require(pid > 1)
    // The grandchild is not ours to wait for: it is gone, or a zombie of init for a moment.
    for _ in 0..<1_000_000 where kill(pid, 0) == 0 {
      let state = Fixtures.readFile("/proc/\(pid)/stat").split(separator: 0x20)
      if state.count > 2, state[2] == [UInt8(ascii: "Z")] { return }
      sched_yield()
    }
    #expect(kill(pid, 0) != 0)
  }

  @Test func aStreamOfANewerFormatIsFinal() throws {
    var source = Self.source(#"echo '{"hippowatt":99}'; exec sleep 100"#)
    let (_, failure) = Self.run(&source)
    #expect(failure?.isFinal == true)
    #expect(failure?.message.contains("newer") == true)
  }

  @Test func anEndlessLineIsPassedOver() throws {
    var source = Self.source(
      #"head -c 3000000 /dev/zero | tr '\0' x; echo; echo '{"event":{"text":"here"}}'"#)
    let (heard, _) = Self.run(&source)
    #expect(heard.events.map(\.text).last == "here")
    #expect(heard.events.first?.text.contains("longer than 1 MiB") == true)
  }

  @Test func aCommandIsNeeded() {
    #expect(throws: SourceRequestError.self) {
      try SourceCatalogue.sensors.make(
        SourceRequest(text: "exec: "), in: SourceContext(machine: "box"))
    }
  }

  @Test func theStreamReadsItsDescriptorUntilItEnds() throws {
    var ends: [Int32] = [-1, -1]
    // Programs that other tests start meanwhile must not keep it open, nor the guard of them.
    cs_guard_ready()
    #expect(cs_pipe(&ends) == 0)
    defer { close(ends[0]) }
    var source = JSONStreamSource(descriptor: ends[0], machine: "here")
    #expect(try source.sample(FixedClock(Self.start)).isEmpty)
    let text = Array(
      (JSONLines.header(machine: "there")
        + "\n{\"reading\":{\"kind\":\"gpu\",\"device\":0,\"power_mw\":1").utf8)
    _ = write(ends[1], text, text.count)
    #expect(try source.sample(FixedClock(Self.start)).isEmpty)
    let rest = Array("}}\n{\"event\":{\"text\":\"end\"}}".utf8)
    _ = write(ends[1], rest, rest.count)
    let heard = try source.sample(FixedClock(Self.start))
    #expect(heard.readings.first?.device.machine == "there")
    close(ends[1])
    #expect(try source.sample(FixedClock(Self.start)).events.map(\.text) == ["end"])
    let failure = #expect(throws: SourceFailure.self) {
      try source.sample(FixedClock(Self.start))
    }
    #expect(failure?.message == "the stream has ended")
    #expect(failure?.isFinal == true)
  }
}
