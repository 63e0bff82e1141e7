import Quantities

extension Metric {
  /// Share of time in which at least one kernel ran; says nothing about how hard.
  public static let utilization = Metric("utilization_ppm", .ratio, scale: 1e-6)
  /// Share of time in which memory was accessed; not bandwidth.
  public static let memoryActivity = Metric("memory_activity_ppm", .ratio, scale: 1e-6)
  public static let memoryUsed = Metric("memory_used_b", .byte)
  public static let memoryTotal = Metric("memory_total_b", .byte)
  public static let temperature = Metric("temperature_mc", .celsius, scale: 1e-3)
  public static let memoryTemperature = Metric("memory_temperature_mc", .celsius, scale: 1e-3)
  public static let fanSpeed = Metric("fan_ppm", .ratio, scale: 1e-6)
  public static let smClock = Metric("sm_clock_hz", .hertz)
  public static let memoryClock = Metric("memory_clock_hz", .hertz)
  /// NVML clocks event reasons, as the driver's bits; other drivers' are translated into them.
  public static let eventReasons = Metric("event_reasons", .bits)

  // Time the clocks were held back, as the driver counts it.
  public static let throttledByPower = Metric(
    "throttled_power_us", .second, scale: 1e-6, counter: true)
  public static let throttledByHeat = Metric(
    "throttled_thermal_us", .second, scale: 1e-6, counter: true)
  /// By the board's own limit or a power brake.
  public static let throttledByBoard = Metric(
    "throttled_board_us", .second, scale: 1e-6, counter: true)

  // Activity measured inside the chip, as shares of the cycles that passed (NVML GPM, DCGM).
  public static let smActive = Metric("sm_active_ppm", .ratio, scale: 1e-6)
  public static let smOccupancy = Metric("sm_occupancy_ppm", .ratio, scale: 1e-6)
  /// Any tensor pipe.
  public static let tensorActive = Metric("tensor_active_ppm", .ratio, scale: 1e-6)
  /// The tensor pipe for half-precision kinds.
  public static let hmmaActive = Metric("hmma_active_ppm", .ratio, scale: 1e-6)
  /// The tensor pipe for integers.
  public static let immaActive = Metric("imma_active_ppm", .ratio, scale: 1e-6)
  /// Share of the memory's peak bandwidth.
  public static let dramActive = Metric("dram_active_ppm", .ratio, scale: 1e-6)

  // Links; received means towards the accelerator.
  public static let pcieReceived = Metric("pcie_rx_b", .byte, counter: true)
  public static let pcieSent = Metric("pcie_tx_b", .byte, counter: true)
  public static let nvlinkReceived = Metric("nvlink_rx_b", .byte, counter: true)
  public static let nvlinkSent = Metric("nvlink_tx_b", .byte, counter: true)
  public static let xgmiReceived = Metric("xgmi_rx_b", .byte, counter: true)
  public static let xgmiSent = Metric("xgmi_tx_b", .byte, counter: true)
  public static let pcieReceiveRate = Metric("pcie_rx_bps", .bytePerSecond)
  public static let pcieSendRate = Metric("pcie_tx_bps", .bytePerSecond)
  public static let nvlinkReceiveRate = Metric("nvlink_rx_bps", .bytePerSecond)
  public static let nvlinkSendRate = Metric("nvlink_tx_bps", .bytePerSecond)

  /// Share of the time of an accelerator's processors that one process had.
  public static let smShare = Metric("sm_share_ppm", .ratio, scale: 1e-6)

  static let accelerators: [Metric] = [
    utilization, memoryActivity, memoryUsed, memoryTotal, temperature, memoryTemperature,
    fanSpeed, smClock, memoryClock, eventReasons, throttledByPower, throttledByHeat,
    throttledByBoard, smActive, smOccupancy, tensorActive, hmmaActive, immaActive, dramActive,
    pcieReceived, pcieSent, nvlinkReceived, nvlinkSent, xgmiReceived, xgmiSent, pcieReceiveRate,
    pcieSendRate, nvlinkReceiveRate, nvlinkSendRate, smShare,
  ]
}
