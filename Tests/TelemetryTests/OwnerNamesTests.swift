import Telemetry
import Testing

/// Mounts and control groups are named by paths, servers and users, which an anonymous session leaves out.
@Suite struct OwnerNamesTests {
  private let job = DeviceID(
    machine: "box", kind: .job, name: "/home/alice/secretproject/train.log")

  private var observations: [Observation] {
    let mount = DeviceID(machine: "box", kind: .mount, name: "filer.alice.lan:/alice-data")
    let files = DeviceID(machine: "box", kind: .mount, name: "files of \(job.name)")
    let group = DeviceID(
      machine: "box", kind: .controlGroup, name: "/user.slice/alice.slice/secretproject.scope")
    var reading = Reading(device: mount, time: Timestamp(seconds: 2))
    reading.set(.bytesRead, 1e6)
    return [
      .device(
        Device(
          id: files, label: "reads from", parent: job,
          attributes: ["reads_from": "nfs4 filer.alice.lan:/alice-data, ext4 on nvme0n1"])),
      .device(
        Device(
          id: mount, label: "/alice-data",
          attributes: [
            "type": "nfs4", "source": mount.name, "server": "filer.alice.lan",
            "path": "/alice-data", "version": "4.2",
          ])),
      .device(
        Device(
          id: group, label: "secretproject.scope", parent: job,
          attributes: ["path": group.name, "within": "/user.slice/alice.slice", "job": "alice-7"])),
      .reading(reading),
      .state(
        SourceState(
          source: "nfs", kind: "nfs", time: Timestamp(seconds: 2), health: .failed,
          message: "filer.alice.lan does not answer")),
    ]
  }

  @Test func `mounts and control groups keep what they are, and not whose`() {
    var plain = PrivacyFilter()
    #expect("\(plain.filtered(observations))".contains("filer.alice.lan"))
    var filter = PrivacyFilter(NeutralNames(machine: "box", user: nil))
    let filtered = filter.filtered(observations)
    let text = "\(filtered)"
    #expect(!text.contains("alice") && !text.contains("secretproject"), "\(text)")
    #expect(text.contains("nfs4 server:path, ext4 on nvme0n1") && text.contains("4.2"))
    // What was read is still this mount's.
    let names = filtered.compactMap { observation -> DeviceID? in
      if case .reading(let reading) = observation { return reading.device }
      return nil
    }
    #expect(names.map(\.kind) == [.mount] && names.first?.name.hasPrefix("mount ") == true)
  }

  @Test func `boards keep what they are, and not which of all boards they are`() {
    let uuid = "5f1c2ad0-91d5-4d1c-8a60-0a6b0f1c2d3e"
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "GPU-\(uuid)")
    let part = DeviceID(machine: "box", kind: .gpuPart, name: "MIG-GPU-\(uuid)/3/0")
    let amd = DeviceID(machine: "box", kind: .gpu, name: "0000:c1:00.0")
    var reading = Reading(device: gpu, time: Timestamp(seconds: 2))
    reading.set(.power, 300)
    let observations: [Observation] = [
      // A reading may come before its device is described.
      .reading(reading),
      .device(
        Device(id: gpu, label: "0", model: "NVIDIA H200", attributes: ["uuid": "GPU-\(uuid)"])),
      .device(Device(id: part, label: "0:3", parent: gpu)),
      .device(Device(id: amd, label: "1", attributes: ["uuid": "0x9f81cc5ff2ba8f47"])),
      .event(
        Event(
          time: Timestamp(seconds: 3), kind: .note, text: "GPU-\(uuid) has fallen off the bus",
          device: gpu)),
    ]
    var filter = PrivacyFilter(NeutralNames(machine: "box", user: nil))
    let filtered = filter.filtered(observations)
    let text = "\(filtered)"
    #expect(!text.contains(uuid) && !text.contains("9f81cc5f"), "\(text)")
    #expect(
      text.contains("NVIDIA H200") && text.contains("GPU-1 has fallen off the bus"), "\(text)")
    #expect(text.contains("MIG-GPU-1/3/0") && text.contains("0000:c1:00.0"), "\(text)")
    // Reading, device, parent and event still belong together; once more changes nothing.
    let names = filtered.flatMap { observation -> [DeviceID] in
      switch observation {
      case .reading(let reading): [reading.device]
      case .device(let device): [device.parent ?? device.id]
      case .event(let event): event.device.map { [$0] } ?? []
      default: []
      }
    }
    #expect(Set(names.map(\.name)) == ["GPU-1", "0000:c1:00.0"])
    #expect(filter.filtered(filtered) == filtered)
    var exported = PrivacyFilter(NeutralNames(machine: "box", user: nil, keepsSerials: true))
    #expect("\(exported.filtered(observations))".contains(uuid))
  }

  @Test func `a source that never answers gives its host away to nobody`() {
    var filter = PrivacyFilter(NeutralNames(machine: "box", user: nil))
    filter.hide(host: "plug.alice.lan")
    #expect(filter.filtered("wall:plug.alice.lan:80 refuses") == "wall:host:80 refuses")
    var plain = PrivacyFilter()
    plain.hide(host: "plug.alice.lan")
    #expect(plain.filtered("wall:plug.alice.lan:80") == "wall:plug.alice.lan:80")
  }
}
