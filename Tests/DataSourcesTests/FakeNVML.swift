import Glibc
import Testing

@testable import DataSources

/// A private copy of the stand-in library: its state is its own, so tests can run side by side.
///
/// The loader knows a library by its file, so a copy of the file is a library of its own.
final class FakeNVML {
  let path: String
  private let folder: SensorTree
  private let image: UnsafeMutableRawPointer

  private typealias Set = @convention(c) (UnsafePointer<CChar>, UInt32, UInt64) -> Void
  private typealias Fail = @convention(c) (UnsafePointer<CChar>, UInt32, Int32) -> Void
  private typealias Calls = @convention(c) (UnsafePointer<CChar>) -> UInt64
  private typealias Name = @convention(c) (UInt32, UnsafePointer<CChar>) -> Void

  private let setFunction: Set
  private let failFunction: Fail
  private let callsFunction: Calls
  private let nameFunction: Name

  init(cards: UInt64 = 1) throws {
    folder = try SensorTree()
    path = "\(folder.root)/libFakeNVML.so"
    try folder.write("libFakeNVML.so", "")
    try Self.copy(try Self.original(), to: path)
    let image = try #require(dlopen(path, RTLD_NOW | RTLD_LOCAL))
    self.image = image
    setFunction = unsafeBitCast(try #require(dlsym(image, "fake_nvml_set")), to: Set.self)
    failFunction = unsafeBitCast(try #require(dlsym(image, "fake_nvml_fail")), to: Fail.self)
    callsFunction = unsafeBitCast(try #require(dlsym(image, "fake_nvml_calls")), to: Calls.self)
    nameFunction = unsafeBitCast(try #require(dlsym(image, "fake_nvml_name")), to: Name.self)
    set("count", cards)
  }

  deinit { dlclose(image) }

  func set(_ number: String, card: UInt32 = 0, _ value: UInt64) {
    setFunction(number, card, value)
  }
  func fail(_ number: String, card: UInt32 = 0, _ code: Int32) {
    failFunction(number, card, code)
  }
  func name(card: UInt32 = 0, _ name: String) { nameFunction(card, name) }
  func calls(_ number: String) -> UInt64 { callsFunction(number) }

  func source() -> NVMLSource { NVMLSource(SourceContext(machine: "box"), library: path) }

  /// The library is built beside the test program.
  private static func original() throws -> String {
    var link = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &link, link.count)
    let bytes = link.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
    let programs = [String(decoding: bytes, as: UTF8.self)]
    for program in programs + CommandLine.arguments {
      let folder = program.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      let path = folder.joined(separator: "/") + "/libFakeNVML.so"
      if access(path, R_OK) == 0 { return path }
    }
    let missing: String? = nil
    return try #require(missing, "libFakeNVML.so must be beside the test program")
  }

  private static func copy(_ from: String, to: String) throws {
    let source = try #require(fopen(from, "r"))
    defer { fclose(source) }
    let target = try #require(fopen(to, "w"))
    defer { fclose(target) }
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, source)
      guard count > 0 else { return }
      fwrite(&buffer, 1, count, target)
    }
  }
}
