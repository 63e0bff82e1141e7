import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// Calls to the driver that do not come back, and everything else that goes on.
@Suite("NVML calls that hang") struct NVMLHangTests {
  let first = FakeNVML.uuid(0)
  let second = FakeNVML.uuid(1)
  let third = FakeNVML.uuid(2)

  /// Asks again and again, without the time moving, until something is so of all that was said.
  ///
  /// Returns what was said; fails the test when it never becomes so.
  private func hear(
    _ source: inout NVMLSource, at seconds: Double, until isSo: (Said) -> Bool,
    _ location: SourceLocation = #_sourceLocation
  ) -> Said {
    var all: [Observation] = []
    for _ in 0..<10_000 {
      all += (try? source.sample(FixedClock(Timestamp(seconds: seconds)))) ?? []
      if isSo(Said(all)) { return Said(all) }
      poll(nil, 0, 2)
    }
    Issue.record("it never came", sourceLocation: location)
    return Said(all)
  }

  private func names(_ said: Said) -> Set<String> { Set(said.readings.map(\.device.name)) }

  @Test(
    "a call that hangs silences its own GPU alone, whichever call it is",
    arguments: [
      "nvmlDeviceGetFieldValues", "nvmlDeviceGetUtilizationRates", "nvmlDeviceGetMemoryInfo_v2",
      "nvmlDeviceGetComputeRunningProcesses_v3", "nvmlGpmSampleGet",
    ])
  func hangs(function: String) throws {
    let fake = try FakeNVML(gpus: 3)
    var source = fake.source(patience: 0.02)
    _ = hear(&source, at: 0) { names($0).count == 3 }
    fake.block(function, true, gpu: 0)
    fake.time(10)
    let others = hear(&source, at: 10) { names($0).isSuperset(of: [second, third]) }
    #expect(others.events.isEmpty && !names(others).contains(first))
    let silent = hear(&source, at: 13) { !$0.events.isEmpty }
    #expect(silent.events.map(\.text) == ["no answer for 3 s"])
    #expect(silent.events.map(\.device?.name) == [first])
    #expect(silent.events.map(\.kind) == [.gap])
    #expect(silent.events.map(\.time) == [Timestamp(seconds: 10)], "it dates from the call")
    for time in 14..<30 {
      fake.time(Double(time))
      let said = hear(&source, at: Double(time)) { names($0).isSuperset(of: [second, third]) }
      #expect(said.events.isEmpty && !names(said).contains(first))
    }
    fake.block(function, false, gpu: 0)
    let back = hear(&source, at: 31) { names($0).contains(first) }
    #expect(back.events.map(\.text) == ["answers again"])
  }

  @Test("no second call is made on a GPU whose first hangs")
  func oneCall() throws {
    let fake = try FakeNVML(gpus: 2)
    var source = fake.source(patience: 0.02)
    _ = hear(&source, at: 0) { names($0).count == 2 }
    fake.block("nvmlDeviceGetFieldValues", true)
    let before = fake.calls("nvmlDeviceGetFieldValues")
    for time in 1..<30 { _ = try? source.said(at: Double(time)) }
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 31) }
    #expect(failure?.health == .stalled, "when all hang the source says so")
    #expect(fake.calls("nvmlDeviceGetFieldValues") <= before + 2)
    fake.block("nvmlDeviceGetFieldValues", false)
    _ = hear(&source, at: 32) { names($0).count == 2 }
  }

  @Test("a source is let go of at once while a call hangs; the library stays open under it")
  func closing() throws {
    let fake = try FakeNVML(gpus: 2)
    var source: NVMLSource? = fake.source(patience: 0.02)
    if var opened = source.take() {
      _ = hear(&opened, at: 0) { names($0).count == 2 }
      fake.block("nvmlDeviceGetFieldValues", true, gpu: 0)
      _ = hear(&opened, at: 1) { names($0).contains(second) }
    }
    #expect(fake.calls("nvmlShutdown") == 0)
    fake.block("nvmlDeviceGetFieldValues", false, gpu: 0)
    for _ in 0..<10_000 where fake.calls("nvmlShutdown") == 0 { poll(nil, 0, 2) }
    #expect(fake.calls("nvmlShutdown") == 1, "once the call is back it is closed")
    #expect(fake.calls("nvmlEventSetFree") == 1)
    #expect(fake.calls("nvmlGpmSampleFree") == 4)
  }

  @Test("a driver reloaded while one GPU hangs serves the others again")
  func reloadWhileHanging() throws {
    let fake = try FakeNVML(gpus: 2)
    var source = fake.source(patience: 0.02)
    _ = hear(&source, at: 0) { names($0).count == 2 }
    fake.block("nvmlDeviceGetFieldValues", true, gpu: 0)
    _ = hear(&source, at: 1) { names($0).contains(second) }
    fake.reload()
    let back = hear(&source, at: 3) { names($0).contains(second) }
    #expect(!names(back).contains(first))
    #expect(fake.calls("nvmlInit_v2") == 2)
    // What the old library says of itself concerns nobody any more.
    fake.block("nvmlDeviceGetFieldValues", false, gpu: 0)
    _ = hear(&source, at: 20) { names($0).contains(first) }
    #expect(fake.calls("nvmlInit_v2") == 2)
  }

  @Test("a GPU that answers later than the source waits loses no turn")
  func late() throws {
    let fake = try FakeNVML(gpus: 2)
    var source = fake.source(patience: 0.02)
    _ = hear(&source, at: 0) { names($0).count == 2 }
    fake.block("nvmlDeviceGetFieldValues", true, gpu: 0)
    _ = hear(&source, at: 1) { names($0).contains(second) }
    fake.block("nvmlDeviceGetFieldValues", false, gpu: 0)
    let said = hear(&source, at: 2) { said in
      said.readings.count { $0.device.name == first } >= 2
    }
    let times = said.readings.filter { $0.device.name == first }.map(\.time)
    #expect(times[0] == Timestamp(seconds: 1), "it speaks of when it was made")
    #expect(times[1] == Timestamp(seconds: 2))
  }
}
