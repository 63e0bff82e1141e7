import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

/// What control groups and environments say of jobs, and what is made of it that is meant ill.
@Suite struct SchedulerTextTests {
  @Test(arguments: [
    ("0::/system.slice/slurmstepd.scope/job_1392969/step_0/user/task_0\n", "slurm 1392969"),
    ("0::/system.slice/node7_slurmstepd.scope/job_8/step_batch/user/task_special\n", "slurm 8"),
    ("10:devices:/slurm/uid_2101171/job_280678/step_interactive/task_0\n", "slurm 280678"),
    ("4:memory:/slurm_node7/uid_0/job_12/step_extern\n2:cpu:/\n", "slurm 12"),
    (
      "0::/kubepods.slice/kubepods-pod0a1b2c3d_0000_4111_8222_333344445555.slice/crio-1.scope",
      "kubernetes 0a1b2c3d-0000-4111-8222-333344445555"
    ),
    (
      "0::/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/"
        + "kubelet-kubepods-besteffort-pod0a1b2c3d_0000_4111_8222_333344445555.slice",
      "kubernetes 0a1b2c3d-0000-4111-8222-333344445555"
    ),
    (
      "11:pids:/kubepods/burstable/pod0a1b2c3d-0000-4111-8222-333344445555/abc",
      "kubernetes 0a1b2c3d-0000-4111-8222-333344445555"
    ),
    (
      "0::/kubepods/burstable/pod" + String(repeating: "ab", count: 16),
      "kubernetes " + String(repeating: "ab", count: 16)
    ),
  ])
  func `a path names its job`(text: String, job: String) {
    #expect(SchedulerPath(text)?.batchJob == job)
  }

  @Test(arguments: [
    "", "0::/", "0::/system.slice/slurmd.service", "0::/system.slice/slurmstepd.scope/system",
    "0::/system.slice/slurmstepd.scope/job_/x", "0::/slurm/uid_1/job_abc",
    "0::/slurm/uid_1/job_12345678901", "0::/slurm/uid_1/job_-1", "0::/slurm/uid_1/job_0",
    "0::/system.slice/job_4711/step_0", "0::/kubepods/burstable/podium",
    "0::/user.slice/pod0a1b2c3d-0000-4111-8222-333344445555", "0::/kubepods/pod\u{1B}[31m",
  ])
  func `what only looks like a job is none`(text: String) { #expect(SchedulerPath(text) == nil) }

  @Test(arguments: [
    ("0", [0]), ("0,1,7", [0, 1, 7]), ("0-3", [0, 1, 2, 3]), ("0-1,4-5", [0, 1, 4, 5]),
  ])
  func `numbers of accelerators are read`(text: String, numbers: [Int]) {
    #expect(SchedulerEnvironment(["SLURM_JOB_GPUS": text]).slurmGPUs == numbers)
  }

  @Test(arguments: ["", "a", "-1", "3-1", "0-99999", "0-4095", "1-2-3", "(null)", "0-1x"])
  func `what is no list of numbers is none`(text: String) {
    let numbers = SchedulerEnvironment(["SLURM_JOB_GPUS": text]).slurmGPUs
    #expect(numbers == nil, "\(text)")
  }

  @Test func `a name of a megabyte full of escape codes is short and plain`() throws {
    let machine = SchedulerMachine()
    let name = "\u{1B}]0;owned\u{7}\u{9B}31m" + String(repeating: "é", count: 500_000)
    machine.process(
      50, in: "0::/system.slice/slurmstepd.scope/job_4711/step_0\n",
      ["SLURM_JOB_NAME": name, "SLURM_JOB_ID": "4711", "SLURM_JOB_ACCOUNT": "a\nb"])
    machine.list([0: [50]])
    var source = SchedulerSource(machine.context)
    let facts = try #require(try source.look().jobs["slurm-4711"])
    #expect((facts.name?.utf8.count ?? 0) <= AllocationFacts.longest)
    for text in [facts.name, facts.account] {
      #expect(text?.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } == true)
    }
  }

  @Test func `ten thousand groups are bounded, and read quickly`() throws {
    let machine = SchedulerMachine()
    let folder = "/sys/fs/cgroup/system.slice/slurmstepd.scope"
    machine.tree.folder(folder)
    for number in 1...10_000 { mkdir("\(machine.tree.root)\(folder)/job_\(number)", 0o755) }
    for name in ["job_x", "job_99999999999", "system"] {
      mkdir("\(machine.tree.root)\(folder)/\(name)", 0o755)
    }
    machine.list([:])
    var source = SchedulerSource(machine.context)
    #expect(try source.look().jobs.isEmpty)
    var groups = SlurmGroups(machine.context)
    let jobs = groups.jobs(at: Timestamp(seconds: 1000))
    #expect(jobs.count == SlurmGroups.most.jobs)
  }

  @Test func `what is no checkpoint names no pod`() {
    for text in ["", "{", "[]", "{\"Data\":3}", "{\"Data\":{\"PodDeviceEntries\":[1,{}]}}"] {
      #expect(KubeletCheckpoint.pods(Array(text.utf8)).isEmpty)
    }
  }
}
