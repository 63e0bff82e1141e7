import Seeded
import Telemetry
import TestSupport
import Testing

@testable import Sensors

@Suite("AMD metrics")
struct AMDMetricsTests {
  private func read(_ bytes: [UInt8]) throws -> AMDMetrics {
    try bytes.withUnsafeBytes { try AMDMetrics($0) }
  }

  @Test(
    "boards and accelerators of every version say the same",
    arguments: [
      (1, 1, 96), (1, 2, 104), (1, 3, 120), (1, 4, 288), (1, 5, 360), (1, 6, 1664), (1, 7, 2208),
      (1, 8, 3872),
    ] as [(UInt8, UInt8, Int)])
  func boards(format: UInt8, content: UInt8, size: Int) throws {
    let bytes = AMDMetricsWriter(format, content).bytes([
      "power": 612, "energy": 65536 * 1000, "hotspot": 71, "memory": 58, "gfx": 97, "umc": 33,
      "gfxclk": 2100, "uclk": 1300, "read": 1000, "read7": 24, "written1": 2048,
    ])
    #expect(bytes.count == size)
    let metrics = try read(bytes)
    #expect(metrics.version == "\(format).\(content)")
    #expect(metrics.rawPower == 612)
    #expect(metrics.energy == 1_000_000_000)
    #expect(metrics.temperature == 71)
    #expect(metrics.memoryTemperature == 58)
    #expect(metrics.gfxActivity == 97 && metrics.umcActivity == 33)
    #expect(metrics.clock == 2100 && metrics.memoryClock == 1300)
    let (received, sent): (Int64?, Int64?) = content >= 4 ? (1 << 20, 2 << 20) : (nil, nil)
    #expect(metrics.linkReceived == received)
    #expect(metrics.linkSent == sent)
    #expect(metrics.averagesPower == (content <= 3))
  }

  @Test(
    "processors say the power of socket and graphics, and hundredths of degrees",
    arguments: [(2, 0, 120), (2, 1, 120), (2, 2, 128), (2, 3, 152), (2, 4, 168), (3, 0, 264)]
      as [(UInt8, UInt8, Int)])
  func processors(format: UInt8, content: UInt8, size: Int) throws {
    let bytes = AMDMetricsWriter(format, content).bytes([
      "power": 28_000, "apu": 27_000, "graphics": 9_500, "edge": 5_125, "gfxclk": 1_900,
      "avggfxclk": 1_850, "uclk": 800, "avguclk": 800,
    ])
    #expect(bytes.count == size)
    let metrics = try read(bytes)
    #expect(metrics.isAPU)
    let power: Int64 = format == 3 ? 27_000 : 28_000
    let clock: Int64 = format == 3 ? 1_850 : 1_900
    #expect(metrics.rawPower == power)
    #expect(metrics.rawGraphicsPower == 9_500)
    #expect(metrics.temperature == 51.25)
    #expect(metrics.clock == clock)
    #expect(metrics.memoryClock == 800)
    #expect(metrics.energy == nil && metrics.gfxActivity == nil)
  }

  @Test("edge goes before hotspot where there is one")
  func edge() throws {
    let bytes = AMDMetricsWriter(1, 3).bytes(["edge": 40, "hotspot": 52])
    #expect(try read(bytes).temperature == 40)
  }

  @Test("all ones are no values")
  func allOnes() throws {
    for version in [(1, 3), (1, 4), (1, 5), (1, 7), (2, 4), (3, 0)] as [(UInt8, UInt8)] {
      var expected = AMDMetrics()
      expected.version = "\(version.0).\(version.1)"
      expected.isAPU = version.0 > 1
      expected.averagesPower = version.0 > 1 || version.1 == 3
      #expect(try read(AMDMetricsWriter(version.0, version.1).bytes([:])) == expected)
    }
  }

  @Test("what is cut short or of unknown layout is refused by name")
  func refused() {
    let bytes = AMDMetricsWriter(1, 4).bytes(["power": 100])
    for count in [0, 1, 3, 4, 100, bytes.count - 1] {
      #expect(throws: AMDMetrics.ParseError.short) { try read(Array(bytes[..<count])) }
    }
    var other = bytes
    other[3] = 99
    #expect(throws: AMDMetrics.ParseError.unknown(version: "1.99", size: 288)) { try read(other) }
    other = bytes
    other[0] &+= 8
    #expect(throws: AMDMetrics.ParseError.unknown(version: "1.4", size: 296)) { try read(other) }
  }

  @Test("energy is exact for as long as there is room")
  func energy() {
    #expect(AMDMetrics.microjoules(0) == 0)
    #expect(AMDMetrics.microjoules(1) == 15)
    #expect(AMDMetrics.microjoules(65536) == 1_000_000)
    #expect(AMDMetrics.microjoules(65536 * 1_000_000_000) == 1_000_000_000_000_000)
    #expect(AMDMetrics.microjoules(604_462_909_807_314_587) == 9_223_372_036_854_775_802)
    #expect(AMDMetrics.microjoules(.max) == nil)
  }

  @Test("throttling bits become NVML's")
  func throttling() throws {
    #expect(AMDMetrics.reasons(common: 0) == [])
    #expect(AMDMetrics.reasons(common: 1 << 0 | 1 << 35) == [.swPowerCap, .swThermalSlowdown])
    #expect(AMDMetrics.reasons(common: 1 << 17) == .swPowerCap)
    #expect(AMDMetrics.reasons(common: 1 << 47) == .hwThermalSlowdown)
    #expect(AMDMetrics.reasons(common: 1 << 57) == [])
    #expect(AMDMetrics.reasons(mi300: 0b00010) == .swPowerCap)
    #expect(AMDMetrics.reasons(mi300: 0b10001) == .thermal)
    let board = try read(AMDMetricsWriter(1, 3).bytes(["independent": 1 << 36]))
    #expect(board.eventReasons == .swThermalSlowdown)
    let before = try read(AMDMetricsWriter(1, 7).bytes(["prochot": 1, "ppt": 10, "socketheat": 5]))
    let after = try read(AMDMetricsWriter(1, 7).bytes(["prochot": 1, "ppt": 11, "socketheat": 5]))
    #expect(after.reasons(since: before) == .swPowerCap)
    #expect(after.reasons(since: after) == [])
    #expect(board.reasons(since: after) == nil)
  }

  @Test("no bytes at all make it trap or say what cannot be")
  func noise() {
    var random = SeededRandom(7)
    let versions: [(UInt8, UInt8)] = [
      (1, 3), (1, 4), (1, 5), (1, 6), (1, 8), (2, 0), (2, 4), (3, 0),
    ]
    for round in 0..<4000 {
      let version = versions[round % versions.count]
      var bytes = AMDMetricsWriter(version.0, version.1).bytes([:])
      for index in (round % 3 == 0 ? 0 : 4)..<bytes.count {
        bytes[index] = UInt8(truncatingIfNeeded: random.next())
      }
      if round % 5 == 0 {
        bytes.removeLast(Int(UInt8(truncatingIfNeeded: random.next())) % bytes.count)
      }
      guard let metrics = try? read(bytes) else { continue }
      #expect(metrics.energy ?? 0 >= 0 && metrics.linkSent ?? 0 >= 0)
      #expect(0...100 ~= metrics.gfxActivity ?? 0 && 0...200 ~= metrics.temperature ?? 0)
    }
  }
}
