import Glibc
import Telemetry
import Testing

@testable import DataSources

@Suite struct RAPLTests {
  let clock = FixedClock(Timestamp(nanoseconds: 1_790_000_000_000_000_000))
  let powercap = "sys/class/powercap"

  func zone(_ tree: SensorTree, _ zone: String, _ name: String, _ energy: String) throws {
    try tree.write("\(powercap)/\(zone)/name", "\(name)\n")
    try tree.write("\(powercap)/\(zone)/energy_uj", energy)
    try tree.write("\(powercap)/\(zone)/max_energy_range_uj", "262143328850\n")
  }

  func server() throws -> SensorTree {
    let tree = try SensorTree()
    try tree.write("\(powercap)/intel-rapl/enabled", "1\n")
    try zone(tree, "intel-rapl:0", "package-0", "123456789012\n")
    try zone(tree, "intel-rapl:0:0", "dram", "5000000\n")
    try zone(tree, "intel-rapl:1", "package-1", "15\n")
    try zone(tree, "intel-rapl:1:0", "dram", "7000001\n")
    try zone(tree, "intel-rapl:2", "psys", "99\n")
    return tree
  }

  @Test func domainsAreNamedAndReadInMicrojoules() throws {
    let tree = try server()
    var source = RAPLSource(tree.context)
    let first = try source.sample(clock)
    #expect(
      first.devices.map(\.id.name) == ["package-0", "dram-0", "package-1", "dram-1", "psys"])
    #expect(first.devices.map(\.label) == first.devices.map(\.id.name))
    #expect(first.devices.allSatisfy { $0.id.kind == .cpu && $0.id.machine == "box" })
    #expect(first.devices[1].attributes["part of"] == "package-0")
    let steps = first.readings.map { $0.values[0].steps }
    #expect(steps == [123_456_789_012, 5_000_000, 15, 7_000_001, 99])
    #expect(first.value(.energy, "dram-0") == 5)
    let provenance = try #require(first.provenance(.energy, "package-0"))
    #expect(abs(provenance.range - 262_143.328850) < 1e-9)
    #expect(provenance.method == .counter)
    #expect(provenance.source == "rapl")
    #expect(first.series.count == 5)
  }

  @Test func everythingIsAnnouncedOnceAndReadAgainFromTheSameFile() throws {
    let tree = try server()
    var source = RAPLSource(tree.context)
    _ = try source.sample(clock)
    try tree.write("\(powercap)/intel-rapl:0/energy_uj", "123457789012\n")
    let second = try source.sample(clock)
    #expect(second.devices.isEmpty && second.series.isEmpty)
    #expect(second.readings.first?.values.first?.steps == 123_457_789_012)
  }

  @Test func aPackageThatShowsUpTwiceCountsOnce() throws {
    let tree = try SensorTree()
    try zone(tree, "intel-rapl:0", "package-0", "10")
    try zone(tree, "intel-rapl:0:0", "core", "4")
    try zone(tree, "intel-rapl:1", "package-0", "10")
    try zone(tree, "intel-rapl:1:0", "core", "4")
    try zone(tree, "intel-rapl:10", "package-10", "3")
    try zone(tree, "intel-rapl:2", "package-2", "2")
    var source = RAPLSource(tree.context)
    let names = try source.sample(clock).devices.map(\.id.name)
    #expect(names == ["package-0", "core-0", "package-2", "package-10"])
  }

  @Test func diesHavePartsOfTheirOwn() {
    #expect(RAPLSource.name("dram", [1, 0], parent: "package-0-die-1") == "dram-0-die-1")
    #expect(RAPLSource.name("core", [3, 0], parent: nil) == "core-3")
    #expect(RAPLSource.name("psys", [3], parent: nil) == "psys")
    #expect(RAPLSource.zone("intel-rapl:0:12") == [0, 12])
    #expect(RAPLSource.zone("intel-rapl") == nil)
    #expect(RAPLSource.zone("intel-rapl:0:") == nil)
    #expect(RAPLSource.zone("intel-rapl-mmio:0") == nil)
  }

  @Test func anUnknownRangeMeansNoWrap() throws {
    let tree = try SensorTree()
    try tree.write("\(powercap)/intel-rapl:0/name", "package-0\n")
    try tree.write("\(powercap)/intel-rapl:0/energy_uj", "1\n")
    var source = RAPLSource(tree.context)
    #expect(try source.sample(clock).provenance(.energy, "package-0")?.range == 0)
  }

  @Test func nothingThereSaysWhatWasLookedFor() throws {
    let tree = try SensorTree()
    var source = RAPLSource(tree.context)
    let found = failure { _ = try source.sample(clock) }
    #expect(found?.health == .absent)
    #expect(found?.message.contains("\(tree.root)/sys/class/powercap") == true)
    tree.folder("sys")
    tree.folder("sys/class")
    tree.folder(powercap)
    #expect(source.probe().health == .absent)
    try zone(tree, "intel-rapl:0", "package-0", "10")
    #expect(source.probe().health == .ok)
    #expect(try source.sample(clock).readings.count == 1)
  }

  @Test func aCounterThatCannotBeReadIsNotZero() throws {
    let tree = try SensorTree()
    try tree.write("\(powercap)/intel-rapl:0/name", "package-0\n")
    tree.folder("\(powercap)/intel-rapl:0/energy_uj")
    var source = RAPLSource(tree.context)
    let found = failure { _ = try source.sample(clock) }
    #expect(found?.health == .failed)
    #expect(found?.message.contains("energy_uj cannot be read: Is a directory") == true)
    // The others go on, and the gap is told once.
    try zone(tree, "intel-rapl:1", "package-1", "10")
    let first = try source.sample(clock)
    #expect(first.readings.map(\.device.name) == ["package-1"])
    #expect(first.events.map(\.kind) == [.gap])
    #expect(first.devices.count == 2)
    let second = try source.sample(clock)
    #expect(second.readings.count == 1 && second.events.isEmpty && second.devices.isEmpty)
  }

  @Test func textThatIsNoNumberIsRefused() throws {
    let tree = try SensorTree()
    for text in ["", "\n", "12x", "-", "99999999999999999999"] {
      try tree.write("value", text)
      #expect(SensorFile.value("\(tree.root)/value") == nil, "\(text)")
    }
    try tree.write("value", " -12 \n")
    #expect(SensorFile.value("\(tree.root)/value") == -12)
    #expect(SensorFile.value("\(tree.root)/none") == nil)
  }

  @Test func aRefusalSaysHowToLiftIt() throws {
    let tree = try server()
    for zone in ["0", "0:0", "1", "1:0", "2"] {
      tree.protect("\(powercap)/intel-rapl:\(zone)/energy_uj")
    }
    guard geteuid() != 0 else {
      print("skipped: root may read every file, so nothing is refused here")
      return
    }
    var source = RAPLSource(tree.context)
    let found = failure { _ = try source.sample(clock) }
    #expect(found?.health == .denied)
    #expect(found?.message.hasSuffix("intel-rapl:0/energy_uj may be read by root only") == true)
    #expect(found?.remedy.hasPrefix("sudo chmod a+r /") == true)
    #expect(source.probe().health == .denied)
  }
}
