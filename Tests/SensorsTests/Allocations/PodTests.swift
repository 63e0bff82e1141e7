import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

/// Pods of Kubernetes and the accelerators they hold.
@Suite struct PodTests {
  private static let uid = SchedulerMachine.uid
  private static let slice =
    "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod"
    + uid.replacing("-", with: "_") + ".slice"

  private static func checkpoint(_ devices: String) -> String {
    """
    {"Data":{"PodDeviceEntries":[
      {"PodUID":"\(uid)","ContainerName":"train","ResourceName":"nvidia.com/gpu",
       "DeviceIDs":\(devices),"AllocResp":"CkMK"},
      {"PodUID":"../../etc","ContainerName":"x","ResourceName":"y","DeviceIDs":{"0":["GPU-0"]}}],
      "RegisteredDevices":{"nvidia.com/gpu":["GPU-0","GPU-1"]}},"Checksum":1}
    """
  }

  @Test func `a pod that holds accelerators without a process is known by the kubelet`() throws {
    let machine = SchedulerMachine()
    machine.tree.write(KubeletCheckpoint.path, Self.checkpoint("{\"-1\":[\"GPU-1\",\"GPU-3\"]}"))
    machine.tree.folder("/var/log/pods/research_llama-0_\(Self.uid)")
    machine.list([:])
    var source = SchedulerSource(machine.context)
    // It may have ended: the kubelet forgets it when the next one starts.
    #expect(try source.look().jobs.isEmpty)
    machine.tree.folder("/sys/fs/cgroup/\(Self.slice)")
    let seen = try source.look(at: 1)
    let facts = try #require(seen.jobs["kubernetes-\(Self.uid)"])
    #expect(facts.gpus == ["GPU-1", "GPU-3"] && facts.gpusFrom == .kubelet)
    #expect(facts.namespace == "research" && facts.pod == "llama-0")
    #expect(facts.number == "research/llama-0" && facts.isCalled("llama-0"))
  }

  @Test(arguments: ["[\"GPU-2::1\",\"GPU-2::0\"]", "{\"0\":[\"GPU-2\"]}"])
  func `both shapes of a checkpoint are read, and shares by time`(devices: String) {
    let pods = KubeletCheckpoint.pods(Array(Self.checkpoint(devices).utf8))
    #expect(pods == [Self.uid: ["GPU-2"]])
  }

  @Test func `a process tells its pod by its group, and what it was given`() throws {
    let machine = SchedulerMachine()
    machine.process(
      70, in: "0::/\(Self.slice)/cri-containerd-\(String(repeating: "a", count: 64)).scope\n",
      [
        "HOSTNAME": "llama-0", "POD_NAMESPACE": "research",
        "NVIDIA_VISIBLE_DEVICES": "GPU-1,GPU-2",
      ])
    machine.list([1: [70]])
    var source = SchedulerSource(machine.context)
    let seen = try source.look()
    let facts = try #require(seen.jobs["kubernetes-\(Self.uid)"])
    #expect(facts.gpus == ["GPU-1", "GPU-2"] && facts.gpusFrom == .environment)
    // Its user 1000 is the image's, and not alice of this machine.
    #expect(facts.number == "research/llama-0" && facts.user == nil)
    #expect(seen.values["kubernetes-\(Self.uid)"]?["gpus_unused"] == 1)
  }

  @Test func `a list of devices that says all says nothing`() {
    #expect(SchedulerEnvironment(["NVIDIA_VISIBLE_DEVICES": "all"]).visibleUUIDs == nil)
    #expect(SchedulerEnvironment(["NVIDIA_VISIBLE_DEVICES": "0,1"]).visibleUUIDs == nil)
  }
}
