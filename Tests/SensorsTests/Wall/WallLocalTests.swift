import Glibc
import Linux
import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// The management controller's answer, and what is said where there is none.
@Suite struct ControllerTests {
  /// An answer of 432 W, with 5 the least, 900 the most and 410 the mean over 10 s.
  static func answer(_ watts: Int = 432, state: UInt8 = 0x40, code: UInt8 = 0) -> [UInt8] {
    [
      code, 0xDC, UInt8(watts & 0xFF), UInt8(watts >> 8), 5, 0, 0x84, 3, 0x9A, 1, 1, 2, 3, 4, 0x10,
      0x27, 0, 0, state,
    ]
  }

  private func source(
    _ answers: [[UInt8]?], failing: SystemError? = nil
  ) -> ControllerSource {
    var rest = answers
    return ControllerSource(SourceContext(machine: "box")) { _ throws(SystemError) in
      if let failing { throw failing }
      return { () throws(SystemError) in rest.isEmpty ? nil : rest.removeFirst() }
    }
  }

  @Test func `its bytes are read as the standard lays them out`() throws {
    let reading = try DCMIReading(Self.answer())
    #expect(reading.watts == 432 && reading.least == 5 && reading.most == 900)
    #expect(reading.mean == 410 && reading.period == 10 && reading.isActive)
    #expect(try DCMIReading(Self.answer(state: 0)).watts == nil)
    #expect(try DCMIReading(Self.answer(0xFFFF)).watts == nil)
    #expect(DCMIReading.request == [0xDC, 1, 0, 0])
    for count in 0..<19 {
      #expect(throws: DCMIReading.Failure.malformed) {
        try DCMIReading(Array(Self.answer().prefix(count)))
      }
    }
    var other = Self.answer()
    other[1] = 0xDB
    #expect(throws: DCMIReading.Failure.malformed) { try DCMIReading(other) }
  }

  @Test func `it is a meter of the whole machine, asked every other second`() throws {
    var source = source([Self.answer(), Self.answer(500)])
    #expect(source.interval == 2)
    let said = try source.said(at: 0)
    #expect(said.devices.map(\.role) == [.machine] && said.devices[0].id.kind == .meter)
    #expect(said.steps(.power, of: "ipmi") == 432_000)
    #expect(said.provenance(.power, of: "ipmi")?.method == .instant)
    #expect(try source.said(at: 2).steps(.power, of: "ipmi") == 500_000)
    // Nothing more comes: it hangs.
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 4) }
    #expect(failure?.message.contains("within 4 s") == true && failure?.isFinal == false)
  }

  @Test func `a machine that is asked draws more than nothing`() throws {
    var source = source([Self.answer(0), Self.answer(0), Self.answer(0), Self.answer(0)])
    var events: [Event] = []
    for second in 0..<4 {
      let said = try source.said(at: Double(second) * 2)
      #expect(said.readings.isEmpty)
      events += said.events
    }
    #expect(events.map(\.cause) == [.refused])
  }

  @Test(arguments: [
    (UInt8(0xC1), SourceState.Health.absent, "no DCMI", true),
    (0xD4, .denied, "does not let", false), (0xC0, .failed, "busy", false),
    (0xCC, .failed, "0xCC", false),
  ])
  func `what it refuses is said in words`(
    code: UInt8, health: SourceState.Health, words: String, isFinal: Bool
  ) {
    for answer in [[code], Self.answer(code: code)] {
      var source = source([answer])
      let failure = #expect(throws: SourceFailure.self) { try source.said(at: 0) }
      #expect(failure?.health == health && failure?.isFinal == isFinal)
      #expect(failure?.message.contains(words) == true && failure?.remedy.isEmpty == false)
    }
  }

  @Test func `a controller that measures nothing says how to switch it on`() {
    var source = source([Self.answer(state: 0)])
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 0) }
    #expect(failure?.health == .absent && failure?.remedy.contains("dcmi power activate") == true)
  }

  @Test func `no device, and one that may not be opened, are told apart`() {
    var missing = ControllerSource(FileTree().context)
    let probe = missing.probe()
    #expect(probe.health == .absent && probe.remedy.contains("modprobe"))
    var denied = source([], failing: SystemError(EACCES, "/dev/ipmi0"))
    let refusal = denied.probe()
    #expect(refusal.health == .denied && refusal.remedy.contains("/dev/ipmi0"))
    // Something else in its place is no controller.
    let tree = FileTree()
    tree.write("/dev/ipmi0", "no device")
    var file = ControllerSource(tree.context)
    #expect(file.probe().health != .ok)
  }
}

/// A laptop's battery, which is the machine's power only while it carries the machine.
@Suite struct BatteryTests {
  static func add(
    _ name: String, _ status: String, _ files: [String: String], to tree: FileTree
  ) {
    let folder = "/sys/class/power_supply/\(name)"
    tree.write(folder + "/type", "Battery\n")
    tree.write(folder + "/status", status + "\n")
    for (file, text) in files { tree.write("\(folder)/\(file)", text + "\n") }
  }

  static func plug(_ isOnline: Bool, to tree: FileTree) {
    tree.write("/sys/class/power_supply/AC/type", "Mains\n")
    tree.write("/sys/class/power_supply/AC/online", isOnline ? "1\n" : "0\n")
  }

  @Test func `a battery that discharges is the machine's power`() throws {
    let tree = FileTree()
    Self.plug(false, to: tree)
    Self.add("BAT0", "Discharging", ["power_now": "23450000"], to: tree)
    var source = BatterySource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.steps(.power, of: "battery") == 23_450 && said.devices[0].role == .machine)
  }

  @Test(arguments: [("-1500000", "12000000"), ("1500000", "12000000")])
  func `current times voltage is power, whatever its sign`(current: String, volts: String) throws {
    let tree = FileTree()
    Self.add(
      "BAT0", "Discharging", ["current_now": current, "voltage_now": volts], to: tree)
    var source = BatterySource(tree.context)
    #expect(try source.said(at: 0).steps(.power, of: "battery") == 18_000)
  }

  @Test(arguments: ["Charging", "Full", "Not charging", "Unknown", ""])
  func `a battery that does not discharge tells nothing`(status: String) throws {
    let tree = FileTree()
    Self.add("BAT0", status, ["power_now": "40000000"], to: tree)
    var source = BatterySource(tree.context)
    #expect(try source.said(at: 0).readings.isEmpty)
    #expect(source.probe().health == .ok)
  }

  @Test func `a battery that helps a weak supply is not the whole machine`() throws {
    for type in ["Mains", "USB", "USB_PD"] {
      let tree = FileTree()
      Self.plug(true, to: tree)
      tree.write("/sys/class/power_supply/AC/type", type + "\n")
      Self.add("BAT0", "Discharging", ["power_now": "9000000"], to: tree)
      var source = BatterySource(tree.context)
      #expect(try source.said(at: 0).readings.isEmpty)
    }
  }

  @Test func `two batteries are added up, unless one fills the other`() throws {
    let tree = FileTree()
    Self.add("BAT0", "Discharging", ["power_now": "9000000"], to: tree)
    Self.add("BAT1", "Discharging", ["power_now": "6000000"], to: tree)
    var source = BatterySource(tree.context)
    #expect(try source.said(at: 0).steps(.power, of: "battery") == 15_000)
    Self.add("BAT1", "Not charging", ["power_now": "0"], to: tree)
    #expect(try source.said(at: 1).steps(.power, of: "battery") == 9000)
    for status in ["Charging", "Unknown"] {
      Self.add("BAT1", status, ["power_now": "3000000"], to: tree)
      #expect(try source.said(at: 2).readings.isEmpty)
    }
    // One of the two does not tell.
    Self.add("BAT1", "Discharging", [:], to: tree)
    tree.remove("/sys/class/power_supply/BAT1/power_now")
    #expect(try source.said(at: 3).readings.isEmpty)
  }

  @Test func `after the plug is pulled the old value waits for a new one`() throws {
    let tree = FileTree()
    Self.plug(true, to: tree)
    Self.add("BAT0", "Charging", ["power_now": "45000000"], to: tree)
    var source = BatterySource(tree.context)
    #expect(try source.said(at: 0).readings.isEmpty)
    Self.plug(false, to: tree)
    Self.add("BAT0", "Discharging", [:], to: tree)
    #expect(try source.said(at: 1).readings.isEmpty)
    Self.add("BAT0", "Discharging", ["power_now": "21000000"], to: tree)
    #expect(try source.said(at: 2).steps(.power, of: "battery") == 21_000)
    #expect(try source.said(at: 3).steps(.power, of: "battery") == 21_000)
  }

  @Test func `what is no battery of the machine, or impossible, is left out`() throws {
    let tree = FileTree()
    Self.add("mouse", "Discharging", ["power_now": "1000000", "scope": "Device"], to: tree)
    Self.add("BAT1", "Discharging", ["power_now": "1000000", "present": "0"], to: tree)
    var source = BatterySource(tree.context)
    let probe = source.probe()
    #expect(probe.health == .absent && !probe.remedy.isEmpty)
    Self.add("BAT0", "Discharging", ["power_now": "9223372036854775807"], to: tree)
    #expect(try source.said(at: 0).readings.isEmpty)
    Self.add("BAT0", "Discharging", ["power_now": "0"], to: tree)
    #expect(try source.said(at: 1).readings.isEmpty)
  }
}

/// Supplies that the kernel reads: what they give is not what they take.
@Suite struct SupplyTests {
  @Test func `what one supply gives stands for the machine, its rails and its losses do not`()
    throws
  {
    let tree = FileTree()
    let folder = "/sys/class/hwmon/hwmon3"
    tree.write(folder + "/name", "corsairpsu\n")
    for (index, rail) in ["power total", "power 12v", "power 5v"].enumerated() {
      tree.write(folder + "/power\(index + 1)_label", rail + "\n")
      tree.write(folder + "/power\(index + 1)_input", "\(70 - 20 * index)000000\n")
    }
    var source = HwmonSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.devices.map(\.role) == [.platform, .sensor, .sensor])
    let total = try #require(said.devices.first)
    let gpu = Device(id: tree.context.device(.gpu, "0"), label: "0")
    #expect(total.label == "corsairpsu/power total" && total.contains(gpu))
  }

  @Test func `of two supplies each is a sensor, and so is what a regulator takes and gives`() throws
  {
    let tree = FileTree()
    for index in 0..<2 {
      let folder = "/sys/class/hwmon/hwmon\(index)"
      tree.write(folder + "/name", "corsairpsu\n")
      tree.write(folder + "/power1_label", "power total\n")
      tree.write(folder + "/power1_input", "70000000\n")
      tree.link(folder + "/device", to: "../../../000\(index)")
    }
    tree.write("/sys/class/hwmon/hwmon2/name", "pmbus\n")
    for (index, label) in ["pin", "pout1"].enumerated() {
      tree.write("/sys/class/hwmon/hwmon2/power\(index + 1)_label", label + "\n")
      tree.write("/sys/class/hwmon/hwmon2/power\(index + 1)_input", "4\(index)000000\n")
    }
    var source = HwmonSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.devices.map(\.role) == [.sensor, .sensor, .sensor, .sensor])
    #expect(said.steps(.power, of: "pmbus/pin") == 40_000)
    #expect(said.steps(.power, of: "pmbus/pout1") == 41_000)
  }
}
