import Quantities

extension Metric {
  /// Bytes read, as a counter: of a whole disk (`/proc/diskstats`), a mount or a control group.
  public static let bytesRead = Metric(
    "read", .byte, stored: "b", counter: true, "bytes read", label: "read",
    "from a disk, a file system or a control group, at its own boundary")
  /// Bytes written, as a counter: of a whole disk (`/proc/diskstats`), a mount or a control group.
  public static let bytesWritten = Metric(
    "written", .byte, stored: "b", counter: true, "bytes written", label: "written",
    "to a disk, a file system or a control group, at its own boundary")
  /// Bytes a network interface or an RDMA port received, as a counter.
  public static let bytesReceived = Metric(
    "received", .byte, stored: "b", counter: true, "bytes received", label: "received",
    "by the interface, its own headers included or not as it counts")
  /// Bytes a network interface or an RDMA port sent, as a counter.
  public static let bytesSent = Metric(
    "sent", .byte, stored: "b", counter: true, "bytes sent", label: "sent",
    "by the interface, its own headers included or not as it counts")
  /// Seconds in which a disk had a request in flight, as a counter (`io_ticks` of
  /// `/proc/diskstats`).
  public static let ioTime = Metric(
    "io_time", .second, stored: "us", counter: true, "I/O time", label: "util",
    "time the device had at least one request in flight (/proc/diskstats io_ticks)")
  /// The nominal speed of a link in bytes a second (`/sys/class/net/*/speed`, the rate of an RDMA port,
  /// the present speed of a PCI Express link).
  public static let linkSpeed = Metric(
    "link_speed", .bytePerSecond, stored: "bps", "link speed", label: "speed",
    "nominal speed at which the link runs (/sys/class/net/*/speed, infiniband rate, PCI sysfs)")

  /// The most bytes a second that the thing can move, as its hardware or its settings state it.
  public static let rateCeiling = Metric(
    "rate_ceiling", .bytePerSecond, stored: "bps", "ceiling of the rate", label: "ceiling",
    "the most bytes a second it can move in one direction, as its link or its settings state it")
  /// Bytes that programs read through the page cache and that were not in it, as a counter
  /// (`pgpgin` of `/proc/vmstat`).
  public static let pageCacheMisses = Metric(
    "page_cache_in", .byte, stored: "b", counter: true, "bytes missed in the page cache",
    label: "missed", "read from block devices into memory (/proc/vmstat pgpgin)")
  /// Pages that had been in the page cache, were pushed out and were read again, as a counter of bytes
  /// (`workingset_refault_file` of `/proc/vmstat`).
  public static let pageCacheRefaults = Metric(
    "page_cache_refault", .byte, stored: "b", counter: true, "bytes read into the cache again",
    label: "refault",
    "pages of files that had been pushed out and were read again (workingset_refault_file)")

  static let data: [Metric] = [
    bytesRead, bytesWritten, bytesReceived, bytesSent, ioTime, linkSpeed, rateCeiling,
    pageCacheMisses, pageCacheRefaults,
  ]
}
