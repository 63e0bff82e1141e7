/// Where a job was told to write, by its command line, and where jobs usually write.
enum OutputPaths {
  /// A path with the reason to look at it.
  struct Entry: Hashable, Sendable {
    /// As the job was given it: absolute, or from its working folder.
    var path: String
    var why: String
  }

  /// Options that name a folder or a file of output, over the frameworks that are read.
  private static let options: Set<String> = [
    "--output_dir", "--output-dir", "--logging_dir", "--logging-dir", "--tensorboard-dir",
    "--tensorboard_dir", "--tensorboard_logdir", "--save", "--save-dir", "--save_dir", "-o",
    "--dump_folder", "--dump-folder", "--job.dump_folder", "--log-dir", "--log_dir", "--logdir",
    "--log-file", "--log_file", "--out_dir", "--out-dir", "--output", "--default_root_dir",
    "--trainer.default_root_dir", "--project", "--run-dir", "--workdir", "--work-dir",
    "--redirects-dir", "hydra.run.dir", "output_dir", "work_dir", "log_dir", "out_dir",
    "training.output_dir",
    "trainer.default_root_dir", "trainer.default_local_dir", "base_output_directory",
  ]

  /// The paths a command line names: `--output_dir out`, `--output_dir=out`, `hydra.run.dir=out`.
  static func named(by words: [String]) -> [Entry] {
    var entries: [Entry] = []
    for (index, word) in words.enumerated().dropFirst() where entries.count < 16 {
      var option = word
      var value: String?
      if let equals = word.firstIndex(of: "=") {
        option = String(word[..<equals])
        value = String(word[word.index(after: equals)...])
      } else if index + 1 < words.count, word.hasPrefix("-") {
        value = words[index + 1]
      }
      guard options.contains(option), var value, !value.isEmpty, !value.hasPrefix("-") else {
        continue
      }
      while value.count > 1, value.hasSuffix("/") { value.removeLast() }
      entries.append(Entry(path: value, why: "named by \(option)"))
    }
    return entries
  }

  /// Folders below the working folder that jobs usually write to.
  static let usual: [Entry] = [
    "wandb/latest-run/files", "wandb/latest-run", "lightning_logs", "runs", "outputs", "out",
    "output", "logs", "log", "mlruns", "work_dirs",
  ].map { Entry(path: $0, why: "in \($0)/, a usual place") }

  /// The file a SLURM batch job's output goes to, unless its script said otherwise.
  static func slurm(_ environment: JobEnvironment) -> Entry? {
    guard let job = environment["SLURM_JOB_ID"], job.allSatisfy(\.isNumber),
      let folder = environment["SLURM_SUBMIT_DIR"], folder.hasPrefix("/")
    else { return nil }
    return Entry(path: "\(folder)/slurm-\(job).out", why: "the output of SLURM job \(job)")
  }
}
