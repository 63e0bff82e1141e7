import Quantities

extension Metric {
  /// What a share of time or of cycles can be; counters of both may be a little out of step.
  static let share = 0.0...1.05
  private static let heat = -80.0...250.0

  /// Whether it is a share of the time, or of the cycles, since it was last read.
  var isShare: Bool { range == Self.share }

  /// The share of time in which a kernel ran, 0...1 (NVML utilization.gpu).
  ///
  /// It does not say how much of the chip the kernel used.
  public static let utilization = Metric(
    "utilization", .ratio, stored: "ppm", "utilization", label: "util", in: share,
    "share of time in which at least one kernel ran (NVML); says nothing about how hard")
  /// The share of time in which memory was read or written, 0...1 (NVML utilization.memory).
  ///
  /// It is no measure of bandwidth.
  public static let memoryActivity = Metric(
    "memory_activity", .ratio, stored: "ppm", "memory activity", label: "mem util", in: share,
    "share of time in which memory was accessed (NVML memory utilization); not bandwidth")
  /// The accelerator memory that is taken, in bytes.
  public static let memoryUsed = Metric(
    "memory_used", .byte, stored: "b", "memory used", label: "memory", style: .memory,
    "memory that is taken")
  /// The accelerator memory that is installed, in bytes.
  public static let memoryTotal = Metric(
    "memory_total", .byte, stored: "b", "memory installed", label: "total", style: .memory,
    "memory that is installed")
  /// The temperature of the chip in degrees Celsius (NVML GPU temperature, hwmon `temp1_input`).
  public static let temperature = Metric(
    "temperature", .celsius, stored: "mc", "temperature", label: "temp", in: heat,
    "temperature of the chip (NVML GPU temperature, hwmon temp1)")
  /// The temperature of the memory in degrees Celsius (NVML_FI_DEV_MEMORY_TEMP).
  public static let memoryTemperature = Metric(
    "memory_temperature", .celsius, stored: "mc", "memory temperature", label: "mem °C", in: heat,
    "temperature of the memory")
  /// The speed a fan is told to run at, as a fraction of its full speed (NVML fan speed).
  public static let fanSpeed = Metric(
    "fan", .ratio, stored: "ppm", "fan speed", label: "fan", in: 0...2,
    "the speed the fan is told to run at, of its full speed; some run faster")
  /// The clock of the streaming multiprocessors in hertz (NVML SM clock, AMD gfx clock).
  public static let smClock = Metric(
    "sm_clock", .hertz, stored: "hz", "SM clock", label: "clock", in: 0...1e11,
    "clock of the processors (NVML SM clock, AMD gfx clock)")
  /// The clock of the memory in hertz (NVML memory clock).
  public static let memoryClock = Metric(
    "memory_clock", .hertz, stored: "hz", "memory clock", label: "mem clock", in: 0...1e11,
    "clock of the memory")
  /// Why the clocks are below their highest, as the bits of ``ClocksEventReasons``.
  public static let eventReasons = Metric(
    "event_reasons", .bits, "clocks event reasons", label: "reasons",
    "NVML clocks event reasons, as the driver's bits; other drivers' are translated into them")

  // Time the clocks were held back, as the driver counts it.
  /// Seconds in which the power cap held the clocks down, as a counter
  /// (NVML_FI_DEV_PERF_POLICY_POWER).
  public static let throttledByPower = Metric(
    "throttled_power", .second, stored: "us", counter: true, "held back by power cap",
    label: "capped", "time the power cap held the clocks down (NVML perf policy power)")
  /// Seconds in which heat held the clocks down, as a counter (NVML_FI_DEV_PERF_POLICY_THERMAL).
  public static let throttledByThermal = Metric(
    "throttled_thermal", .second, stored: "us", counter: true, "held back by heat",
    label: "thermal", "time heat held the clocks down (NVML perf policy thermal)")
  /// Seconds in which the board limit or a power brake held the clocks down, as a counter
  /// (NVML_FI_DEV_PERF_POLICY_BOARD_LIMIT).
  public static let throttledByBoard = Metric(
    "throttled_board", .second, stored: "us", counter: true, "held back by the board",
    label: "board", "time the board's own limit or a power brake held the clocks down")

  // Activity measured inside the chip, as shares of the cycles that passed (NVML GPM, DCGM).
  /// The share of cycles in which a multiprocessor had at least one warp, 0...1 (GPM SM_UTIL, DCGM
  /// field 1002).
  public static let smActive = Metric(
    "sm_active", .ratio, stored: "ppm", "SM activity", label: "SM", in: share,
    "share of cycles in which a processor had a warp resident (GPM SM_UTIL, DCGM 1002)")
  /// Resident warps over the most that fit, 0...1 (GPM SM_OCCUPANCY, DCGM field 1003).
  public static let smOccupancy = Metric(
    "sm_occupancy", .ratio, stored: "ppm", "SM occupancy", label: "occupancy", in: share,
    "resident warps of those there is room for (GPM SM_OCCUPANCY, DCGM 1003)")
  /// The share of cycles in which a tensor pipe was busy, 0...1 (GPM ANY_TENSOR_UTIL, DCGM field
  /// 1004).
  public static let tensorActive = Metric(
    "tensor_active", .ratio, stored: "ppm", "tensor activity", label: "tensor", in: share,
    "share of cycles in which any tensor pipe was busy (GPM ANY_TENSOR_UTIL, DCGM 1004)")
  /// The share of cycles in which the half-precision tensor pipe was busy, 0...1 (GPM
  /// HMMA_TENSOR_UTIL).
  public static let hmmaActive = Metric(
    "hmma_active", .ratio, stored: "ppm", "half-precision tensor activity", label: "HMMA",
    in: share, "share of cycles in which the tensor pipe for half-precision kinds was busy (GPM)")
  /// The share of cycles in which the integer tensor pipe was busy, 0...1 (GPM IMMA_TENSOR_UTIL).
  public static let immaActive = Metric(
    "imma_active", .ratio, stored: "ppm", "integer tensor activity", label: "IMMA", in: share,
    "share of cycles in which the tensor pipe for integers was busy (GPM)")
  /// Memory bandwidth in use, 0...1: of the theoretical maximum by NVML GPM (DRAM_BW_UTIL), of the
  /// cycles its interface was active by DCGM (field 1005).
  public static let dramActive = Metric(
    "dram_active", .ratio, stored: "ppm", "memory bandwidth used", label: "DRAM", in: share,
    "memory bandwidth in use: of the maximum (GPM DRAM_BW_UTIL) or active cycles (DCGM 1005)")

  // Links; received means towards the accelerator.
  /// Bytes over PCIe towards the accelerator, as a counter (NVML_FI_DEV_PCIE_COUNT_RX_BYTES).
  public static let pcieReceived = Metric(
    "pcie_rx", .byte, stored: "b", counter: true, "PCIe received", label: "PCIe in",
    "bytes towards the accelerator")
  /// Bytes over PCIe from the accelerator, as a counter (NVML_FI_DEV_PCIE_COUNT_TX_BYTES).
  public static let pcieSent = Metric(
    "pcie_tx", .byte, stored: "b", counter: true, "PCIe sent", label: "PCIe out",
    "bytes from the accelerator")
  /// Bytes from other accelerators over all NVLinks, as a counter
  /// (NVML_FI_DEV_NVLINK_THROUGHPUT_DATA_RX).
  public static let nvlinkReceived = Metric(
    "nvlink_rx", .byte, stored: "b", counter: true, "NVLink received", label: "NVLink in",
    "bytes from other accelerators, over all links")
  /// Bytes to other accelerators over all NVLinks, as a counter
  /// (NVML_FI_DEV_NVLINK_THROUGHPUT_DATA_TX).
  public static let nvlinkSent = Metric(
    "nvlink_tx", .byte, stored: "b", counter: true, "NVLink sent", label: "NVLink out",
    "bytes to other accelerators, over all links")
  /// Bytes from other accelerators over all xGMI links, as a counter (AMD `gpu_metrics`,
  /// `xgmi_read_data_acc`).
  public static let xgmiReceived = Metric(
    "xgmi_rx", .byte, stored: "b", counter: true, "xGMI received", label: "xGMI in",
    "bytes from other accelerators, over all links (AMD Infinity Fabric)")
  /// Bytes to other accelerators over all xGMI links, as a counter (AMD `gpu_metrics`,
  /// `xgmi_write_data_acc`).
  public static let xgmiSent = Metric(
    "xgmi_tx", .byte, stored: "b", counter: true, "xGMI sent", label: "xGMI out",
    "bytes to other accelerators, over all links (AMD Infinity Fabric)")
  /// Bytes a second over PCIe towards the accelerator, where it has no counter.
  public static let pcieReceiveRate = Metric(
    "pcie_rx", .bytePerSecond, stored: "bps", "PCIe receive rate", label: "PCIe in",
    "bytes a second towards the accelerator, over the last 20 ms (NVML PCIe throughput)")
  /// Bytes a second over PCIe from the accelerator, where it has no counter.
  public static let pcieSendRate = Metric(
    "pcie_tx", .bytePerSecond, stored: "bps", "PCIe send rate", label: "PCIe out",
    "bytes a second from the accelerator, over the last 20 ms (NVML PCIe throughput)")
  /// Bytes a second from other accelerators over all NVLinks (GPM NVLINK_TOTAL_RX_PER_SEC).
  public static let nvlinkReceiveRate = Metric(
    "nvlink_rx", .bytePerSecond, stored: "bps", "NVLink receive rate", label: "NVLink in",
    "bytes a second from other accelerators (GPM)")
  /// Bytes a second to other accelerators over all NVLinks (GPM NVLINK_TOTAL_TX_PER_SEC).
  public static let nvlinkSendRate = Metric(
    "nvlink_tx", .bytePerSecond, stored: "bps", "NVLink send rate", label: "NVLink out",
    "bytes a second to other accelerators (GPM)")

  /// The share of an accelerator's processing time that one process had, 0...1 (NVML process
  /// utilization).
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
