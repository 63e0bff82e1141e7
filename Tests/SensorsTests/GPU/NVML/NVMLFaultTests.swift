import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// One test for each thing that goes wrong with GPUs.
@Suite("NVML in trouble") struct NVMLFaultTests {
  let first = FakeNVML.uuid(0)
  let second = FakeNVML.uuid(1)

  /// Asks again and again, without the time moving, until something is so.
  private func eventually(
    _ source: inout NVMLSource, at seconds: Double, _ isSo: (Said) -> Bool
  ) -> Bool {
    for _ in 0..<4000 {
      if let said = try? source.said(at: seconds), isSo(said) { return true }
      poll(nil, 0, 5)
    }
    return false
  }

  @Test("a GPU that vanishes from the count is named, and one that comes is read")
  func recount() throws {
    let fake = try FakeNVML(gpus: 3)
    var source = fake.source()
    _ = try fake.said(&source, at: 0)
    // The driver closes the ranks: what was GPU 2 is now GPU 1.
    fake.count(2)
    fake.set("serial", 2, gpu: 1)
    var said: [Said] = []
    for second in 1..<13 { said.append(try fake.said(&source, at: Double(second))) }
    let events = said.flatMap(\.events)
    #expect(
      events.map(\.text) == [
        "the driver now shows 2 GPUs, not 3", "no longer shown by the driver",
      ])
    #expect(events.map(\.kind) == [.note, .gap])
    #expect(events.map(\.device?.name) == [nil, second])
    #expect(said.last.map { Set($0.readings.map(\.device.name)) } == [first, FakeNVML.uuid(2)])
    fake.count(4)
    fake.set("serial", 1, gpu: 3)
    said = []
    for second in 13..<25 { said.append(try fake.said(&source, at: Double(second))) }
    #expect(said.flatMap(\.events).map(\.text) == ["the driver now shows 4 GPUs, not 2"])
    #expect(said.last?.readings.count == 4)
    #expect(fake.calls("nvmlInit_v2") == 1)
  }

  @Test("a GPU that is gone after the library was opened anew is named as well")
  func goneAfterReload() throws {
    let fake = try FakeNVML(gpus: 2)
    var source = fake.source()
    _ = try fake.said(&source, at: 0)
    fake.reload()
    fake.count(1)
    #expect(throws: SourceFailure.self) { try fake.said(&source, at: 1) }
    #expect(
      try fake.said(&source, at: 2).events.map(\.text) == [
        "the driver now shows 1 GPU, not 2", "no longer shown by the driver",
      ])
  }

  @Test("a GPU lost in the middle of its first look is described when it is back")
  func lostAtFirstLook() throws {
    let fake = try FakeNVML(gpus: 2)
    fake.process(41, gpu: 1)
    fake.answer("nvmlDeviceGetTemperatureV", 15, gpu: 1)
    var source = fake.source()
    let lost = try fake.said(&source, at: 0)
    #expect(!lost.devices.contains { $0.id.name == second })
    #expect(lost.events.map(\.text) == ["GPU 1: the GPU is lost: it has fallen off the bus"])
    fake.answer("nvmlDeviceGetTemperatureV", 0, gpu: 1)
    let back = try fake.said(&source, at: 6)
    #expect(back.devices.contains { $0.id.name == second })
    #expect(back.devices.contains { $0.id.kind == .process })
    #expect(back.series.contains { $0.device.name == second && $0.metric == .power })
  }

  @Test("what was described when the source failed is not lost")
  func heldDescriptions() throws {
    let fake = try FakeNVML(gpus: 2)
    fake.answer("nvmlDeviceGetFieldValues", 9, gpu: 1)
    var source = fake.source()
    #expect(throws: SourceFailure.self) { try fake.said(&source, at: 0) }
    fake.answer("nvmlInit_v2", 9)
    for second in 1..<5 {
      #expect(throws: SourceFailure.self) { try fake.said(&source, at: Double(second)) }
    }
    fake.answer("nvmlInit_v2", 0)
    fake.answer("nvmlDeviceGetFieldValues", 0, gpu: 1)
    let said = try fake.said(&source, at: 5)
    #expect(said.devices.map(\.id.name).sorted() == [first, second])
  }

  @Test("what was heard when the source failed is said when it is back")
  func heldEvents() throws {
    let fake = try FakeNVML(gpus: 2)
    fake.answer("nvmlDeviceGetHandleByIndex_v2", 4, gpu: 1)
    fake.answer("nvmlDeviceGetFieldValues", 9, gpu: 0)
    var source = fake.source()
    #expect(throws: SourceFailure.self) { try fake.said(&source, at: 0) }
    fake.answer("nvmlDeviceGetFieldValues", 0, gpu: 0)
    let texts = try fake.said(&source, at: 1).events.map(\.text)
    #expect(texts.contains("GPU 1: no permission"))
  }

  @Test("an Xid is heard without asking, in words; a flood of one is counted")
  func xid() throws {
    let fake = try FakeNVML(gpus: 4)
    var source = fake.source()
    _ = try source.said(at: 0)
    // A GPU tells its events once it is listened to, which another thread sees to.
    #expect(eventually(&source, at: 0.5) { _ in fake.calls("nvmlDeviceRegisterEvents") >= 4 })
    fake.event(8, 79, gpu: 3)
    for _ in 0..<9 { fake.event(8, 31, gpu: 1) }
    fake.event(8, 7777, gpu: 2)
    var heard: [Event] = []
    #expect(
      eventually(&source, at: 1) { said in
        heard += said.events
        return heard.contains { $0.text.contains("7777") }
      })
    #expect(heard.allSatisfy { $0.kind == .note })
    #expect(heard.first?.text == "Xid 79, the GPU has fallen off the bus")
    #expect(heard.first?.device?.name == FakeNVML.uuid(3))
    #expect(
      heard.contains {
        $0.device?.name == FakeNVML.uuid(1) && $0.text.hasPrefix("Xid 31, a program touched memory")
      })
    #expect(heard.last?.text == "Xid 7777")
    #expect(heard.last?.device?.name == FakeNVML.uuid(2))
  }

  @Test("field values that are not offered fall back on single calls", arguments: [2, 3, 13])
  func noFieldValues(code: Int32) throws {
    let fake = try FakeNVML()
    fake.answer("nvmlDeviceGetFieldValues", code)
    fake.power([(0, 200)])
    var source = fake.source()
    for second in 0..<5 {
      let said = try fake.said(&source, at: 2 + Double(second))
      #expect(said.steps(.power, of: first) == 200_000)
      #expect(said.steps(.energy, of: first) == Int64(400 + 200 * second) * 1_000_000)
      if second % 2 == 0 { #expect(said.steps(.powerLimit, of: first) == 700_000) }
    }
    // Without the newer ids it is tried once more where these may be what was wrong.
    #expect(fake.calls("nvmlDeviceGetFieldValues") == (code == 2 ? 2 : 1))
    fake.set("held_heat_ns", 9_000_000)
    let said = try fake.said(&source, at: 12)
    #expect(said.steps(.throttledByThermal, of: first) == 9000)
    #expect(fake.calls("nvmlDeviceGetViolationStatus") == 6)
  }

  @Test("each field is tested once and remembered; the older energy stands in for the newer")
  func unknownFields() throws {
    let fake = try FakeNVML()
    for (id, code) in [(191, 3), (82, 2), (138, 4), (139, 4)] as [(Int, Int32)] {
      fake.answer("field:\(id)", code)
    }
    var source = fake.source()
    let said = try source.said(at: 0)
    #expect(said.steps(.energy, of: first) == 0)
    #expect(said.provenance(.energy, of: first)?.note == "NVML field 83, mJ since driver load")
    #expect(said.steps(.memoryTemperature, of: first) == nil)
    #expect(said.events.map(\.text) == ["NVLink traffic may not be read by this user"])
    for id in [82, 138] { fake.answer("field:\(id)", 0) }
    let later = try source.said(at: 2)
    #expect(later.steps(.memoryTemperature, of: first) == nil)
    #expect(later.steps(.nvlinkSent, of: first) == nil)
    #expect(later.events.isEmpty)
    #expect(fake.calls("nvmlDeviceGetTotalEnergyConsumption") == 0)
  }

  @Test("a driver that refuses a whole call for one new field is asked for the old ones")
  func oldDriver() throws {
    let fake = try FakeNVML()
    fake.answer("newer fields", 2)
    fake.set("held_heat_ns", 9_000_000)
    var source = fake.source()
    #expect(try source.said(at: 0).steps(.power, of: first) == 70_000)
    let said = try source.said(at: 2)
    #expect(said.steps(.power, of: first) == 70_000)
    #expect(said.steps(.energy, of: first) == 0)
    #expect(said.steps(.throttledByThermal, of: first) == 9000)
    #expect(said.steps(.memoryTemperature, of: first) == 35_000)
    #expect(said.steps(.powerLimit, of: first) == 700_000)
    #expect(fake.calls("nvmlDeviceGetFieldValues") == 2)
  }

  @Test("a number that was answered once is not given up for a passing refusal")
  func passingRefusal() throws {
    let fake = try FakeNVML()
    var source = fake.source()
    _ = try source.said(at: 0)
    fake.answer("field:190", 3)
    _ = try source.said(at: 1)
    fake.answer("field:190", 0)
    fake.set("limit_mw", 500_000)
    #expect(try source.said(at: 2).steps(.powerLimit, of: first) == 500_000)
  }

  @Test("every function may be missing without costing more than its own number")
  func missingOneByOne() throws {
    let fake = try FakeNVML()
    fake.process(41, percent: 10)
    for name in [
      "nvmlSystemGetDriverVersion", "nvmlSystemGetNVMLVersion", "nvmlDeviceGetName",
      "nvmlDeviceGetUUID", "nvmlDeviceGetPciInfo_v3", "nvmlDeviceGetArchitecture",
      "nvmlDeviceGetCudaComputeCapability", "nvmlDeviceGetFieldValues",
      "nvmlDeviceGetUtilizationRates", "nvmlDeviceGetMemoryInfo_v2", "nvmlDeviceGetTemperatureV",
      "nvmlDeviceGetClockInfo", "nvmlDeviceGetFanSpeed",
      "nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetComputeRunningProcesses_v3",
      "nvmlDeviceGetProcessUtilization", "nvmlDeviceGetMigMode", "nvmlEventSetCreate",
      "nvmlEventSetWait_v2", "nvmlGpmQueryDeviceSupport", "nvmlShutdown",
    ] {
      var source = fake.source(hiding: [name])
      let said = try source.said(at: 0)
      let gpu = try #require(said.readings.first { $0.device.kind == .gpu }, "\(name)")
      let count = gpu.values.count
      #expect(count >= (name == "nvmlDeviceGetFieldValues" ? 11 : 19), "\(name): \(count)")
      #expect(said.events.isEmpty, "\(name)")
    }
  }
}
