import Glibc
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

@Suite("Finding jobs among processes")
struct FindingProcessTests {
  let tree = FileTree()

  @Test("a process that computes on an accelerator is a job, with or without a file")
  func accelerator() throws {
    tree.process(41, ["python3", "train.py"], descriptors: FileTree.cuda)
    tree.process(42, ["./trainer"], descriptors: [.reads(3, "/dev/kfd")])
    let jobs = tree.jobs()
    #expect(jobs.map(\.title) == ["train.py (pid 41)", "trainer (pid 42)"])
    #expect(jobs.allSatisfy { $0.isOnGPU && $0.isCertain })
    #expect(jobs.map(\.why) == ["it holds /dev/nvidia-uvm", "it holds /dev/kfd"])
    #expect(jobs.map(\.isLearning) == [true, false])
  }

  @Test("a display or a monitor on the same card is none")
  func displays() throws {
    tree.process(
      41, ["/usr/bin/firefox"],
      descriptors: [.reads(3, "/dev/nvidia0"), .reads(4, "/dev/dri/renderD128")])
    tree.process(42, ["nvtop"], descriptors: [.reads(3, "/dev/nvidiactl")])
    tree.process(
      43, ["python3", "train.py"], maps: FileTree.torch,
      descriptors: [.reads(3, "/dev/dri/renderD128")])
    tree.process(44, ["bash"])
    tree.process(45, ["nvidia-cuda-mps-server"], descriptors: FileTree.cuda)
    var finder = JobFinder(tree.context)
    let jobs = finder.look(FixedClock(Timestamp(seconds: 1)))
    #expect(jobs.map(\.pid) == [43])
    #expect(jobs[0].why == "it holds /dev/dri/renderD128 and computes with PyTorch")
    #expect(
      finder.skipped.map(\.what) == [
        "firefox (pid 41)", "nvtop (pid 42)", "nvidia-cuda-mps-server (pid 45)",
      ])
  }

  @Test(
    "the library that is mapped names what it computes with",
    arguments: [
      ("/x/torch/lib/libtorch_cpu.so", "PyTorch"), ("/x/jaxlib/xla_extension.so", "JAX"),
      ("/x/jaxlib/libjax_common.so", "JAX"), ("/x/libtensorflow_framework.so.2", "TensorFlow"),
      ("/dev/shm/libggml-base.so", "ggml"),
    ])
  func libraries(path: String, library: String) throws {
    tree.process(41, ["python3", "-m", "lab.train"], maps: ["/usr/lib/libc.so.6", path])
    let job = try #require(tree.jobs().first)
    #expect(job.library == library && job.name == "lab.train")
    #expect(!job.isOnGPU && !job.isCertain)
  }

  @Test("a device that is mapped counts like one that is open")
  func mapped() {
    tree.process(41, ["./a.out"], maps: ["/dev/nvidia-uvm"])
    #expect(tree.jobs().map(\.isOnGPU) == [true])
  }

  @Test("other users' processes are not looked at")
  func users() {
    tree.process(41, ["python3", "train.py"], maps: FileTree.torch)
    #expect(tree.jobs(user: getuid()).count == 1)
    #expect(tree.jobs(user: getuid() + 1).isEmpty)
  }

  @Test("of the environment nothing but a job's place among its ranks is kept")
  func environment() {
    let block = "HF_TOKEN=hf_secret\0RANK=3\0WANDB_API_KEY=k\0WORLD_SIZE=8\0=\0RANKS\0LOCAL_RANK=\0"
    let environment = JobEnvironment(Array(block.utf8))
    #expect(environment.rank == 3 && environment.worldSize == 8 && environment.localRank == nil)
    #expect(!"\(environment)".contains("secret") && !"\(environment)".contains("WANDB"))
    #expect(environment["HF_TOKEN"] == nil)
    let wild = JobEnvironment(Array("RANK=-1\0WORLD_SIZE=99999999999999999999\0".utf8))
    #expect(wild.rank == nil && wild.worldSize == nil)
  }

  /// Two ranks under torchrun, each with a worker that loads data.
  private func ranks() {
    let script = ["/usr/bin/python3", "-u", "train.py", "--lr", "1"]
    tree.process(40, ["python3", "/usr/bin/torchrun", "train.py"], maps: FileTree.torch)
    for rank in 0...1 {
      let pid = Int32(51 - rank)
      let place = ["RANK": "\(rank)", "LOCAL_RANK": "\(rank)", "WORLD_SIZE": "16"]
      tree.process(
        pid, script, parent: 40, session: 40, started: 600, environment: place,
        maps: FileTree.torch, descriptors: FileTree.cuda)
      tree.process(
        pid + 10, script, parent: pid, session: 40, started: 700, environment: place,
        maps: FileTree.torch)
    }
  }

  @Test("ranks and their workers are one job, and rank 0 speaks for it")
  func launched() throws {
    ranks()
    let jobs = tree.jobs()
    #expect(jobs.count == 1)
    let job = try #require(jobs.first)
    #expect(job.pid == 51 && job.launcher == "torchrun" && job.worldSize == 16)
    #expect(Set(job.members) == [50, 51, 60, 61])
    #expect(job.command == "/usr/bin/python3 -u train.py --lr 1")
  }

  @Test("ranks of one batch step hang together without a launcher above them")
  func batch() throws {
    for rank in 0...1 {
      tree.process(
        Int32(70 + rank), ["python3", "pretrain.py"], parent: 9,
        environment: [
          "SLURM_JOB_ID": "4711", "SLURM_STEP_ID": "0", "SLURM_PROCID": "\(1 - rank)",
          "SLURM_NTASKS": "2", "SLURM_NNODES": "1",
        ], descriptors: FileTree.cuda)
    }
    let jobs = tree.jobs()
    #expect(jobs.map(\.pid) == [71])
    #expect(jobs.first?.batchJob == "slurm 4711" && jobs.first?.worldSize == 2)
  }

  @Test("two scripts that one shell started are two jobs, and so is a notebook's")
  func separate() {
    tree.process(41, ["python3", "a.py"], parent: 9, session: 9, maps: FileTree.torch)
    tree.process(42, ["python3", "b.py"], parent: 9, session: 9, maps: FileTree.torch)
    tree.process(43, ["python3", "train.py"], parent: 41, session: 9, maps: FileTree.torch)
    tree.process(
      44, ["python3", "-c", "from multiprocessing.spawn import spawn_main"], parent: 42,
      session: 9, maps: FileTree.torch)
    let jobs = tree.jobs()
    #expect(jobs.map(\.members) == [[41], [42, 44], [43]])
  }

  @Test("the accelerators are named where that is certain")
  func accelerators() throws {
    for (index, bus) in ["0000:01:00.0", "0000:02:00.0", "0000:10:00.0"].enumerated() {
      tree.write(
        "/proc/driver/nvidia/gpus/\(bus)/information",
        "Model: \t\t NVIDIA H100\nGPU UUID: \t GPU-\(index)a\nDevice Minor: \t \(index)\n")
    }
    func gpus(_ visible: String?) -> [String]? {
      tree.process(
        41, ["python3", "train.py"],
        environment: visible.map { ["CUDA_VISIBLE_DEVICES": $0] } ?? [:],
        descriptors: FileTree.cuda)
      return tree.jobs().first?.gpus
    }
    #expect(gpus("2, 0") == ["GPU-0a", "GPU-2a"])
    #expect(gpus("GPU-1") == ["GPU-1a"])
    #expect(gpus("7") == [])
    #expect(gpus("MIG-1234") == [])
    #expect(gpus(nil) == [])
    tree.write(
      "/proc/driver/nvidia/gpus/0000:01:00.0/information",
      "Model: \t\t NVIDIA T4\nGPU UUID: \t GPU-0a\n")
    #expect(gpus("0") == [], "CUDA puts the fastest first")
  }

  @Test(
    "a server is known by its command, and by the port it listens on",
    arguments: [
      (["python3", "/usr/bin/vllm", "serve", "m"], "vLLM"),
      (["python3", "-m", "sglang.launch_server", "--model", "m"], "SGLang"),
      (["/opt/llama-server", "-m", "x.gguf"], "llama.cpp"), (["tritonserver"], "Triton"),
      (["/usr/bin/ollama", "serve"], "Ollama"),
      (["python3", "/usr/bin/lmdeploy", "serve", "api_server"], "LMDeploy"),
    ])
  func servers(words: [String], engine: String) throws {
    tree.process(
      41, words, descriptors: [.reads(5, "socket:[9001]"), .reads(6, "socket:[9002]")])
    let head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid"
    func row(_ address: String, _ state: String, _ inode: Int) -> String {
      "   0: \(address) 00000000:0000 \(state) 00000000:00000000 00:00000000 00000000  1000"
        + "        0 \(inode) 1 0 100 0\n"
    }
    tree.write(
      "/proc/41/net/tcp",
      "\(head)\n" + row("0100007F:1F40", "0A", 9001) + row("0100007F:1F41", "01", 9002)
        + row("0100007F:0016", "0A", 7) + "torn 0A")
    tree.write("/proc/41/net/tcp6", "\(head)\n")
    let job = try #require(tree.jobs().first)
    #expect(job.ports == [ServingPort(port: 8000, engine: engine)])
    #expect(job.isCertain)
    #expect(job.silence.contains("serves with \(engine) on port 8000"))
    #expect(job.advice.contains(engine == "Ollama" ? "no numbers" : "http://127.0.0.1:8000"))
  }

  @Test("a trainer's ports and a launcher by itself are nothing to list")
  func nothing() {
    tree.process(41, ["python3", "/usr/bin/accelerate", "launch", "x.py"], maps: FileTree.torch)
    tree.process(42, ["srun", "python", "x.py"])
    tree.process(43, ["composer", "install"])
    #expect(tree.jobs().isEmpty)
  }
}
