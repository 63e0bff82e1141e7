/// The names by which loader workers and their helpers are known.
///
/// Source: `_set_thread_name` in PyTorch's `torch/utils/data/_utils`, cut to 15 bytes by the kernel:
/// `pt_data_worker` since 2.5, `pt_multiprocess` and `pt_thread_data_` in later sources, `pt_data_pin`
/// for the thread that copies into pinned memory.
enum LoaderNames {
  private static let processes = ["pt_data_worker", "pt_multiprocess"]
  private static let threads = ["pt_thread_data_"]
  private static let pin = "pt_data_pin"
  private static let helpers = [
    "multiprocessing.resource_tracker", "multiprocessing.forkserver",
    "multiprocessing.semaphore_tracker",
  ]
  private static let startedWorkers = ["multiprocessing.spawn", "multiprocessing.forkserver"]

  private static let launchers = [
    "python", "pypy", "torchrun", "accelerate", "deepspeed", "mpirun", "mpiexec", "orted", "prted",
    "prterun", "hydra_pmi_proxy", "srun", "slurmstepd", "pt_elastic",
  ]

  private static let accelerators = [
    "/dev/nvidia", "/dev/kfd", "/dev/dri/renderD", "/dev/accel", "/dev/davinci", "/dev/hl",
  ]

  /// Whether a file is one by which an accelerator is used.
  static func isAccelerator(file: String) -> Bool {
    accelerators.contains(where: file.hasPrefix)
  }

  /// Whether a program of that name starts the ranks of a job.
  static func isLauncher(_ program: String) -> Bool {
    launchers.contains(where: program.hasPrefix)
  }

  /// Whether a process of that short name loads data.
  static func isWorker(process name: String) -> Bool { processes.contains(where: name.hasPrefix) }

  /// Whether a thread of that name, inside the trainer, loads data.
  static func isWorker(thread name: String) -> Bool { threads.contains(where: name.hasPrefix) }

  /// Whether a thread of that name hands batches on to the trainer's main thread.
  static func isPin(thread name: String) -> Bool { name.hasPrefix(pin) }

  /// Whether a process only helps Python's multiprocessing and does no work of its own.
  static func isHelper(_ words: [String]) -> Bool {
    words.count < 12
      && words.contains { word in helpers.contains { word.contains($0) } }
      && !words.contains { $0.hasPrefix("--multiprocessing-fork") }
  }

  /// Whether Python's multiprocessing started a process afresh for its parent's work.
  static func isSpawned(_ words: [String]) -> Bool {
    words.contains { $0.hasPrefix("--multiprocessing-fork") }
      || words.contains { word in startedWorkers.contains { word.contains("from \($0)") } }
        && !isHelper(words)
  }
}
