import Glibc
import Linux
import Telemetry

/// What speaks for a process being part of a job: its accelerators, its libraries, its program.
struct JobEvidence: Hashable, Sendable {
  /// Device files that only programs that compute hold open, such as `/dev/nvidia-uvm`.
  var computeDevices: Set<String> = []
  /// Device files that displays, browsers and monitors hold open too.
  var otherDevices: Set<String> = []
  /// The library it computes with, such as `PyTorch`.
  var library: String?
  /// Whether the run-time library of an accelerator is mapped.
  var hasRuntime = false
  /// Whether it belongs to a Ray cluster: its driver or one of its workers.
  var usesRay = false
  /// Its place in a Ray cluster, as far as its logs show it.
  var ray = RayPlace()
  /// Whether its open files could be looked at.
  var isReadable = true
  /// A program that is known to train or to serve.
  var program: KnownProgram?

  /// Whether it computes on an accelerator.
  ///
  /// A browser holds a GPU as well as a trainer does; what tells them apart is a device for
  /// computing, or a library for it.
  var isOnGPU: Bool {
    !computeDevices.isEmpty || (!otherDevices.isEmpty && (hasRuntime || library != nil))
  }

  var holdsAccelerator: Bool { !computeDevices.isEmpty || !otherDevices.isEmpty }

  var isLauncher: Bool { program?.role == .launcher }

  /// Whether there is reason to take the process for a part of a job.
  var isJob: Bool {
    switch program?.role {
    case .service: false
    case .training, .serving: true
    case .launcher, nil: isOnGPU || library != nil
    }
  }

  /// In words: what the process holds.
  var words: String {
    let device = computeDevices.sorted().first ?? otherDevices.sorted().first
    switch (isOnGPU ? device : nil, library) {
    case (let device?, let library?): return "it holds \(device) and computes with \(library)"
    case (let device?, nil): return "it holds \(device)"
    case (nil, let library?): return "it computes with \(library)"
    case (nil, nil): return program.map { "it runs \($0.name)" } ?? "nothing speaks for it"
    }
  }

  /// Takes a device file's path into account, if it is an accelerator's.
  mutating func note(device path: some StringProtocol) {
    guard path.hasPrefix("/dev/") else { return }
    let name = path.dropFirst(5)
    if Self.compute.contains(where: { name.hasPrefix($0) }) {
      computeDevices.insert(String(path.prefix(64)))
    } else if name.hasPrefix("nvidia") || name.hasPrefix("dri/renderD") || name == "dxg" {
      if otherDevices.count < 64 { otherDevices.insert(String(path.prefix(64))) }
    }
  }

  /// Device files that serve nothing but computing: CUDA's memory, AMD's, and accelerators proper.
  private static let compute = [
    "nvidia-uvm", "kfd", "accel", "davinci", "neuron", "tenstorrent/", "hl",
  ]

  /// Takes a mapped file into account by the last part of its path.
  mutating func note(mapped name: UnsafeRawBufferPointer) {
    func begins(_ prefix: StaticString) -> Bool {
      let count = prefix.utf8CodeUnitCount
      guard let base = name.baseAddress, name.count >= count else { return false }
      return memcmp(base, prefix.utf8Start, count) == 0
    }
    if begins("_raylet") { usesRay = true }
    guard begins("lib") || begins("xla") || begins("_jax") else { return }
    if library == nil {
      for (prefix, title) in Self.libraries where begins(prefix) {
        library = title
        return
      }
    }
    if !hasRuntime { hasRuntime = Self.runtimes.contains { begins($0) } }
  }

  /// Libraries whose presence alone says what a program does.
  private static let libraries: [(StaticString, String)] = [
    ("libtorch", "PyTorch"), ("xla_extension", "JAX"), ("libjax", "JAX"), ("_jax", "JAX"),
    ("libtensorflow", "TensorFlow"), ("libpaddle", "PaddlePaddle"), ("libmindspore", "MindSpore"),
    ("libmxnet", "MXNet"), ("libllama", "llama.cpp"), ("libggml", "ggml"),
    ("libnvinfer", "TensorRT"),
  ]

  private static let runtimes: [StaticString] = [
    "libcudart", "libcuda.so", "libamdhip64", "libhsa-runtime64", "libze_intel_gpu", "libnccl",
  ]
}

extension JobEvidence {
  /// Looks at a process; what may not be read counts as not there.
  init(_ process: ProcessRecord, in context: SourceContext) {
    program = KnownProgram(process.words, name: process.name)
    let folder = context.path("/proc/\(process.pid)")
    isReadable = OpenDescriptors.each(in: folder) { _, target in
      note(device: target)
      ray.note(open: target)
    }
    ray.folder = SystemFile.linkTarget(folder + "/cwd")
    var last: [UInt8] = []
    ProcFile.lines(folder + "/maps", limit: 16 << 20) { line in
      // Address, rights, offset, device, inode, then the path: its first slash begins it.
      guard let base = line.baseAddress, let slash = memchr(base, 0x2F, line.count) else {
        return true
      }
      let start = UnsafeRawPointer(slash) - base
      let path = UnsafeRawBufferPointer(rebasing: line[start...])
      guard let end = path.lastIndex(of: 0x2F) else { return true }
      let name = UnsafeRawBufferPointer(rebasing: path[(end + 1)...])
      // Each library is mapped in several pieces.
      if last.elementsEqual(name) { return true }
      last = Array(name)
      note(mapped: name)
      if path.count < 64, path.starts(with: "/dev/".utf8) {
        note(device: String(decoding: path, as: UTF8.self))
      }
      return true
    }
  }
}
