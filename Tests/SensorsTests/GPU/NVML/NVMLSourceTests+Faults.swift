import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

/// GPUs that are lost, refused or wrong.
extension NVMLSourceTests {
  @Test("a lost GPU gives nothing, is told of once, and comes back by itself")
  func lost() throws {
    let fake = try FakeNVML(gpus: 2)
    var source = fake.source()
    _ = try source.said(at: 0)
    fake.answer("gpu", 15, gpu: 1)
    let lost = try source.said(at: 1)
    #expect(lost.readings.map(\.device.name) == [first])
    #expect(lost.events.map(\.kind) == [.gap])
    #expect(lost.events.first?.text.contains("the GPU is lost") == true)
    #expect(lost.events.first?.device?.name == second)
    for second in 2..<10 { #expect(try fake.said(&source, at: Double(second)).events.isEmpty) }
    fake.answer("gpu", 0, gpu: 1)
    let back = try source.said(at: 20)
    #expect(back.readings.map(\.device.name) == [first, second])
    #expect(back.events.map(\.text) == ["answers again"])
    #expect(back.events.map(\.cause) == [.recovered])
    #expect(fake.calls("nvmlInit_v2") == 1)
  }

  @Test("while a GPU stays away the library is opened anew once a minute")
  func reopening() throws {
    let fake = try FakeNVML(gpus: 2)
    var source = fake.source()
    fake.answer("gpu", 15, gpu: 1)
    for second in 0..<150 { _ = try source.said(at: Double(second)) }
    #expect(fake.calls("nvmlInit_v2") == 3)
    #expect(fake.calls("nvmlShutdown") == 2)
  }

  @Test("when every GPU is lost the source fails in words, and recovers")
  func allLost() throws {
    let fake = try FakeNVML()
    var source = fake.source()
    _ = try source.said(at: 0)
    fake.answer("gpu", 15, gpu: 0)
    #expect(try source.said(at: 1).events.count == 1)
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 2) }
    #expect(failure?.health == .failed)
    #expect(failure?.remedy.contains("dmesg") == true)
    fake.answer("gpu", 0, gpu: 0)
    #expect(try source.said(at: 10).steps(.power, of: first) == 70_000)
  }

  @Test("a reloaded driver is opened anew on the next call")
  func driverReload() throws {
    let fake = try FakeNVML()
    var source = fake.source()
    _ = try source.said(at: 0)
    fake.reload()
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 1) }
    #expect(failure?.message == "the NVIDIA driver was reloaded")
    #expect(try source.said(at: 2).steps(.power, of: first) == 70_000)
    #expect(fake.calls("nvmlInit_v2") == 2)
  }

  @Test(
    "what stands in the way of starting is said with a remedy",
    arguments: [
      (4, SourceState.Health.denied, "no permission", "/dev/nvidia"),
      (9, .absent, "not loaded", "modprobe"),
      (18, .failed, "different versions", "restart"),
    ])
  func cannotStart(
    code: Int32, health: SourceState.Health, message: String, remedy: String
  ) throws {
    let fake = try FakeNVML()
    fake.answer("nvmlInit_v2", code)
    var source = fake.source()
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 0) }
    #expect(failure?.health == health)
    #expect(failure?.message.contains(message) == true)
    #expect(failure?.remedy.contains(remedy) == true)
    #expect(source.probe().health == health)
    fake.answer("nvmlInit_v2", 0)
    #expect(try source.said(at: 1).readings.count == 1)
  }

  @Test("a GPU that may not be opened costs only itself, and is told of once")
  func deniedGPU() throws {
    let fake = try FakeNVML(gpus: 2)
    fake.answer("nvmlDeviceGetHandleByIndex_v2", 4, gpu: 0)
    var source = fake.source()
    let said = try source.said(at: 0)
    #expect(said.readings.map(\.device.name) == [second])
    #expect(said.events.map(\.text) == ["GPU 0: no permission"])
    for time in 1..<100 { #expect(try fake.said(&source, at: Double(time)).events.isEmpty) }
    #expect(fake.calls("nvmlInit_v2") == 1)
  }

  @Test("an impossible power is left out, and told of once")
  func implausiblePower() throws {
    let fake = try FakeNVML()
    fake.set("power_mw", 1_050_001)
    var source = fake.source()
    let said = try source.said(at: 0)
    #expect(said.steps(.power, of: first) == nil)
    #expect(said.steps(.temperature, of: first) == 30_000)
    #expect(said.events.map(\.kind) == [.note])
    #expect(try source.said(at: 1).events.isEmpty)
    fake.set("power_mw", 1_050_000)
    #expect(try source.said(at: 2).steps(.power, of: first) == 1_050_000)
  }

  @Test("a GPU without memory of its own shows the host's, and says so", arguments: [0, 3])
  func sharedMemory(code: Int32) throws {
    let fake = try FakeNVML()
    fake.set("total", 0)
    for name in ["nvmlDeviceGetMemoryInfo", "nvmlDeviceGetMemoryInfo_v2"] {
      fake.answer(name, code)
    }
    let tree = FileTree()
    tree.write("/proc/meminfo", "MemTotal: 100 kB\nMemFree: 1 kB\nMemAvailable: 60 kB\n")
    var source = fake.source(root: tree.root)
    let said = try source.said(at: 0)
    #expect(said.steps(.memoryTotal, of: first) == 102_400)
    #expect(said.steps(.memoryUsed, of: first) == 40_960)
    #expect(said.provenance(.memoryUsed, of: first)?.note.contains("shared with the host") == true)
  }

  @Test("a GPU that answers nothing is tried again with a fresh handle")
  func staleHandle() throws {
    let fake = try FakeNVML(gpus: 2)
    var source = fake.source()
    _ = try source.said(at: 0)
    fake.answer("gpu", 2, gpu: 0)
    let said = try source.said(at: 1)
    #expect(said.readings.map(\.device.name) == [second])
    #expect(said.events.map(\.text) == ["NVML error 2"])
    fake.answer("gpu", 0, gpu: 0)
    #expect(try source.said(at: 6).readings.count == 2)
    #expect(fake.calls("nvmlDeviceGetHandleByIndex_v2") == 3)
  }

  @Test("a value that fails now and then is missing, not zero")
  func passingError() throws {
    let fake = try FakeNVML()
    var source = fake.source()
    _ = try source.said(at: 0)
    fake.answer("field:185", 999)
    fake.answer("nvmlDeviceGetPowerUsage", 999)
    let said = try source.said(at: 1)
    #expect(said.steps(.power, of: first) == nil)
    #expect(said.steps(.energy, of: first) == 0)
    fake.answer("field:185", 0)
    #expect(try source.said(at: 2).steps(.power, of: first) == 70_000)
  }

  @Test("without a driver the source says what it looked for")
  func noDriver() throws {
    var source = NVMLSource(SourceContext(machine: "box"), library: "/nonexistent/libnvidia-ml.so")
    let probe = source.probe()
    #expect(probe.health == .absent)
    #expect(probe.message == "no NVIDIA driver: looked for /nonexistent/libnvidia-ml.so")
    #expect(!probe.remedy.isEmpty)
    var other = NVMLSource(SourceContext(machine: "box"), library: "libc.so.6")
    #expect(other.probe().health == .failed)
  }

  @Test("0 W of a busy GPU is unknown, which is said once; its processes are charged nothing")
  func zeroPower() throws {
    let fake = try FakeNVML()
    for id in [83, 191] { fake.answer("field:\(id)", 3) }
    fake.answer("nvmlDeviceGetTotalEnergyConsumption", 3)
    fake.set("power_mw", 0)
    fake.process(4711, percent: 99)
    var source = fake.source()
    // While it has nothing to do it may be switched off.
    #expect(try fake.said(&source, at: 0).steps(.power, of: first) == 0)
    fake.set("gpu_percent", 99)
    var events: [Event] = []
    for second in 1..<12 {
      let said = try fake.said(&source, at: Double(second))
      #expect(said.steps(.power, of: first) == nil)
      #expect(said.steps(.utilization, of: first) == 990_000)
      let processes = said.readings.filter { $0.device.kind == .process }
      #expect(processes.allSatisfy { !$0.values.contains { $0.metric == .energy } })
      events += said.events
    }
    #expect(events.map(\.device?.name) == [first] && events.map(\.cause) == [.refused])
    #expect(events.first?.text.contains("0 W") == true)
    // Who has never told any watts is not believed at rest either; who does is from then on.
    fake.set("gpu_percent", 0)
    #expect(try fake.said(&source, at: 20).steps(.power, of: first) == nil)
    fake.set("power_mw", 31_000)
    #expect(try fake.said(&source, at: 21).steps(.power, of: first) == 31_000)
    fake.set("power_mw", 0)
    #expect(try fake.said(&source, at: 22).steps(.power, of: first) == 0)
  }
}
