import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

/// Which jobs a scheduler has on a machine, and what they hold.
@Suite struct SchedulerSourceTests {
  private static let step = "0::/system.slice/slurmstepd.scope/job_4711/step_0/user/task_0\n"
  private static let told = [
    "SLURM_JOB_ID": "4711", "SLURM_JOB_NAME": "llama-sft", "SLURM_JOB_ACCOUNT": "physics",
    "SLURM_JOB_PARTITION": "gpu", "SLURM_JOB_USER": "alice", "SLURM_JOB_GPUS": "0-1",
    "AWS_SECRET_ACCESS_KEY": "hidden",
  ]

  @Test func `a job of SLURM is known by the group and the environment of its processes`() throws {
    let machine = SchedulerMachine()
    machine.process(50, in: Self.step, Self.told)
    // The minor number 1 is the third accelerator's.
    machine.list([0: [50], 2: [50]])
    var source = SchedulerSource(machine.context)
    let seen = try source.look()
    let facts = try #require(seen.jobs["slurm-4711"])
    #expect(facts.name == "llama-sft" && facts.account == "physics" && facts.partition == "gpu")
    #expect(facts.gpus == ["GPU-0", "GPU-2"] && facts.gpusFrom == .environment)
    #expect(facts.pids == [50] && facts.scheduler == "slurm" && facts.jobID == "4711")
    #expect(seen.values["slurm-4711"] == ["gpus_held": 2, "processes": 1, "gpus_unused": 0])
    #expect(!"\(facts)".contains("hidden"))
  }

  @Test func `numbers that its processes contradict are not believed`() throws {
    let machine = SchedulerMachine()
    machine.process(50, in: Self.step, Self.told)
    machine.list([3: [50]])
    var source = SchedulerSource(machine.context)
    let facts = try #require(try source.look().jobs["slurm-4711"])
    #expect(facts.gpus == ["GPU-3"] && facts.gpusFrom == .processes)
  }

  @Test func `without the right to read its environment the account is unknown`() throws {
    let machine = SchedulerMachine()
    machine.process(50, in: Self.step)
    machine.list([1: [50]])
    var source = SchedulerSource(machine.context)
    let facts = try #require(try source.look().jobs["slurm-4711"])
    #expect(facts.account == nil && facts.name == nil && facts.jobID == "4711")
    #expect(facts.gpus == ["GPU-1"] && facts.gpusFrom == .processes)
  }

  @Test func `a task of an array is called by both numbers`() throws {
    let machine = SchedulerMachine()
    var told = Self.told
    told["SLURM_ARRAY_JOB_ID"] = "4700"
    told["SLURM_ARRAY_TASK_ID"] = "3"
    machine.process(50, in: Self.step, told)
    machine.list([0: [50]])
    var source = SchedulerSource(machine.context)
    let facts = try #require(try source.look().jobs["slurm-4700_3"])
    #expect(facts.number == "4700_3" && facts.isCalled("4700") && facts.isCalled("4711"))
  }

  @Test func `a job without any process on its accelerators holds them`() throws {
    let machine = SchedulerMachine()
    let folder = "/sys/fs/cgroup/system.slice/slurmstepd.scope/job_4711"
    machine.tree.write(folder + "/step_batch/user/task_0/cgroup.procs", "60\n")
    machine.process(
      60, in: "0::/system.slice/slurmstepd.scope/job_4711/step_batch/user/task_0\n", Self.told)
    machine.list([:])
    var source = SchedulerSource(machine.context)
    let seen = try source.look()
    #expect(seen.jobs["slurm-4711"]?.gpus == ["GPU-0", "GPU-2"])
    #expect(seen.values["slurm-4711"] == ["gpus_held": 2, "processes": 0, "gpus_unused": 2])
    machine.tree.remove(folder)
    #expect(try source.look(at: 1).values.isEmpty)
  }

  @Test func `a group of version 1 lists its devices, unless it may open all`() throws {
    let machine = SchedulerMachine()
    let folder = "/sys/fs/cgroup/devices/slurm/uid_1000"
    machine.tree.write(
      folder + "/job_4711/devices.list", "c 1:3 rwm\nc 195:1 rwm\nc 195:255 rwm\n")
    machine.tree.write(folder + "/job_4712/devices.list", "a *:* rwm\n")
    machine.list([:])
    var source = SchedulerSource(machine.context)
    let seen = try source.look()
    #expect(seen.jobs["slurm-4711"]?.gpus == ["GPU-2"])
    #expect(
      seen.jobs["slurm-4711"]?.gpusFrom == .cgroup && seen.jobs["slurm-4711"]?.user == "alice")
    // It may hold all or none: nobody knows.
    #expect(seen.jobs["slurm-4712"] == nil)
  }

  @Test func `the mapping folder tells what is held, and an epilogue takes it away file by file`()
    throws
  {
    let machine = SchedulerMachine()
    machine.tree.write("/jobs/0", "4711\n")
    machine.tree.write("/jobs/GPU-3", "4711\n4712\n")
    machine.tree.write("/jobs/1", "")
    machine.tree.write("/jobs/notes.txt", "1\n")
    machine.tree.write("/jobs/2.1", "pbs.77[3]\n\u{1B}[31m\n")
    machine.list([:])
    var source = SchedulerSource(machine.context, mapping: "/jobs")
    let seen = try source.look()
    #expect(seen.jobs["slurm-4711"]?.gpus == ["GPU-0", "GPU-3"])
    #expect(seen.jobs["slurm-4711"]?.gpusFrom == .mappingFolder)
    #expect(seen.jobs["slurm-4712"]?.gpus == ["GPU-3"])
    #expect(seen.jobs["job-pbs.77[3]"]?.gpus == ["GPU-2"] && seen.jobs.count == 3)
    machine.tree.write("/jobs/0", "")
    #expect(try source.look(at: 1).values["slurm-4711"]?["gpus_held"] == 2)
    machine.tree.write("/jobs/GPU-3", "4712\n")
    #expect(try source.look(at: 2).values.keys.sorted() == ["job-pbs.77[3]", "slurm-4712"])
  }

  @Test func `what is not listed in whole is not said to be unused`() throws {
    let machine = SchedulerMachine()
    machine.tree.write("/jobs/0", "4711\n")
    var source = SchedulerSource(machine.context, mapping: "/jobs")
    machine.list([:], isWhole: false)
    #expect(try source.look().values["slurm-4711"] == ["gpus_held": 1])
    machine.list([:], at: 1)
    #expect(try source.look(at: 1).values["slurm-4711"]?["gpus_unused"] == 1)
    // Nobody has asked for long.
    #expect(try source.look(at: 60).values["slurm-4711"] == ["gpus_held": 1])
  }

  @Test func `a job is there while its recorder runs in it`() throws {
    let machine = SchedulerMachine(environment: Self.told)
    machine.list([:])
    var source = SchedulerSource(machine.context)
    let seen = try source.look()
    #expect(seen.jobs["slurm-4711"]?.gpus == ["GPU-0", "GPU-2"])
    #expect(source.probe().message.contains("slurm 4711"))
  }

  @Test func `an environment does not count where SLURM keeps its jobs in groups`() throws {
    let machine = SchedulerMachine()
    machine.tree.folder("/sys/fs/cgroup/system.slice/slurmstepd.scope")
    machine.process(50, in: "0::/user.slice/session-3.scope\n", Self.told)
    machine.list([0: [50]])
    var source = SchedulerSource(machine.context)
    #expect(try source.look().jobs.isEmpty)
  }
}
