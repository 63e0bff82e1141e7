import Quantities

extension Metric {
  /// What a share of time or of cycles can be; counters of both may be a little out of step.
  static let share = 0.0...1.05
  private static let heat = -80.0...250.0

  public static let utilization = Metric(
    "utilization", .ratio, stored: "ppm", "utilization", label: "util", in: share,
    "share of time in which at least one kernel ran (NVML); says nothing about how hard")
  public static let memoryActivity = Metric(
    "memory_activity", .ratio, stored: "ppm", "memory activity", label: "mem util", in: share,
    "share of time in which memory was accessed (NVML memory utilization); not bandwidth")
  public static let memoryUsed = Metric(
    "memory_used", .byte, stored: "b", "memory used", label: "memory", style: .memory,
    "memory that is taken")
  public static let memoryTotal = Metric(
    "memory_total", .byte, stored: "b", "memory installed", label: "total", style: .memory,
    "memory that is installed")
  public static let temperature = Metric(
    "temperature", .celsius, stored: "mc", "temperature", label: "temp", in: heat,
    "temperature of the chip (NVML GPU temperature, hwmon temp1)")
  public static let memoryTemperature = Metric(
    "memory_temperature", .celsius, stored: "mc", "memory temperature", label: "mem °C", in: heat,
    "temperature of the memory")
  public static let fanSpeed = Metric(
    "fan", .ratio, stored: "ppm", "fan speed", label: "fan", in: 0...2,
    "the speed the fan is told to run at, of its full speed; some run faster")
  public static let smClock = Metric(
    "sm_clock", .hertz, stored: "hz", "SM clock", label: "clock", in: 0...1e11,
    "clock of the processors (NVML SM clock, AMD gfx clock)")
  public static let memoryClock = Metric(
    "memory_clock", .hertz, stored: "hz", "memory clock", label: "mem clock", in: 0...1e11,
    "clock of the memory")
  public static let eventReasons = Metric(
    "event_reasons", .bits, "clocks event reasons", label: "reasons",
    "NVML clocks event reasons, as the driver's bits; other drivers' are translated into them")

  // Time the clocks were held back, as the driver counts it.
  public static let throttledByPower = Metric(
    "throttled_power", .second, stored: "us", counter: true, "held back by power cap",
    label: "capped", "time the power cap held the clocks down (NVML perf policy power)")
  public static let throttledByThermal = Metric(
    "throttled_thermal", .second, stored: "us", counter: true, "held back by heat",
    label: "thermal", "time heat held the clocks down (NVML perf policy thermal)")
  public static let throttledByBoard = Metric(
    "throttled_board", .second, stored: "us", counter: true, "held back by the board",
    label: "board", "time the board's own limit or a power brake held the clocks down")

  // Activity measured inside the chip, as shares of the cycles that passed (NVML GPM, DCGM).
  public static let smActive = Metric(
    "sm_active", .ratio, stored: "ppm", "SM activity", label: "SM", in: share,
    "share of cycles in which a processor had a warp resident (GPM SM_UTIL, DCGM 1002)")
  public static let smOccupancy = Metric(
    "sm_occupancy", .ratio, stored: "ppm", "SM occupancy", label: "occupancy", in: share,
    "resident warps of those there is room for (GPM SM_OCCUPANCY, DCGM 1003)")
  public static let tensorActive = Metric(
    "tensor_active", .ratio, stored: "ppm", "tensor activity", label: "tensor", in: share,
    "share of cycles in which any tensor pipe was busy (GPM ANY_TENSOR_UTIL, DCGM 1004)")
  public static let hmmaActive = Metric(
    "hmma_active", .ratio, stored: "ppm", "half-precision tensor activity", label: "HMMA",
    in: share, "share of cycles in which the tensor pipe for half-precision kinds was busy (GPM)")
  public static let immaActive = Metric(
    "imma_active", .ratio, stored: "ppm", "integer tensor activity", label: "IMMA", in: share,
    "share of cycles in which the tensor pipe for integers was busy (GPM)")
  public static let dramActive = Metric(
    "dram_active", .ratio, stored: "ppm", "memory bandwidth used", label: "DRAM", in: share,
    "share of the memory's peak bandwidth (GPM DRAM_BW_UTIL, DCGM 1005)")

  // Links; received means towards the accelerator.
  public static let pcieReceived = Metric(
    "pcie_rx", .byte, stored: "b", counter: true, "PCIe received", label: "PCIe in",
    "bytes towards the accelerator")
  public static let pcieSent = Metric(
    "pcie_tx", .byte, stored: "b", counter: true, "PCIe sent", label: "PCIe out",
    "bytes from the accelerator")
  public static let nvlinkReceived = Metric(
    "nvlink_rx", .byte, stored: "b", counter: true, "NVLink received", label: "NVLink in",
    "bytes from other accelerators, over all links")
  public static let nvlinkSent = Metric(
    "nvlink_tx", .byte, stored: "b", counter: true, "NVLink sent", label: "NVLink out",
    "bytes to other accelerators, over all links")
  public static let xgmiReceived = Metric(
    "xgmi_rx", .byte, stored: "b", counter: true, "xGMI received", label: "xGMI in",
    "bytes from other accelerators, over all links (AMD Infinity Fabric)")
  public static let xgmiSent = Metric(
    "xgmi_tx", .byte, stored: "b", counter: true, "xGMI sent", label: "xGMI out",
    "bytes to other accelerators, over all links (AMD Infinity Fabric)")
  public static let pcieReceiveRate = Metric(
    "pcie_rx", .bytePerSecond, stored: "bps", "PCIe receive rate", label: "PCIe in",
    "bytes a second towards the accelerator, over the last 20 ms (NVML PCIe throughput)")
  public static let pcieSendRate = Metric(
    "pcie_tx", .bytePerSecond, stored: "bps", "PCIe send rate", label: "PCIe out",
    "bytes a second from the accelerator, over the last 20 ms (NVML PCIe throughput)")
  public static let nvlinkReceiveRate = Metric(
    "nvlink_rx", .bytePerSecond, stored: "bps", "NVLink receive rate", label: "NVLink in",
    "bytes a second from other accelerators (GPM)")
  public static let nvlinkSendRate = Metric(
    "nvlink_tx", .bytePerSecond, stored: "bps", "NVLink send rate", label: "NVLink out",
    "bytes a second to other accelerators (GPM)")

  public static let smShare = Metric(
    "sm_share", .ratio, stored: "ppm", "share of processing time", label: "share", in: share,
    "share of an accelerator's processing time that one process had (NVML process utilization)")

  static let accelerators: [Metric] = [
    utilization, memoryActivity, memoryUsed, memoryTotal, temperature, memoryTemperature,
    fanSpeed, smClock, memoryClock, eventReasons, throttledByPower, throttledByThermal,
    throttledByBoard, smActive, smOccupancy, tensorActive, hmmaActive, immaActive, dramActive,
    pcieReceived, pcieSent, nvlinkReceived, nvlinkSent, xgmiReceived, xgmiSent, pcieReceiveRate,
    pcieSendRate, nvlinkReceiveRate, nvlinkSendRate, smShare,
  ]
}
