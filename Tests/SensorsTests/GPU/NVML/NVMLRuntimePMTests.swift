import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// Laptops switch a GPU off that nobody uses; looking at it must not keep it awake.
@Suite("NVIDIA GPUs that sleep") struct NVMLRuntimePMTests {
  let folder = "/sys/bus/pci/devices/0000:01:00.0"

  /// A machine whose one GPU may sleep.
  private func laptop(_ status: String) -> FileTree {
    let tree = FileTree()
    tree.write(folder + "/vendor", "0x10de\n")
    tree.write(folder + "/class", "0x030200\n")
    tree.write(folder + "/power/runtime_status", status + "\n")
    return tree
  }

  @Test("a laptop's GPU that sleeps is not touched, and resumes by itself")
  func sleeping() throws {
    let fake = try FakeNVML()
    let tree = laptop("suspended")
    var source = fake.source(root: tree.root)
    #expect(try source.said(at: 0).events.map(\.kind) == [.gap])
    #expect(try source.said(at: 1).events.isEmpty)
    #expect(fake.calls("*") == 0, "not even the library is started")
    tree.write(folder + "/power/runtime_status", "active\n")
    #expect(try source.said(at: 2).readings.count == 1)
    tree.write(folder + "/power/runtime_status", "suspended\n")
    let calls = fake.calls("nvmlDeviceGetFieldValues")
    let asleep = try source.said(at: 3)
    #expect(asleep.readings.isEmpty)
    #expect(asleep.events.map(\.text) == ["sleeps and is left asleep"])
    #expect(asleep.events.map(\.cause) == [.asleep])
    #expect(try source.said(at: 4).events.isEmpty)
    #expect(fake.calls("nvmlDeviceGetFieldValues") == calls)
    tree.write(folder + "/power/runtime_status", "active\n")
    let awake = try source.said(at: 5)
    #expect(awake.readings.count == 1)
    #expect(awake.events.map(\.text) == ["awake again"])
  }

  @Test("the driver's address of a GPU is found in Linux's form")
  func addresses() {
    #expect(NVMLRuntimePM.name(of: "00000000:C1:00.0") == "0000:c1:00.0")
    #expect(NVMLRuntimePM.name(of: "00010000:01:00.0") == "10000:01:00.0")
  }

  @Test("one that has nothing to do is left alone, so that it can fall asleep")
  func leftAlone() throws {
    let fake = try FakeNVML()
    let tree = laptop("active")
    tree.write(
      "/proc/driver/nvidia/gpus/0000:01:00.0/power",
      "Runtime D3 status:          Enabled (fine-grained)\nVideo Memory:               Active\n")
    var source = fake.source(root: tree.root)
    for second in 0..<10 {
      let said = try fake.said(&source, at: Double(second))
      #expect(said.readings.count == 1 && said.events.isEmpty)
    }
    let last = try fake.said(&source, at: 10)
    #expect(last.events.map(\.kind) == [.note])
    let calls = fake.calls("*")
    for second in 11..<40 { #expect(try fake.said(&source, at: Double(second)).readings.isEmpty) }
    #expect(fake.calls("*") <= calls + 4, "the library is closed, and no call is made")
    let look = try fake.said(&source, at: 40)
    #expect(look.readings.count == 1 && look.devices.isEmpty && look.events.isEmpty)
    // It falls asleep, and is woken by work.
    tree.write(folder + "/power/runtime_status", "suspended\n")
    #expect(try fake.said(&source, at: 45).events.map(\.kind) == [.gap])
    tree.write(folder + "/power/runtime_status", "active\n")
    fake.set("gpu_percent", 50)
    for second in 46..<80 {
      #expect(try fake.said(&source, at: Double(second)).readings.count == 1)
    }
  }

  @Test("one that never sleeps, or has a process on it, is asked on")
  func askedOn() throws {
    for status in ["Disabled by default", "Not supported", "?"] {
      let fake = try FakeNVML()
      let tree = laptop("active")
      tree.write(
        "/proc/driver/nvidia/gpus/0000:01:00.0/power", "Runtime D3 status:  \(status)\n")
      var source = fake.source(root: tree.root)
      for second in 0..<15 {
        #expect(try fake.said(&source, at: Double(second)).readings.count == 1)
      }
    }
    let fake = try FakeNVML()
    let tree = laptop("active")
    tree.write("/proc/driver/nvidia/gpus/0000:01:00.0/power", "Runtime D3 status: Enabled\n")
    fake.process(41)
    var source = fake.source(root: tree.root)
    for second in 0..<15 {
      #expect(!(try fake.said(&source, at: Double(second)).readings.isEmpty))
    }
  }
}
