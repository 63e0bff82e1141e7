import Glibc
import Testing

@testable import DataSources

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

  /// Lets calls of a function wait until they are let go on.
  func block(_ name: String, _ blocks: Bool) {
    typealias Call = @convention(c) (UnsafePointer<CChar>, Int32) -> Void
    function("fake_nvml_block", as: Call.self)?(name, blocks ? 1 : 0)
  }

  func calls(_ name: String) -> UInt32 {
    typealias Call = @convention(c) (UnsafePointer<CChar>) -> UInt32
    return function("fake_nvml_calls", as: Call.self)?(name) ?? 0
  }

  func source(hiding: Set<String> = []) -> NVMLSource {
    NVMLSource(SourceContext(machine: "box"), library: path, hiding: hiding)
  }

  static func uuid(_ gpu: Int) -> String { "GPU-00000000-0000-0000-0000-00000000000\(gpu)" }
}
