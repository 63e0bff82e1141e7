import Glibc
import Telemetry

@testable import Linux

/// Files that tests may use where they are there.
enum Fixtures {
  /// The folder of real files beside the package, or the one the environment names.
  static let root: String = {
    if let named = getenv("HIPPOWATT_FIXTURES") { return String(cString: named) }
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/\(package)/../shared/fixtures"
  }()

  static func exists(_ path: String) -> Bool { access("\(root)/\(path)", R_OK) == 0 }

  static func read(_ path: String) -> [UInt8] { readFile("\(root)/\(path)") }

  static func readFile(_ path: String) -> [UInt8] {
    var bytes: [UInt8] = []
    let reader = ChunkReader(path)
    while let chunk = reader?.next() { bytes += chunk }
    return bytes
  }
}

/// Reads a whole file in pieces.
struct ChunkReader {
  private let descriptor: Descriptor

  init?(_ path: String) {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return nil }
    descriptor = Descriptor(number)
  }

  func next() -> [UInt8]? {
    let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      count = max(0, read(descriptor.number, buffer.baseAddress, 1 << 16))
    }
    return chunk.isEmpty ? nil : chunk
  }
}

/// A folder that is gone when the test is over.
final class Scratch {
  let path: String

  init() {
    var template = Array("/tmp/hippowatt-test-XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
  }

  deinit {
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  private var names: Set<String> = []

  /// The path of a file in the folder.
  func file(_ name: String) -> String {
    names.insert(name)
    return "\(path)/\(name)"
  }

  enum Mode {
    case replace, append
  }

  /// Writes text to a file of the folder.
  func write(_ text: String, to name: String, _ mode: Mode = .append) {
    write(Array(text.utf8), to: name, mode)
  }

  func write(_ bytes: [UInt8], to name: String, _ mode: Mode = .append) {
    let flags = O_WRONLY | O_CREAT | (mode == .append ? O_APPEND : O_TRUNC)
    let number = open(file(name), flags, 0o600)
    guard number >= 0 else { return }
    defer { close(number) }
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = Glibc.write(number, buffer.baseAddress.map { $0 + done }, buffer.count - done)
        if count <= 0 { return }
        done += count
      }
    }
  }

  func rename(_ from: String, to other: String) { Glibc.rename(file(from), file(other)) }
}

extension [Observation] {
  var readings: [Reading] {
    compactMap { if case .reading(let reading) = $0 { reading } else { nil } }
  }

  var events: [Event] {
    compactMap { if case .event(let event) = $0 { event } else { nil } }
  }

  var series: [SeriesDescriptor] {
    compactMap { if case .series(let series) = $0 { series } else { nil } }
  }

  var devices: [Device] {
    compactMap { if case .device(let device) = $0 { device } else { nil } }
  }
}

extension Reading {
  /// The value of a metric, if it is in the row, as the decimal number it was written as.
  subscript(metric: Metric) -> Double? {
    values.first { $0.metric == metric }.map {
      metric.scale < 1 ? Double($0.steps) / (1 / metric.scale).rounded() : $0.value
    }
  }
}
