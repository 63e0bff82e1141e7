import Quantities

extension Metric {
  /// The share of all processors' time spent on work, 0...1 (OpenTelemetry
  /// `system.cpu.utilization`, from `/proc/stat`).
  public static let cpuUtilization = Metric(
    "cpu_utilization", .ratio, stored: "ppm", "CPU utilization", label: "CPU", in: share,
    "share of all processors' time spent on work (/proc/stat; idle, iowait and steal are not)")
  /// How many logical processors are online (`/proc/stat`).
  public static let cpuCount = Metric(
    "cpu_count", .count, "processors", label: "CPUs", style: .count, in: 0...1e6,
    "processors that are online (/proc/stat)")
  /// Bytes that programs can get without swapping (`MemAvailable` of `/proc/meminfo`).
  public static let memoryAvailable = Metric(
    "memory_available", .byte, stored: "b", "memory available", label: "available",
    style: .memory, "memory that programs can get without swapping (/proc/meminfo MemAvailable)")
  /// Seconds in which a task waited for a processor, as a counter (PSI, `some` of
  /// `/proc/pressure/cpu`).
  public static let cpuPressure = Metric(
    "psi_cpu_some", .second, stored: "us", counter: true, "CPU pressure", label: "cpu",
    "time in which some task waited for a processor (pressure stall information, some)")
  /// Seconds in which a task waited for memory, as a counter (PSI, `some` of
  /// `/proc/pressure/memory`).
  public static let memoryPressure = Metric(
    "psi_memory_some", .second, stored: "us", counter: true, "memory pressure", label: "memory",
    "time in which some task waited for memory (pressure stall information, some)")
  /// Seconds in which a task waited for I/O, as a counter (PSI, `some` of `/proc/pressure/io`).
  public static let ioPressure = Metric(
    "psi_io_some", .second, stored: "us", counter: true, "I/O pressure", label: "i/o",
    "time in which some task waited for I/O (pressure stall information, some)")
  /// Processor seconds this program has used, as a counter (`utime` and `stime` of
  /// `/proc/self/stat`).
  public static let ownCPUTime = Metric(
    "own_cpu", .second, stored: "us", counter: true, "own CPU time", label: "own",
    "processor time this program itself has used (/proc/self/stat utime and stime)")

  /// How many processors' time a control group may use (`cpu.max`, the least of it and those above).
  public static let cpuLimit = Metric(
    "cpu_limit", .count, stored: "e3", "CPU limit", label: "CPU limit", style: .count,
    in: 0...1e6, "processors whose time the control group may use (cgroup v2 cpu.max)")
  /// Seconds in which a control group's tasks were kept from running by its CPU limit, as a counter
  /// (`throttled_usec` of `cpu.stat`).
  public static let throttledByCPULimit = Metric(
    "cpu_throttled", .second, stored: "us", counter: true, "held back by CPU limit",
    label: "throttled",
    "time tasks were kept from running by the limit, added up over processors (cgroup v2 cpu.stat)")

  static let host: [Metric] = [
    cpuUtilization, cpuCount, memoryAvailable, cpuPressure, memoryPressure, ioPressure, ownCPUTime,
    cpuLimit, throttledByCPULimit,
  ]
}
