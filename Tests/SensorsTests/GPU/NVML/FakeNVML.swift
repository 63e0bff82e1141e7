import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

/// The scripted library that stands in for the driver's; a copy of its own for every test.
final class FakeNVML {
  let path: String
  private let handle: UnsafeMutableRawPointer

  init(gpus: UInt32 = 1) throws {
    let bundle = try #require(SystemFile.linkTarget("/proc/self/exe"))
    let folder = bundle.split(separator: "/").dropLast().joined(separator: "/")
    let original = "/\(folder)/libFakeNVML.so"
    // The loader keeps one instance of a file, and with it its state; a copy is another file.
    var template = Array("/tmp/hippowatt-nvml-XXXXXX".utf8CString)
    let copy = mkstemp(&template)
    defer { close(copy) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let source = open(original, O_RDONLY)
    defer { close(source) }
    try #require(source >= 0, "\(original) is missing: build the product FakeNVML")
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(source, &buffer, buffer.count), count > 0 {
      try #require(Glibc.write(copy, buffer, count) == count)
    }
    handle = try #require(dlopen(path, RTLD_NOW | RTLD_LOCAL))
    reset(gpus: gpus)
  }

  deinit {
    dlclose(handle)
    unlink(path)
  }

  private func function<Function>(_ name: String, as type: Function.Type) -> Function? {
    dlsym(handle, name).map { unsafeBitCast($0, to: type) }
  }

  func reset(gpus: UInt32) {
    function("fake_nvml_reset", as: (@convention(c) (UInt32) -> Void).self)?(gpus)
  }

  func set(_ field: String, _ value: UInt64, gpu: UInt32 = 0) {
    typealias Call = @convention(c) (UInt32, UnsafePointer<CChar>, UInt64) -> Void
    function("fake_nvml_set", as: Call.self)?(gpu, field, value)
  }

  /// Lets a function answer with a code; the name `gpu` stands for all of them.
  func answer(_ name: String, _ code: Int32, gpu: Int32 = -1) {
    typealias Call = @convention(c) (UnsafePointer<CChar>, Int32, Int32) -> Void
    function("fake_nvml_answer", as: Call.self)?(name, gpu, code)
  }

  /// Lets calls of a function wait until they are let go on; the name `gpu` does not stand for all.
  func block(_ name: String, _ blocks: Bool, gpu: Int32 = -1) {
    typealias Call = @convention(c) (UnsafePointer<CChar>, Int32, Int32) -> Void
    function("fake_nvml_block", as: Call.self)?(name, gpu, blocks ? 1 : 0)
  }

  /// Puts the driver's time, in seconds.
  func time(_ seconds: Double) {
    function("fake_nvml_time", as: (@convention(c) (Double) -> Void).self)?(seconds)
  }

  /// Puts the number of GPUs without forgetting anything.
  func count(_ gpus: UInt32) {
    function("fake_nvml_count", as: (@convention(c) (UInt32) -> Void).self)?(gpus)
  }

  /// Makes the driver one of another branch, such as 575; 590 at first.
  func driver(branch: UInt32) {
    function("fake_nvml_driver", as: (@convention(c) (UInt32) -> Void).self)?(branch)
  }

  func reload() { function("fake_nvml_reload", as: (@convention(c) () -> Void).self)?() }

  /// Plays a power over time: corners of seconds and watts, straight lines between them.
  func power(_ corners: [(Double, Double)], gpu: UInt32 = 0) {
    typealias Call = @convention(c) (UInt32, Double, Double) -> Void
    for (seconds, watts) in corners {
      function("fake_nvml_power", as: Call.self)?(gpu, seconds, watts)
    }
  }

  /// The joules drawn up to a time: the truth.
  func joules(at seconds: Double, gpu: UInt32 = 0) -> Double {
    typealias Call = @convention(c) (UInt32, Double) -> Double
    return function("fake_nvml_joules", as: Call.self)?(gpu, seconds) ?? .nan
  }

  /// Puts a process on a GPU with its bytes and the percentage of the time it works.
  func process(_ pid: UInt32, bytes: UInt64 = 1 << 30, percent: UInt32 = 0, gpu: UInt32 = 0) {
    typealias Call = @convention(c) (UInt32, UInt32, UInt64, UInt32) -> Void
    function("fake_nvml_process", as: Call.self)?(gpu, pid, bytes, percent)
  }

  func endProcess(_ pid: UInt32, gpu: UInt32 = 0) {
    typealias Call = @convention(c) (UInt32, UInt32) -> Void
    function("fake_nvml_end_process", as: Call.self)?(gpu, pid)
  }

  /// Lets the driver report something; 8 is an Xid.
  func event(_ type: UInt64, _ data: UInt64, gpu: UInt32 = 0) {
    typealias Call = @convention(c) (UInt32, UInt64, UInt64) -> Void
    function("fake_nvml_event", as: Call.self)?(gpu, type, data)
  }

  /// How often a function was called; `*` counts all of them.
  func calls(_ name: String) -> UInt32 {
    typealias Call = @convention(c) (UnsafePointer<CChar>) -> UInt32
    return function("fake_nvml_calls", as: Call.self)?(name) ?? 0
  }

  /// A source on this library; by default it finds nothing in `/proc` and `/sys`.
  ///
  /// Where nothing hangs it may wait for its answers as long as a busy machine needs.
  func source(
    hiding: Set<String> = [], root: String = "/nonexistent", interval: Double = 1,
    patience: Double = 60
  ) -> NVMLSource {
    let context = SourceContext(machine: "box", root: root, interval: interval)
    return NVMLSource(context, library: path, hiding: hiding, patience: patience)
  }

  /// Asks a source at a time that is also the driver's.
  func said(_ source: inout NVMLSource, at seconds: Double) throws(SourceFailure) -> Said {
    time(seconds)
    return try source.said(at: seconds)
  }

  static func uuid(_ gpu: Int) -> String {
    let digits = String(gpu)
    return "GPU-00000000-0000-0000-0000-" + String(repeating: "0", count: 12 - digits.count)
      + digits
  }
}
