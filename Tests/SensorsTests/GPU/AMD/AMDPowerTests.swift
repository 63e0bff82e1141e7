import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// A card whose two powers do not agree.
@Suite("Power of AMD GPUs by two files")
struct AMDPowerTests {
  private let first = AMDTree.pci(0)

  private func sensor(_ name: String, _ watts: Double, _ tree: AMDTree) {
    tree.files.write(tree.folder(0) + "/hwmon/hwmon2/\(name)", "\(Int64(watts * 1e6))\n")
  }

  @Test(
    "where gpu_metrics says nothing or 0 W the sensor's watts are given, which is said once",
    arguments: [0, nil] as [UInt64?], ["power1_average", "power1_input"])
  func blank(raw: UInt64?, name: String) throws {
    let tree = AMDTree()
    tree.set(["power": raw, "energy": nil])
    sensor(name, 520, tree)
    var source = tree.source
    let said = try source.said(at: 0)
    #expect(said.steps(.power, of: first) == 520_000)
    let text = "gpu_metrics tells no power, but its sensor says 520 W and serves instead"
    #expect(said.events.map(\.text) == [text])
    #expect(said.events.map(\.cause) == [.refused])
    let provenance = try #require(said.provenance(.power, of: first))
    #expect(provenance.note.hasPrefix("hwmon"))
    #expect(provenance.method == (name == "power1_average" ? .average : .instant))
    #expect(try source.said(at: 1).events.isEmpty)
  }

  @Test("a mean of 0 W beside watts of the moment is no mean")
  func blankAverage() throws {
    let tree = AMDTree()
    tree.set(["power": 0])
    sensor("power1_average", 0, tree)
    sensor("power1_input", 410, tree)
    var source = tree.source
    let said = try source.said(at: 0)
    #expect(said.steps(.power, of: first) == 410_000)
    #expect(said.provenance(.power, of: first)?.method == .instant)
  }

  @Test("where the sensor says 0 W gpu_metrics is given, and neither gives 0 W for a busy card")
  func reverse() throws {
    let tree = AMDTree()
    sensor("power1_average", 0, tree)
    var source = tree.source
    #expect(try source.said(at: 0).steps(.power, of: first) == 100_000)
    tree.set(["power": 0])
    let said = try source.said(at: 1)
    #expect(said.steps(.power, of: first) == nil)
    #expect(said.steps(.utilization, of: first) == 900_000)
  }

  @Test("beyond its limit gpu_metrics is left for the sensor")
  func beyond() throws {
    let tree = AMDTree()
    tree.set(["power": 9000])
    sensor("power1_input", 600, tree)
    var source = tree.source
    #expect(try source.said(at: 0).steps(.power, of: first) == 600_000)
  }

  @Test("watts that stand still while the sensor's move are frozen, and the series says so")
  func frozen() throws {
    let tree = AMDTree()
    tree.set(["energy": nil])
    var source = tree.source
    var events: [Event] = []
    var watts: [Int64?] = []
    for second in 0..<20 {
      sensor("power1_average", second % 2 == 0 ? 520 : 380, tree)
      let said = try source.said(at: Double(second))
      events += said.events
      watts.append(said.steps(.power, of: first))
      if second == 10 {
        #expect(said.devices.map { $0.attributes["power"] } == ["hwmon"])
        #expect(said.provenance(.power, of: first)?.note.hasPrefix("hwmon") == true)
      }
    }
    #expect(Array(watts[0..<10]) == Array(repeating: 100_000, count: 10))
    #expect(watts[10] == 520_000 && watts[11] == 380_000 && watts[19] == 380_000)
    #expect(
      events.map(\.text) == [
        "gpu_metrics stands still at 100 W, but its sensor says 520 W and serves instead"
      ])
  }

  @Test("a card at its limit says the same watts for long, beside a sensor that is stuck as well")
  func atTheLimit() throws {
    let tree = AMDTree()
    tree.set(["power": 750, "energy": nil])
    sensor("power1_average", 9, tree)
    var source = tree.source
    for second in 0..<40 {
      let said = try source.said(at: Double(second))
      #expect(said.steps(.power, of: first) == 750_000 && said.events.isEmpty)
    }
  }

  @Test("a second die takes no watts from a sensor that shows its partner's")
  func secondDie() throws {
    let tree = AMDTree(2, version: (1, 3), model: "7408")
    tree.set(1, ["power": 0, "energy": 0])
    tree.files.write(tree.folder(1) + "/hwmon/hwmon3/power1_average", "400000000\n")
    var source = tree.source
    let said = try source.said(at: 0)
    #expect(said.steps(.power, of: AMDTree.pci(1)) == nil)
    #expect(said.events.count == 1)
  }

  @Test("a processor's socket takes the sensor's watts, but its graphics no unit from them")
  func processor() throws {
    let tree = AMDTree(1, version: (2, 4), model: "1681")
    tree.set(["power": 0, "graphics": 12, "edge": 5_000])
    sensor("power1_input", 25, tree)
    var source = tree.source
    let said = try source.said(at: 0)
    #expect(said.steps(.modulePower, of: first) == 25_000)
    #expect(said.steps(.power, of: first) == nil)
  }

  @Test("a counter that stops while the card works is left out though no file tells its watts")
  func stuckCounter() throws {
    let tree = AMDTree()
    var source = tree.source
    var events: [Event] = []
    var said = try source.said(at: 0)
    for second in 1..<30 {
      if second < 10 { tree.draw(watts: 300, seconds: 1) }
      tree.set(["power": nil])
      said = try source.said(at: Double(second))
      events += said.events
      if second == 9 { #expect(said.steps(.energy, of: first) != nil) }
    }
    #expect(said.steps(.energy, of: first) == nil)
    #expect(events.map(\.cause).contains(.refused))
    #expect(events.contains { $0.text.contains("stands still") })
  }
}
