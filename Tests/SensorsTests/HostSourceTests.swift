import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

@Suite("Host")
struct HostSourceTests {
  /// 100 ticks of user (20 of them guest), 40 system, 800 idle, 50 iowait, 10 steal.
  static let stat = """
    cpu  100 0 40 800 50 0 0 10 20 0
    cpu0 50 0 20 400 25 0 0 5 10 0
    cpu1 50 0 20 400 25 0 0 5 10 0
    intr 1 2 3

    """

  static func tree() -> FileTree {
    let tree = FileTree()
    tree.write("/proc/stat", stat)
    tree.write(
      "/proc/meminfo", "MemTotal:  2000 kB\nMemFree:  100 kB\nMemAvailable:  1500 kB\nX: 1 kB\n")
    tree.write(
      "/proc/cpuinfo", "processor\t: 0\nmodel\t\t: 1\nmodel name\t: AMD EPYC 9654 96-Core\n")
    tree.write("/proc/sys/kernel/osrelease", "6.8.0-45-generic\n")
    for (index, name) in ["cpu", "memory", "io"].enumerated() {
      tree.write(
        "/proc/pressure/\(name)",
        "some avg10=0.00 avg60=1.81 avg300=1.26 total=\(index + 7)\nfull avg10=0.18 total=99\n")
    }
    return tree
  }

  @Test("memory, processors and pressure come at once, the busy share with the second call")
  func values() throws {
    let tree = Self.tree()
    var source = HostSource(tree.context)
    let first = try source.said(at: 0)
    let device = try #require(first.devices.first)
    #expect(device.model == "AMD EPYC 9654 96-Core")
    #expect(device.attributes == ["kernel": "6.8.0-45-generic", "cores": "2"])
    #expect(first.steps(.cpuUtilization, of: "box") == nil)
    #expect(first.steps(.cpuCount, of: "box") == 2)
    #expect(first.steps(.memoryTotal, of: "box") == 2_048_000)
    #expect(first.steps(.memoryAvailable, of: "box") == 1_536_000)
    #expect(first.steps(.memoryUsed, of: "box") == 512_000)
    #expect(first.steps(.cpuPressure, of: "box") == 7)
    #expect(first.steps(.memoryPressure, of: "box") == 8)
    #expect(first.steps(.ioPressure, of: "box") == 9)

    // 30 user and 10 system of 200 ticks; 10 of the user's are guest and already in it.
    tree.write("/proc/stat", "cpu  130 0 50 930 70 0 0 20 30 0\ncpu0 1 1 1 1\ncpu1 1 1 1 1\n")
    let second = try source.said(at: 1)
    #expect(second.steps(.cpuUtilization, of: "box") == 200_000)
    #expect(second.devices.isEmpty)
    #expect(second.series.map(\.metric) == [.cpuUtilization])
    #expect(second.provenance(.cpuUtilization, of: "box")?.method == .average)
  }

  @Test("reads past the page cache are in KiB, pages that were read again in pages")
  func pageCache() throws {
    let tree = Self.tree()
    tree.write(
      "/proc/vmstat",
      "nr_free_pages 5\nworkingset_refault_anon 3\nworkingset_refault_file 7\npgpgin 100\n")
    var source = HostSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.steps(.pageCacheMisses, of: "box") == 102_400)
    #expect(said.steps(.pageCacheRefaults, of: "box") == 7 * Int64(getpagesize()))
    // Before Linux 5.9, and a table without either.
    tree.write("/proc/vmstat", "workingset_refault 2\n")
    let old = try source.said(at: 1)
    #expect(old.steps(.pageCacheMisses, of: "box") == nil)
    #expect(old.steps(.pageCacheRefaults, of: "box") == 2 * Int64(getpagesize()))
  }

  @Test("a share stays between 0 and 1 though iowait runs backwards")
  func backwards() {
    let earlier = ProcessorTimes(busy: 100, total: 200)
    #expect(ProcessorTimes(busy: 120, total: 210).busyShare(since: earlier) == 1)
    #expect(ProcessorTimes(busy: 90, total: 210).busyShare(since: earlier) == 0)
    #expect(ProcessorTimes(busy: 100, total: 200).busyShare(since: earlier) == nil)
  }

  @Test("a missing file costs only its own numbers")
  func missingFiles() throws {
    let tree = Self.tree()
    tree.remove("/proc/pressure")
    tree.remove("/proc/stat")
    var source = HostSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.steps(.memoryUsed, of: "box") == 512_000)
    #expect(said.series.map(\.metric) == [.memoryTotal, .memoryAvailable, .memoryUsed])
    #expect(source.probe().message == "\(tree.root)/proc/stat does not exist")
  }

  @Test("with nothing to read the source fails in words and recovers")
  func nothing() throws {
    let tree = FileTree()
    var source = HostSource(tree.context)
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 0) }
    #expect(failure?.health == .absent)
    tree.write("/proc/stat", Self.stat)
    #expect(try source.said(at: 1).steps(.cpuCount, of: "box") == 2)
  }

  @Test("a file that cannot be read is no crash")
  func folderInstead() {
    let tree = FileTree()
    tree.folder("/proc/stat")
    tree.folder("/proc/meminfo")
    var source = HostSource(tree.context)
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 0) }
    #expect(failure?.health == .failed)
  }

  @Test("a text longer than the buffer is read whole")
  func longText() throws {
    let tree = Self.tree()
    let processors = (0..<4000).map { "cpu\($0) 1 1 1 1 1 1 1 1 1 1" }.joined(separator: "\n")
    tree.write("/proc/stat", "cpu  1 1 1 1 1 1 1 1 1 1\n\(processors)\nintr 0\n")
    var source = HostSource(tree.context)
    #expect(try source.said(at: 0).steps(.cpuCount, of: "box") == 4000)
  }

  @Test("numbers that are none or have no room are refused")
  func scanner() {
    let text = Array("12 -3 x 99999999999999999999 7".utf8)
    text.withUnsafeBytes { bytes in
      var scanner = TextScanner(bytes)
      #expect(scanner.number() == 12)
      #expect(scanner.number() == -3)
      #expect(scanner.number() == nil)
      #expect(scanner.word() == "x")
      #expect(scanner.number() == nil)
      scanner.skipWords(1)
      #expect(scanner.rest() == "7")
    }
  }
}
