import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

@Suite("Lustre")
struct LustreTests {
  static let stats = """
    snapshot_time             1700000000.123456789 secs.nsecs
    dirty_pages_hits          9 samples [regs]
    read_bytes                3340631 samples [bytes] 4096 1048576 14421705314304
    write_bytes               12 samples [bytes] 1 4096 8192 33554432
    open                      7 samples [regs]

    """

  @Test("bytes are the sums, with or without a sum of squares behind them")
  func values() throws {
    let tree = FileTree()
    tree.write("/proc/fs/lustre/llite/scratch-ffff9d3c8a3e5000/stats", Self.stats)
    tree.write(
      "/proc/self/mountinfo",
      "40 22 0:60 / /scratch rw - lustre 10.0.0.1@o2ib:/scratch rw,flock\n")
    var source = LustreSource(tree.context)
    #expect(source.probe() == Probe(.ok, "file systems: scratch"))
    let said = try source.said(at: 0)
    let name = "scratch-ffff9d3c8a3e5000"
    #expect(said.steps(.bytesRead, of: name) == 14_421_705_314_304)
    #expect(said.steps(.bytesWritten, of: name) == 8192)
    #expect(said.devices.first?.label == "/scratch")
    #expect(
      said.devices.first?.attributes
        == ["type": "lustre", "server": "10.0.0.1@o2ib", "path": "/scratch"])
  }

  @Test("before anything was read the bytes are none; another unit is not understood")
  func lines() {
    func sums(_ text: String) -> [Int64]? {
      Array(text.utf8).withUnsafeBytes { bytes in
        var scanner = TextScanner(bytes)
        return LustreSource.sums(&scanner).map { [$0.read, $0.written] }
      }
    }
    #expect(sums("snapshot_time 1.0 secs.nsecs\n") == [0, 0])
    #expect(sums("snapshot_time 1.0\nread_bytes 3 samples [pages] 1 2 3\n") == nil)
    #expect(sums("read 3\n") == nil)
  }

  @Test("mounted, but with counters that only root may read: denied in words; else absent")
  func denied() {
    let tree = FileTree()
    var source = LustreSource(tree.context)
    #expect(source.probe().health == .absent)
    tree.write(
      "/proc/self/mountinfo", "40 22 0:60 / /scratch rw - lustre mgs@tcp:/scratch rw\n")
    #expect(source.probe().health == .denied)
  }
}
