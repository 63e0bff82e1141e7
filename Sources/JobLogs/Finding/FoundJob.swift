import HTTP
import Linux
import Serving

/// A training or serving job that runs on this machine, and what can be read of it.
///
/// Names, commands and paths are as their owners chose them and may hold anything; whoever shows
/// them cleans them.
public struct FoundJob: Sendable, Hashable {
  /// The process that speaks for the job: its rank 0, or its oldest process.
  public var pid: Int32
  /// When that process began, in clock ticks since the machine started.
  public var started: Int64
  /// The short name: its script's rather than its interpreter's.
  public var name: String
  /// The command line of the process that speaks for it.
  public var command: String
  /// The name of its owner, or the number where no name is known.
  public var user: String?
  /// Why it is taken for a job, in words.
  public var why: String
  /// What started its ranks, such as `torchrun`.
  public var launcher: String?
  /// The number of ranks it says it has, over all machines.
  public var worldSize: Int?
  /// The number of machines it says it runs on.
  public var nodes: Int?
  /// The batch job it belongs to, such as `slurm 4711`.
  public var batchJob: String?
  /// Kind and short id of the container it runs in, such as `docker 1f0c2a9b8e7d`.
  public var container: String?
  /// Whether one of its processes holds an accelerator open for computing.
  public var isOnGPU: Bool
  /// The accelerators it may see as it was told them, such as `0,1`.
  public var visibleGPUs: String?
  /// The names of its accelerators, where they are known for certain.
  public var gpus: [String]
  /// The accelerators its processes were told to use, where that can be told apart from here.
  var visible: VisibleAccelerators?
  /// Why not all can be known of its processes, in words.
  public var unseen: String?
  /// The library it computes with, such as `PyTorch`.
  public var library: String?
  /// The server program it runs, such as `vLLM`.
  public var engine: String?
  /// Whether its library or program says that it learns or serves, and not that it cuts films.
  public var isLearning: Bool
  /// Every process of it on this machine.
  public var members: [Int32]
  /// Files of progress, the best first.
  public var files: [FoundFile] = []
  /// Where it listens, if it serves.
  public var ports: [ServingPort] = []
  /// What was seen and left alone.
  public var skipped: [Skipped] = []
  /// What its standard output is, when it is no file: `a pipe`, `a terminal`.
  public var output: String?

  /// The file that is worth following: the first of its own that a reader understands or may come to.
  public var best: FoundFile? { files.first { $0.doubt == nil } }

  /// Whether a file that it certainly writes is understood.
  var isSettled: Bool { files.contains { $0.isCertain && $0.format != nil } }

  /// Whether another look may show that a file is its own.
  public var isOnTrial: Bool { best == nil && files.contains { $0.doubt != nil } }

  /// Whether files of progress may lie in its folders that it does not hold open.
  ///
  /// A server writes none, and a notebook lies among the files of whatever else runs there.
  var mayLeaveFiles: Bool {
    engine == nil
      && !["ipykernel", "ipython", "jupyter", "colab_kernel", "xpython"].contains {
        name.hasPrefix($0)
      }
  }

  /// Name and number in one, for sentences.
  public var title: String { "\(name) (pid \(pid))" }

  /// What a user can do when there is no file to follow; a sentence.
  public var advice: String {
    if engine != nil {
      let server = ports.first.flatMap {
        ServeProbe.candidates(forPort: Int($0.port), commandLine: command).first
      }
      if let server, server.paths.isEmpty { return "it publishes no numbers to read" }
      let place = ports.first.map { "http://127.0.0.1:\($0.port)" } ?? "URL"
      let remedy = server.flatMap { $0.remedy.isEmpty ? nil : ", once it publishes: \($0.remedy)" }
      return "hippowatt --serve-url \(place) asks it for its tokens\(remedy ?? "")"
    }
    if isOnTrial { return "--log FILE names the log, if you know that it is the job's" }
    return "start it with `… | tee train.log`, name a file with --log FILE, "
      + "or run it under `hippowatt record -- …`"
  }

  /// Where its server would publish its numbers; `nil` for what is no server, or publishes none.
  var metrics: HTTPURL? {
    guard engine != nil, let port = ports.first?.port,
      let path = ServeProbe.candidates(forPort: Int(port), commandLine: command).first?.paths.first
    else { return nil }
    return try? HTTPURL("http://127.0.0.1:\(port)\(path)")
  }

  /// Why nothing of it is followed; a sentence.
  public var silence: String {
    if let engine {
      let place = ports.first.map { " on port \($0.port)" } ?? ""
      return "\(title) serves with \(engine)\(place) and is not asked for its numbers"
    }
    if let file = files.first(where: { $0.doubt != nil }), best == nil, let doubt = file.doubt {
      return
        "\(title): job found, its progress isn't: \(file.shown) may be another's, since \(doubt)"
    }
    if let output {
      return "\(title) writes to \(output), which cannot be read"
    }
    return "\(title) has no file of progress that can be read"
  }
}

/// A file that may tell how far a job is.
public struct FoundFile: Sendable, Hashable {
  /// The path to open, which may lead through a container's root.
  public var path: String
  /// The path as the job knows it.
  public var shown: String
  /// How it was found, in words.
  public var why: String
  /// The reader's name for it, such as `text`.
  public var reader: String
  /// The format that a look at its end recognised; `nil` when it says nothing yet.
  public var format: String?
  /// Which file it is, whatever its name.
  var identity: FileIdentity
  /// Whether the job holds it open, or a `tee` behind it does; else it merely lies there.
  var isCertain: Bool
  /// Why it is not followed as the job's, in words; `nil` when it is the job's beyond doubt.
  public var doubt: String?
  /// Whether what stands in it may have been written before the job began, by another run.
  var mayHoldOlder = false
  /// Other jobs that work where it lies, by their pids.
  var rivals: [Int32] = []
}

/// A port that a server listens on.
public struct ServingPort: Sendable, Hashable {
  /// The TCP port, on this machine.
  public var port: UInt16
  /// The server program, as the command line names it.
  public var engine: String
}

/// Something that was seen and is not read, and why.
public struct Skipped: Sendable, Hashable {
  /// What was left alone, such as a path.
  public var what: String
  /// The reason, in words.
  public var why: String
}
