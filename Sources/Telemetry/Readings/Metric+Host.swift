import Quantities

extension Metric {
  /// Share of all processors' time spent on work.
  public static let busy = Metric("busy_ppm", .ratio, scale: 1e-6)
  public static let cpuCount = Metric("cpu_count", .count)
  public static let memoryAvailable = Metric("memory_available_b", .byte)
  /// Pressure stall information: time in which some task waited, as counted by the kernel.
  public static let cpuPressure = Metric("psi_cpu_some_us", .second, scale: 1e-6, counter: true)
  public static let memoryPressure = Metric(
    "psi_memory_some_us", .second, scale: 1e-6, counter: true)
  public static let ioPressure = Metric("psi_io_some_us", .second, scale: 1e-6, counter: true)
  /// Processor time this program itself has used.
  public static let ownCPUTime = Metric("own_cpu_us", .second, scale: 1e-6, counter: true)

  static let host: [Metric] = [
    busy, cpuCount, memoryAvailable, cpuPressure, memoryPressure, ioPressure, ownCPUTime,
  ]

  public static let bytesRead = Metric("read_b", .byte, counter: true)
  public static let bytesWritten = Metric("written_b", .byte, counter: true)
  public static let bytesReceived = Metric("received_b", .byte, counter: true)
  public static let bytesSent = Metric("sent_b", .byte, counter: true)
  /// Time the device had at least one request in flight.
  public static let ioTime = Metric("io_time_us", .second, scale: 1e-6, counter: true)
  /// Nominal speed of a link.
  public static let linkSpeed = Metric("link_speed_bps", .bytePerSecond)

  static let data: [Metric] = [
    bytesRead, bytesWritten, bytesReceived, bytesSent, ioTime, linkSpeed,
  ]
}
