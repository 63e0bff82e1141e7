/// Where the numbers stand in one version of the `gpu_metrics` file of the amdgpu driver.
///
/// Layouts: `struct gpu_metrics_v*` of the kernel's `kgd_pp_interface.h`, little-endian, naturally
/// aligned. Offsets in bytes; -1 where the version has no such number.
struct AMDMetricsLayout {
  /// What a word of throttling bits means.
  enum Bits {
    /// The same for all chips (`SMU_THROTTLER_*`).
    case common
    /// Those of MI300.
    case mi300
  }

  var size: Int
  /// Whether it describes a processor with graphics: powers in mW, of the whole socket.
  var isAPU = false
  var edge = -1
  var hotspot = -1
  var memoryTemperature = -1
  var power = -1
  /// Whether the power is a mean rather than that of the moment.
  var averagesPower = false
  var gfxActivity = -1
  var umcActivity = -1
  var energy = -1
  var fan = -1
  var clock = -1
  var averageClock = -1
  var memoryClock = -1
  /// The power of the graphics part of a processor.
  var graphicsPower = -1
  /// The power of the processor without other devices; of 32 bits, as are the others beside it.
  var apuPower = -1
  var throttling = -1
  var throttlingBits = Bits.common
  /// Offset of `accumulation_counter`, the number of cycles the counters below were updated over.
  var accumulationCounter = -1
  /// Counters that move while a limit binds: of power, then of heat.
  var powerResidency: [Int] = []
  var thermalResidency: [Int] = []
  /// Offsets of the XGMI counters, in KiB: read from and written to each of eight links.
  var linkRead = -1
  var linkWritten = -1

  /// The layout of a version that writes that many bytes; `nil` when it is not known.
  static func of(format: UInt8, content: UInt8, size: Int) -> AMDMetricsLayout? {
    let layout = of(format: format, content: content)
    if format == 1, content == 8, size == longSize18 { return layout }
    return layout?.size == size ? layout : nil
  }

  /// The size of 1.8 after its end, which is not read, was lengthened without another number.
  private static let longSize18 = 3872

  private static func of(format: UInt8, content: UInt8) -> AMDMetricsLayout? {
    switch (format, content) {
    case (1, 1): board(size: 96)
    case (1, 2): board(size: 104)
    case (1, 3): board(size: 120)
    case (1, 4): accelerator(size: 288, energy: 24, throttling: 40, links: 104, clocks: 240)
    case (1, 5): accelerator(size: 360, energy: 88, throttling: 104, links: 176, clocks: 312)
    case (1, 6): accelerator(size: 1664, energy: 16, residencies: 36, links: 128, clocks: 264)
    case (1, 7): accelerator(size: 2208, energy: 24, residencies: 44, links: 136, clocks: 296)
    case (1, 8): accelerator(size: 3360, energy: 24, residencies: 44, links: 136, clocks: 296)
    case (2, 0):
      AMDMetricsLayout(
        size: 120, isAPU: true, edge: 16, power: 44, averagesPower: true, clock: 80,
        averageClock: 68, memoryClock: 84, graphicsPower: 50)
    case (2, 1): apu(size: 120, throttling: -1)
    case (2, 2): apu(size: 128, throttling: 120)
    case (2, 3): apu(size: 152, throttling: 120)
    case (2, 4): apu(size: 168, throttling: 120)
    case (3, 0):
      AMDMetricsLayout(
        size: 264, isAPU: true, edge: 4, power: 112, averagesPower: true, averageClock: 174,
        memoryClock: 186, graphicsPower: 124, apuPower: 120,
        powerResidency: [232, 236, 240], thermalResidency: [228, 244, 248, 252])
    default: nil
    }
  }

  /// Versions 1.1 to 1.3, which only grow at the end.
  private static func board(size: Int) -> AMDMetricsLayout {
    AMDMetricsLayout(
      size: size, edge: 4, hotspot: 6, memoryTemperature: 8, power: 22, averagesPower: true,
      gfxActivity: 16, umcActivity: 18, energy: 24, fan: 72, clock: 54, averageClock: 40,
      memoryClock: 58,
      throttling: size >= 120 ? 112 : -1)
  }

  /// Versions 1.4 to 1.8; the memory's clock follows 40 bytes behind the eight graphics clocks.
  private static func accelerator(
    size: Int, energy: Int, throttling: Int = -1, residencies: Int? = nil, links: Int, clocks: Int
  ) -> AMDMetricsLayout {
    AMDMetricsLayout(
      size: size, hotspot: 4, memoryTemperature: 6, power: 10, gfxActivity: 12, umcActivity: 14,
      energy: energy, clock: clocks, memoryClock: clocks + 40, throttling: throttling,
      throttlingBits: .mi300, accumulationCounter: residencies.map { $0 - 4 } ?? -1,
      powerResidency: residencies.map { [$0 + 4] } ?? [],
      thermalResidency: residencies.map { [$0, $0 + 8, $0 + 12, $0 + 16] } ?? [],
      linkRead: links, linkWritten: links + 64)
  }

  /// Versions 2.1 to 2.4, which only grow at the end.
  private static func apu(size: Int, throttling: Int) -> AMDMetricsLayout {
    AMDMetricsLayout(
      size: size, isAPU: true, edge: 4, power: 40, averagesPower: true, clock: 76,
      averageClock: 64, memoryClock: 80, graphicsPower: 46, throttling: throttling)
  }
}
