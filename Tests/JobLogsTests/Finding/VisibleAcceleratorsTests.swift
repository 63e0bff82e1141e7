import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Which accelerators a job was told to use, as far as that says anything.
@Suite struct VisibleAcceleratorsTests {
  private func told(
    _ environment: [String: String], _ words: [String] = []
  ) -> VisibleAccelerators? {
    let block = environment.map { "\($0.key)=\($0.value)\0" }.joined()
    return VisibleAccelerators(JobEnvironment(Array(block.utf8)), ["python3", "t.py"] + words)
  }

  @Test(arguments: [
    (["CUDA_VISIBLE_DEVICES": "2, 0"], [String](), ["2", "0"], "CUDA_VISIBLE_DEVICES"),
    (["HIP_VISIBLE_DEVICES": "3"], [], ["3"], "HIP_VISIBLE_DEVICES"),
    (
      ["CUDA_VISIBLE_DEVICES": "GPU-8a,MIG-5b"], [], ["GPU-8a", "MIG-5b"], "CUDA_VISIBLE_DEVICES"
    ),
    (["CUDA_VISIBLE_DEVICES": "4,5,6"], ["--devices", "0,2"], ["4", "6"], "--devices"),
    ([:], ["--devices=[1]"], ["1"], "--devices"),
    ([:], ["--device", "cuda:1"], ["1"], "--device"),
    ([:], ["--gpu_ids", "0,1"], ["0", "1"], "--gpu_ids"),
  ])
  func `A list names accelerators`(
    environment: [String: String], words: [String], names: [String], origin: String
  ) {
    #expect(told(environment, words)?.names == names)
    #expect(told(environment, words)?.origin == origin)
  }

  @Test(arguments: [
    ([String: String](), [String]()), (["CUDA_VISIBLE_DEVICES": "-1"], []),
    (["CUDA_VISIBLE_DEVICES": "all"], []), (["CUDA_VISIBLE_DEVICES": "NoDevFiles"], []),
    // Two of them, or the third.
    ([:], ["--devices", "2"]), (["CUDA_VISIBLE_DEVICES": "4"], ["--devices", "0,1"]),
    (["ROCR_VISIBLE_DEVICES": "2,3", "HIP_VISIBLE_DEVICES": "0"], []),
  ])
  func `What does not name certain ones names none`(
    environment: [String: String], words: [String]
  ) {
    #expect(told(environment, words) == nil)
  }

  @Test func `A job is told what all its processes are told, or nothing`() {
    func environment(_ list: String) -> (JobEnvironment, [String]) {
      (JobEnvironment(Array("CUDA_VISIBLE_DEVICES=\(list)".utf8)), [])
    }
    let both = VisibleAccelerators.of([environment("3"), environment("1"), environment("3")])
    #expect(both?.names == ["1", "3"])
    #expect(VisibleAccelerators.of([environment("3"), environment("")]) == nil)
    #expect(VisibleAccelerators.of([]) == nil)
  }

  @Test func `Numbers count only where one sees the machine as the job does`() {
    let tree = FileTree()
    tree.log("/home/train.log")
    tree.link("/proc/self", to: "99")
    tree.process(99, ["hippowatt"])
    let id = String(repeating: "ab", count: 32)
    func attributes(_ list: String, cgroup: String) -> [String: String] {
      tree.process(
        41, ["python3", "train.py"], environment: ["CUDA_VISIBLE_DEVICES": list],
        maps: FileTree.torch,
        descriptors: FileTree.cuda + [.writes(1, tree.root + "/home/train.log")])
      tree.write("/proc/41/cgroup", "0::\(cgroup)\n")
      let found = tree.jobs().first?.visible?.names.joined(separator: ",")
      let named = JobProcesses(writing: tree.root + "/home/train.log", in: tree.context).attributes
      #expect(found == named["visible_gpus"])
      return named
    }
    let near = attributes("1,0", cgroup: "/user.slice")
    #expect(near["visible_gpus"] == "0,1" && near["visible_gpus_from"] == "CUDA_VISIBLE_DEVICES")
    #expect(attributes("0", cgroup: "/docker/\(id)")["visible_gpus"] == nil)
    #expect(attributes("0", cgroup: "/slurm/uid_0/job_47/step_0")["visible_gpus"] == nil)
    #expect(attributes("GPU-8a", cgroup: "/docker/\(id)")["visible_gpus"] == "GPU-8a")
  }

  @Test func `Where open files may not be seen, that is said, and no accelerator is denied`() {
    let tree = FileTree()
    tree.process(41, ["python3", "train.py"], maps: FileTree.torch, descriptors: FileTree.cuda)
    tree.process(42, ["python3", "train.py"], parent: 41, maps: FileTree.torch)
    tree.remove("/proc/42/fd")
    let processes = JobProcesses(startedBy: 42, in: tree.context)
    #expect(processes.pids == [42] && processes.isOnGPU == nil)
    #expect(
      processes.attributes["unseen"]
        == "the open files of 1 of its 1 processes may not be looked at")
    let job = tree.jobs().first
    #expect(job?.unseen == "the open files of 1 of its 2 processes may not be looked at")
    #expect(job?.json.contains("\"unseen\":") == true)
  }
}
