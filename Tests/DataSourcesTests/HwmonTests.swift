import Telemetry
import Testing

@testable import DataSources

@Suite struct HwmonTests {
  let clock = FixedClock(Timestamp(nanoseconds: 1_790_000_000_000_000_000))
  let hwmon = "sys/class/hwmon"

  func board() throws -> SensorTree {
    let tree = try SensorTree()
    try tree.write("\(hwmon)/hwmon0/name", "coretemp\n")
    try tree.write("\(hwmon)/hwmon0/temp1_input", "45000\n")
    try tree.write("\(hwmon)/hwmon1/name", "power_meter\n")
    try tree.write("\(hwmon)/hwmon1/power1_average", "412000000\n")
    try tree.write("\(hwmon)/hwmon1/power1_average_interval", "4000\n")
    try tree.write("\(hwmon)/hwmon1/power1_model_number", "PM-1\n")
    try tree.write("\(hwmon)/hwmon2/name", "ina226\n")
    try tree.write("\(hwmon)/hwmon2/power1_input", "12345678\n")
    try tree.write("\(hwmon)/hwmon2/power1_label", "VDD\n")
    try tree.write("\(hwmon)/hwmon2/energy1_input", "9000001\n")
    try tree.write("\(hwmon)/hwmon2/energy1_label", "VDD\n")
    try tree.write("\(hwmon)/hwmon2/power1_cap", "20000000\n")
    return tree
  }

  @Test func powersAndEnergiesComeInTheirUnits() throws {
    let tree = try board()
    var source = HwmonSource(tree.context)
    let first = try source.sample(clock)
    #expect(first.devices.map(\.id.name) == ["wall", "ina226/VDD"])
    #expect(first.devices.map(\.label) == ["ACPI power meter", "ina226/VDD"])
    #expect(first.devices[0].model == "PM-1")
    #expect(first.devices.allSatisfy { $0.id.kind == .meter })
    #expect(first.value(.power, "wall") == 412)
    #expect(first.readings[1].values.map(\.steps) == [12_346, 9_000_001])
    let wall = try #require(first.provenance(.power, "wall"))
    #expect(wall.method == .average && wall.period == 4)
    #expect(first.provenance(.power, "ina226/VDD")?.method == .instant)
    #expect(first.provenance(.energy, "ina226/VDD")?.method == .counter)
    let second = try source.sample(clock)
    #expect(second.count == 2 && second.readings.count == 2)
  }

  @Test func twinsAreToldApartByTheirPlace() throws {
    let tree = try SensorTree()
    for (number, place) in [(3, "0000:03:00.0"), (12, "0000:c3:00.0")] {
      try tree.write("\(hwmon)/hwmon\(number)/name", "amdgpu\n")
      try tree.write("\(hwmon)/hwmon\(number)/power1_input", "\(number)000000\n")
      try tree.write("\(hwmon)/hwmon\(number)/power1_label", "PPT\n")
      tree.link("\(hwmon)/hwmon\(number)/device", to: "../../../\(place)")
    }
    try tree.write("\(hwmon)/hwmon4/name", "psu\n")
    for channel in 1...2 {
      try tree.write("\(hwmon)/hwmon4/power\(channel)_input", "\(channel)000000\n")
      try tree.write("\(hwmon)/hwmon4/power\(channel)_label", "out\n")
    }
    var source = HwmonSource(tree.context)
    let first = try source.sample(clock)
    #expect(first.value(.power, "amdgpu@0000:03:00.0/PPT") == 3)
    #expect(first.value(.power, "amdgpu@0000:c3:00.0/PPT") == 12)
    #expect(first.value(.power, "psu/out power1") == 1)
    #expect(first.value(.power, "psu/out power2") == 2)
  }

  @Test func twoACPIMetersAreNotTheWholeMachine() throws {
    let tree = try SensorTree()
    for number in 0...1 {
      try tree.write("\(hwmon)/hwmon\(number)/name", "power_meter\n")
      try tree.write("\(hwmon)/hwmon\(number)/power1_average", "1000000\n")
    }
    var source = HwmonSource(tree.context)
    let names = try source.sample(clock).devices.map(\.id.name)
    #expect(names == ["power_meter@hwmon0/power1", "power_meter@hwmon1/power1"])
  }

  @Test func anUnknownValueIsMissingNotZero() throws {
    let tree = try board()
    try tree.write("\(hwmon)/hwmon1/power1_average", "4294967295000\n")
    var source = HwmonSource(tree.context)
    let first = try source.sample(clock)
    #expect(first.readings.map(\.device.name) == ["ina226/VDD"])
    try tree.write("\(hwmon)/hwmon1/power1_average", "400000000\n")
    #expect(try source.sample(clock).value(.power, "wall") == 400)
  }

  @Test func nothingThereSaysWhatWasLookedFor() throws {
    let tree = try SensorTree()
    var source = HwmonSource(tree.context)
    let found = failure { _ = try source.sample(clock) }
    #expect(found?.health == .absent)
    #expect(found?.message.contains("\(tree.root)/sys/class/hwmon/*/power*_input") == true)
    try tree.write("\(hwmon)/hwmon0/name", "coretemp\n")
    #expect(source.probe().health == .absent)
    try tree.write("\(hwmon)/hwmon0/power1_input", "1000000\n")
    #expect(source.probe().message == "coretemp/power1")
    #expect(try source.sample(clock).value(.power, "coretemp/power1") == 1)
  }

  @Test func aSensorThatCannotBeReadFailsInWords() throws {
    let tree = try SensorTree()
    try tree.write("\(hwmon)/hwmon0/name", "ina226\n")
    tree.folder("\(hwmon)/hwmon0/power1_input")
    var source = HwmonSource(tree.context)
    let found = failure { _ = try source.sample(clock) }
    #expect(found?.health == .failed)
    #expect(found?.message.contains("power1_input cannot be read") == true)
    try tree.write("\(hwmon)/hwmon0/power2_input", "2500000\n")
    let next = try source.sample(clock)
    #expect(next.value(.power, "ina226/power2") == 2.5)
    #expect(next.readings.count == 1)
  }
}
