import Telemetry
import TestSupport
import Testing

@testable import Sensors

@Suite("NVML's budget of calls") struct NVMLBudgetTests {
  @Test("eight busy GPUs cost at most 64 calls a second, all kinds together")
  func eight() throws {
    let fake = try FakeNVML(gpus: 8)
    for gpu in 0..<8 { fake.process(UInt32(100 + gpu), percent: 90, gpu: UInt32(gpu)) }
    var source = fake.source()
    _ = try fake.said(&source, at: 0)
    var calls = fake.calls("*")
    var most: UInt32 = 0
    let before = calls
    for second in 1...20 {
      #expect(
        try fake.said(&source, at: Double(second)).readings.count { $0.device.kind == .gpu } == 8)
      most = max(most, fake.calls("*") - calls)
      calls = fake.calls("*")
    }
    // The thread that hears events wakes twice a second, which no test waits for.
    let mean = Double(calls - before) / 20 + 2
    #expect(mean <= 64, "\(mean) calls a second")
    #expect(most <= 96, "the work is spread over the ticks: \(most)")
    #expect(fake.calls("nvmlDeviceGetPcieThroughput") == 0)
    #expect(fake.calls("nvmlDeviceGetFieldValues") == 8 * 21)
  }

  @Test("many ticks a second ask only for the counters and the power")
  func fast() throws {
    let fake = try FakeNVML(gpus: 8)
    var source = fake.source(interval: 0.02)
    _ = try fake.said(&source, at: 0)
    let before = fake.calls("*")
    let fields = fake.calls("nvmlDeviceGetFieldValues")
    for tick in 1...500 { _ = try fake.said(&source, at: 0.02 * Double(tick)) }
    #expect(fake.calls("nvmlDeviceGetFieldValues") - fields == 8 * 500)
    let rest = fake.calls("*") - before - (fake.calls("nvmlDeviceGetFieldValues") - fields)
    #expect(Double(rest) / 10 <= 64, "\(rest) other calls in ten seconds")
    let said = try fake.said(&source, at: 10.02)
    #expect(said.readings.count == 8)
    #expect(
      said.readings.first?.values.map(\.metric) == [.powerInstant, .energy],
      "the mean over a second once a second")
  }

  @Test("64 GPUs are read, each once")
  func many() throws {
    let fake = try FakeNVML(gpus: 64)
    var source = fake.source()
    for second in 0..<5 {
      let said = try fake.said(&source, at: Double(second))
      #expect(Set(said.readings.map(\.device)).count == 64)
      #expect(said.events.isEmpty)
    }
  }

  @Test("what is due follows the clock, not the number of ticks")
  func schedule() {
    func dues(interval: Double, odd: Bool = false, seconds: Double) -> (Int, Int, Int) {
      var schedule = NVMLSchedule(interval: interval, isOdd: odd)
      var counts = (0, 0, 0)
      for tick in 0..<Int(seconds / interval) {
        let due = schedule.next(Timestamp(seconds: 1000 + interval * Double(tick)))
        if due.second { counts.0 += 1 }
        if due.pair { counts.1 += 1 }
        if due.slow { counts.2 += 1 }
      }
      return counts
    }
    #expect(dues(interval: 1, seconds: 60) == (60, 30, 6))
    #expect(dues(interval: 0.02, seconds: 60) == (60, 30, 6))
    #expect(dues(interval: 5, seconds: 60) == (12, 12, 6))
    #expect(dues(interval: 1, odd: true, seconds: 60) == (60, 31, 6))
  }
}
