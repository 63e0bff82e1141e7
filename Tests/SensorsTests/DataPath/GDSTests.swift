import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

@Suite("GPUDirect Storage")
struct GDSTests {
  static let text = """
    GDS Version: 1.13.0.11
    NVFS statistics(ver: 4.0)
    NVFS Driver(version: 2.24.2)
    Mellanox PeerDirect Supported: True
    IO stats: Enabled, peer IO stats: Disabled
    Logging level: info

    Active Shadow-Buffer (MiB): 0
    Active Process: 0
    Batches\t\t\t\t: n=0 ok=0 err=0 Avg-Submit-Latency(usec)=0
    Reads\t\t\t\t: n=8 ok=8 err=0 readMiB=32 io_state_err=0
    Reads\t\t\t\t: Bandwidth(MiB/s)=1000 Avg-Latency(usec)=90
    Sparse Reads\t\t        : n=1 io=2 holes=3 pages=4
    Writes\t\t\t\t: n=1 ok=1 err=0 writeMiB=5 io_state_err=0 pg-cache=0 pg-cache-fail=0
    Writes\t\t\t\t: Bandwidth(MiB/s)=7 Avg-Latency(usec)=9

    """

  @Test("bytes are whole mebibytes")
  func values() throws {
    let tree = FileTree()
    tree.write("/proc/driver/nvidia-fs/stats", Self.text)
    var source = GDSSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.steps(.bytesRead, of: "nvidia-fs") == 32 << 20)
    #expect(said.steps(.bytesWritten, of: "nvidia-fs") == 5 << 20)
    #expect(said.devices.first?.role == .user)
  }

  @Test("a driver that counts nothing is told apart from no traffic, with what to do")
  func off() throws {
    let tree = FileTree()
    tree.write(
      "/proc/driver/nvidia-fs/stats",
      "IO stats: Disabled, peer IO stats: Disabled\nReads\t: err=0 io_state_err=0\n")
    var source = GDSSource(tree.context)
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 0) }
    #expect(failure?.message.contains("counts no bytes") == true)
    #expect(failure?.remedy.contains("rw_stats_enabled") == true)
    tree.write("/proc/driver/nvidia-fs/stats", Self.text)
    #expect(try source.said(at: 1).readings.count == 1)
    tree.remove("/proc/driver/nvidia-fs")
    var other = GDSSource(tree.context)
    #expect(other.probe().health == .absent)
  }
}
