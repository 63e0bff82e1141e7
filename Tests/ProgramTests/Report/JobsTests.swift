import Glibc
import Recordings
import Telemetry
import Testing

/// Jobs that are found by themselves: real processes, seen by the real program.
@Suite struct JobsTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// A program that has mapped a library of that name, as a trainer has.
  private final class Trainer {
    private(set) var process: pid_t = 0

    init?(_ script: String, in folder: Folder) {
      let library = folder.file("libtorch_cpu.so")
      guard Self.copyLibrary(to: library) else { return nil }
      let words = ["/bin/sh", "-c", "cd \"$0\" && . ./train.sh", folder.path]
      folder.write(script + "\nwhile read -r line; do echo \"$line\" >&3; done\n", to: "train.sh")
      let variables = ["LD_PRELOAD=\(library)", "PATH=/usr/bin:/bin", "HF_TOKEN=hf_secret"]
      var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
      var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
      defer { (argv + envp).forEach { free($0) } }
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      defer { posix_spawn_file_actions_destroy(&actions) }
      // A pipe of its own that it holds both ends of: it waits there until it is ended.
      let pipe = folder.file("stdin")
      guard mkfifo(pipe, 0o600) == 0 else { return nil }
      posix_spawn_file_actions_addopen(&actions, 0, pipe, O_RDWR, 0)
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
      posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
      guard posix_spawn(&process, "/bin/sh", &actions, nil, &argv, &envp) == 0 else { return nil }
    }

    deinit {
      guard process > 0 else { return }
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }

    /// Copies a library that the shell has mapped itself, so that it can be loaded here.
    private static func copyLibrary(to path: String) -> Bool {
      let maps = Folder.read("/proc/self/maps") ?? ""
      let line = maps.split(separator: "\n").first { $0.contains("/libm.so") }
      guard let start = line?.firstIndex(of: "/"),
        let source = line.map({ String($0[start...]) }), let from = fopen(source, "rb"),
        let to = fopen(path, "wb")
      else { return false }
      defer {
        fclose(from)
        fclose(to)
      }
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while case let count = fread(&buffer, 1, buffer.count, from), count > 0 {
        fwrite(buffer, 1, count, to)
      }
      return true
    }
  }

  /// A trainer has libraries and data of its own: more room than any shell.
  private static let script = """
    room=$(head -c 40000000 /dev/zero | tr '\\0' x)
    mkdir -p out
    exec 3>>out/train.log
    for i in 1 2 3 4; do echo "iter $i: loss 2.$i, time 10.00ms, mfu 5.00%" >&3; done
    """

  private func startTrainer() throws -> Trainer {
    let trainer = try #require(Trainer(Self.script, in: folder), "no library to map")
    let isReady = eventually { folder.text("out/train.log")?.contains("iter 4") == true }
    try #require(isReady)
    return trainer
  }

  @Test func `a job that runs is found, followed and named`() throws {
    let trainer = try startTrainer()
    let result = try Program.run(["jobs"], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.contains("(pid \(trainer.process))"), "\(result.output)")
    #expect(result.output.contains("out/train.log: it is open for writing (nanoGPT text)"))
    #expect(!result.output.contains("hf_secret") && !result.output.contains("\u{1B}"))
    let lines = try Program.run(["jobs", "--json"], in: folder)
    let line = try #require(
      lines.output.split(separator: "\n").first { $0.hasPrefix("{\"pid\":\(trainer.process),") })
    #expect(line.contains("\"library\":\"PyTorch\"") && line.contains("\"format\":\"nanoGPT\""))
  }

  @Test func `its progress is recorded without a word from the user`() throws {
    let trainer = try startTrainer()
    let result = try Program.run(
      ["record", "-o", "f.hippo", "--source", "jobs", "--for", "1s", "--quiet"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let reader = try RecordingReader(path: folder.file("f.hippo"))
    var devices: [Device] = []
    try reader.observations { if case .device(let device) = $0 { devices.append(device) } }
    let job = try #require(devices.first { $0.attributes["pid"] == "\(trainer.process)" })
    #expect(job.attributes["path"]?.hasSuffix("/out/train.log") == true)
    let bytes = try #require(folder.bytes("f.hippo"))
    #expect(!String(decoding: bytes, as: UTF8.self).contains("hf_secret"))
  }

  @Test func `nothing found is said in a sentence`() throws {
    let result = try Program.run(["jobs"], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty && !result.output.isEmpty)
    if result.output.hasPrefix("No training or serving job was found.") {
      #expect(result.output.contains("hippowatt --log FILE"))
    }
    #expect(try Program.run(["jobs", "extra"], in: folder).status == 2)
  }
}
