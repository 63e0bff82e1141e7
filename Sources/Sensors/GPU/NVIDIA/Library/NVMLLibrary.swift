import CDrivers
import Glibc
import Linux
import Telemetry

/// NVIDIA's management library, opened at run time and initialised for as long as this lives.
///
/// Whoever is in one of its calls holds it, so that it is not unloaded under a call that hangs: it
/// then stays until the process ends. It may be called from any thread.
final class NVMLLibrary: @unchecked Sendable {
  private let handle: UnsafeMutableRawPointer
  private let shutdown: nvmlCall_t?
  private let count: nvmlGetCount_t

  /// The handle of a GPU by its NVML index.
  let device: nvmlGetHandle_t
  let calls: NVMLSymbols
  /// The driver's version, such as `590.48.01`.
  let driverVersion: String?
  /// The driver's branch, the first number of its version; `nil` when the version is not known.
  var driverBranch: Int? { driverVersion.flatMap { Int($0.prefix { $0 != "." }) } }
  /// The library's own version, such as `13.590.48.01`.
  let version: String?

  /// Where drivers put the library, beside where the loader finds it: WSL 2; NixOS; what container
  /// runtimes, GKE and the GPU operator mount; the folders of distributions.
  static let search = LibrarySearch(
    ["libnvidia-ml.so.1", "libnvidia-ml.so"],
    in: [
      "/usr/lib/wsl/lib", "/run/opengl-driver/lib", "/usr/local/nvidia/lib64",
      "/usr/local/nvidia/lib", "/home/kubernetes/bin/nvidia/lib64", "/var/lib/nvidia/lib64",
      "/run/nvidia/driver/usr/lib/x86_64-linux-gnu", "/run/nvidia/driver/usr/lib/aarch64-linux-gnu",
      "/run/nvidia/driver/usr/lib64",
    ] + LibrarySearch.systemFolders + [
      "/usr/lib/x86_64-linux-gnu/nvidia/current", "/usr/lib/aarch64-linux-gnu/nvidia",
      "/usr/lib64/nvidia",
    ])

  /// Opens and initialises the library.
  ///
  /// `path` stands in for all the places it is looked for, which are under `root`; `hiding` names
  /// functions to do without.
  /// - Throws: `SourceFailure` when it is not there, is not NVML, or cannot be initialised.
  init(
    path: String? = nil, hiding: Set<String> = [], root: String = "/"
  ) throws(SourceFailure) {
    let search = path.map { LibrarySearch(path: $0) } ?? Self.search
    let handle: UnsafeMutableRawPointer
    do throws(LibrarySearch.Failure) {
      handle = try search.open(under: root)
    } catch {
      throw error.failure(search)
    }
    func symbol(_ name: String) -> UnsafeMutableRawPointer? {
      hiding.contains(name) ? nil : dlsym(handle, name)
    }
    func find<Function>(_ newest: String, _ older: String, as type: Function.Type) -> Function? {
      (symbol(newest) ?? symbol(older)).map { unsafeBitCast($0, to: type) }
    }
    guard let start = find("nvmlInit_v2", "nvmlInit", as: nvmlCall_t.self),
      let count = find("nvmlDeviceGetCount_v2", "nvmlDeviceGetCount", as: nvmlGetCount_t.self),
      let device = find(
        "nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex", as: nvmlGetHandle_t.self)
    else {
      dlclose(handle)
      throw SourceFailure(
        .failed, "\(search.names[0]) lacks the basic functions of NVML",
        remedy: "check that it belongs to the NVIDIA driver")
    }
    if let error = NVMLError(start()) {
      // Closed, so that the library of a driver updated meanwhile is found next time.
      dlclose(handle)
      throw error.failure
    }
    self.handle = handle
    self.count = count
    self.device = device
    shutdown = symbol("nvmlShutdown").map { unsafeBitCast($0, to: nvmlCall_t.self) }
    let calls = NVMLSymbols(symbol)
    self.calls = calls
    let size = Int(NVML_SYSTEM_VERSION_BUFFER_SIZE)
    driverVersion = Self.text(size) { calls.driverVersion?($0, $1) }
    version = Self.text(size) { calls.libraryVersion?($0, $1) }
  }

  deinit {
    _ = shutdown?()
    dlclose(handle)
  }

  /// How many GPUs the driver shows this process.
  func deviceCount() throws(NVMLError) -> UInt32 {
    var number: UInt32 = 0
    if let error = NVMLError(count(&number)) { throw error }
    return number
  }

  /// The text that `call` writes; `nil` when it fails or is missing.
  static func text(
    _ size: Int, _ call: (UnsafeMutablePointer<CChar>?, UInt32) -> nvmlReturn_t?
  ) -> String? {
    var buffer = [CChar](repeating: 0, count: size + 1)
    guard call(&buffer, UInt32(size)) == nvmlReturn_t(NVML_SUCCESS) else { return nil }
    let text = buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
    return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
  }
}

extension LibrarySearch.Failure {
  /// What the user is told of a missing driver library.
  fileprivate func failure(_ search: LibrarySearch) -> SourceFailure {
    switch self {
    case .absent:
      SourceFailure(
        .absent, "no NVIDIA driver: looked for \(search.words)",
        remedy: "install the NVIDIA driver; start a container with --gpus all")
    case .refused(let path, let reason):
      SourceFailure(
        .failed, "\(path) cannot be opened: \(reason)",
        remedy: "check that it belongs to the NVIDIA driver of this machine")
    }
  }
}
