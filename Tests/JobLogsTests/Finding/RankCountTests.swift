import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// How many ranks a job has, by what started them.
@Suite struct RankCountTests {
  @Test func commandLinesOfLaunchers() {
    func ranks(_ line: String) -> Int? {
      RankCount.ranks(startedBy: line.split(separator: " ").map(String.init))
    }
    #expect(ranks("python3 /usr/bin/torchrun --nproc_per_node=8 --nnodes=2 train.py") == 16)
    #expect(ranks("torchrun --nproc-per-node 4 -m lab.train --nnodes 9") == 4)
    #expect(ranks("python3 -m torch.distributed.run --nnodes 3 --nproc_per_node 2 t.py") == 6)
    #expect(ranks("torchrun train.py --nproc_per_node 8") == 1)
    #expect(ranks("torchrun --nproc_per_node gpu train.py") == nil)
    #expect(ranks("torchrun --nproc_per_node=8 --nnodes=1:4 train.py") == nil)
    #expect(ranks("python3 /usr/bin/accelerate launch --num_processes 16 train.py") == 16)
    #expect(ranks("accelerate launch train.py --num_processes 3") == nil)
    #expect(ranks("deepspeed --num_gpus 8 --num_nodes 2 train.py") == 16)
    #expect(ranks("deepspeed --num_gpus 8 train.py") == nil)
    #expect(ranks("mpirun -np 16 -H a:8,b:8 python3 train.py -n 3") == 16)
    #expect(ranks("srun -n16 --gpus-per-task=1 python3 train.py") == 16)
    #expect(ranks("srun --ntasks=4 bash run.sh") == 4)
    #expect(ranks("python3 train.py --nproc_per_node 8") == nil)
    #expect(ranks("torchrun --nproc_per_node -3 train.py") == nil)
    #expect(ranks("torchrun --nproc_per_node 99999999999999999999 train.py") == nil)
    #expect(ranks("torchrun --nproc_per_node 16777215 --nnodes 16777215 train.py") == nil)
  }

  @Test func environmentsOfRanks() {
    func size(_ text: String) -> Int? {
      JobEnvironment(Array(text.split(separator: " ").joined(separator: "\0").utf8)).worldSize
    }
    #expect(size("WORLD_SIZE=16 SLURM_STEP_ID=0 SLURM_NTASKS=2") == 16)
    #expect(size("SLURM_STEP_ID=0 SLURM_NTASKS=2") == 2)
    #expect(size("SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=4 SLURM_NTASKS=8") == 4)
    #expect(size("SLURM_NTASKS=8") == nil, "a batch script that starts one process itself")
    #expect(size("SLURM_STEP_ID=4294967291 SLURM_NTASKS=8") == nil, "the batch step")
    #expect(size("OMPI_COMM_WORLD_SIZE=4") == 4)
    #expect(size("PMI_SIZE=4") == 4)
  }

  @Test func theLauncherNearestToTheRankCounts() throws {
    let tree = FileTree()
    tree.process(30, ["srun", "-n", "2", "torchrun", "train.py"])
    tree.process(
      40, ["python3", "torchrun", "--nproc_per_node=8", "--nnodes=2", "train.py"], parent: 30,
      maps: FileTree.torch)
    tree.process(41, ["python3", "train.py"], parent: 40, maps: FileTree.torch)
    let job = try #require(tree.jobs().first)
    #expect(job.worldSize == 16)
    tree.process(
      41, ["python3", "train.py"], parent: 40, environment: ["WORLD_SIZE": "4"],
      maps: FileTree.torch)
    #expect(tree.jobs().first?.worldSize == 4)
  }

  /// A log may speak of another size: of a node, of a group, or of a job before.
  @Test func theLauncherKnowsBetterThanTheLog() throws {
    let tree = FileTree()
    tree.boot(secondsAgo: 10_000)
    let line = "[rank0]: Let world_size: 2\n"
    tree.write(
      "/home/train.log",
      "[2026-03-14 10:00:00,000] [INFO] [comm.py:1:x] initialize_process_group world_size=2\n\(line)"
        + "  world_size ...................................... 2\n"
        + "iter 1: loss 2.5, time 10.00ms, mfu 5.00%\n")
    let log = tree.root + "/home/train.log"
    tree.process(
      41, ["python3", "train.py"], environment: ["WORLD_SIZE": "16", "RANK": "0"],
      maps: FileTree.torch, descriptors: [.writes(5, log)])
    var found = JobSource(tree.context)
    let heard = try found.sample(FixedClock(Timestamp(seconds: 1000)))
    #expect(heard.devices.last?.attributes["world_size"] == "16")

    let processes = JobProcesses(writing: log, in: tree.context)
    #expect(processes.worldSize == 16)
    let source = LogSource(path: log, machine: "box", local: tree.context.localTime)
    var named = OwnedJobSource(source, path: log, tree.context)
    let told = try named.sample(FixedClock(Timestamp(seconds: 1000)))
    #expect(told.devices.last?.attributes["world_size"] == "16")
  }
}
