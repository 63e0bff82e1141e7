import Telemetry
import Testing

/// An accelerator of which two programs tell the watts counts once.
@Suite struct SecondHandTests {
  private func gpu(
    _ name: String, teller: String? = nil, uuid: String? = nil, machine: String = "box"
  ) -> [Observation] {
    let id = DeviceID(machine: machine, kind: .gpu, name: name)
    var attributes: [String: String] = [:]
    attributes["told_by"] = teller
    attributes["uuid"] = uuid
    return [
      .device(Device(id: id, label: name, attributes: attributes)),
      .series(
        SeriesDescriptor(
          device: id, metric: .power, provenance: Provenance(source: "s", method: .instant))),
    ]
  }

  private func demoted(_ batches: [Observation]...) -> [String] {
    var devices = SecondHandDevices()
    return batches.flatMap { devices.demotions(after: $0) }.map { observation in
      guard case .device(let device) = observation, device.role == .sensor else { return "?" }
      return device.id.name
    }
  }

  @Test func whatIsToldAloneCounts() {
    #expect(demoted(gpu("wandb:0", teller: "wandb"), gpu("wandb:1", teller: "wandb")).isEmpty)
  }

  @Test func whatASourceReadsItselfCountsBefore() {
    #expect(demoted(gpu("wandb:0", teller: "wandb"), gpu("GPU-1")) == ["wandb:0"])
    #expect(demoted(gpu("GPU-1"), gpu("wandb:0", teller: "wandb")) == ["wandb:0"])
    #expect(demoted(gpu("GPU-1") + gpu("wandb:0", teller: "wandb")) == ["wandb:0"])
    // Announced anew, it is shown anew and not added.
    let wandb = gpu("wandb:0", teller: "wandb")
    #expect(demoted(gpu("GPU-1"), wandb, wandb) == ["wandb:0", "wandb:0"])
  }

  @Test func anotherMachinesGPUIsAnother() {
    #expect(demoted(gpu("wandb:0", teller: "wandb"), gpu("GPU-1", machine: "other")).isEmpty)
  }

  @Test func onlyUUIDsShowThatTwoAreNotTheSame() {
    let triton = gpu("triton:GPU-2", teller: "triton", uuid: "GPU-2")
    #expect(demoted(gpu("GPU-1"), triton).isEmpty)
    #expect(demoted(gpu("GPU-2"), triton) == ["triton:GPU-2"])
    #expect(demoted(gpu("0"), triton) == ["triton:GPU-2"])
  }

  @Test func ofTwoTellersTheFirstCounts() {
    #expect(
      demoted(gpu("wandb:0", teller: "wandb"), gpu("mlflow:0", teller: "mlflow")) == ["mlflow:0"])
  }

  @Test func anAcceleratorWithoutPowerIsNone() {
    #expect(demoted(gpu("wandb:0", teller: "wandb"), Array(gpu("GPU-1").prefix(1))).isEmpty)
  }
}
