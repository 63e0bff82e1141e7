import Glibc
import Telemetry
import Testing

@testable import DataSources

/// A temporary folder that stands for `/`, removed when the test is over.
final class SensorTree {
  let root: String
  private var entries: [String] = []

  init() throws {
    var template = Array("/tmp/hippowatt-tree-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    root = try #require(made)
  }

  deinit {
    for path in entries.reversed() { remove(path) }
    rmdir(root)
  }

  var context: SourceContext { SourceContext(machine: "box", root: root) }

  /// Writes a file and makes the folders above it.
  func write(_ path: String, _ text: String) throws {
    let parts = path.split(separator: "/")
    for depth in 1..<max(1, parts.count) { folder(parts.prefix(depth).joined(separator: "/")) }
    let full = "\(root)/\(path)"
    let file = try #require(fopen(full, "w"))
    fputs(text, file)
    fclose(file)
    if !entries.contains(full) { entries.append(full) }
  }

  func folder(_ path: String) {
    let full = "\(root)/\(path)"
    if mkdir(full, 0o755) == 0 { entries.append(full) }
  }

  func link(_ path: String, to target: String) {
    if symlink(target, "\(root)/\(path)") == 0 { entries.append("\(root)/\(path)") }
  }

  func protect(_ path: String) { chmod("\(root)/\(path)", 0) }
}

extension [Observation] {
  var devices: [Device] { compactMap { if case .device(let it) = $0 { it } else { nil } } }
  var series: [SeriesDescriptor] {
    compactMap { if case .series(let it) = $0 { it } else { nil } }
  }
  var readings: [Reading] { compactMap { if case .reading(let it) = $0 { it } else { nil } } }
  var events: [Event] { compactMap { if case .event(let it) = $0 { it } else { nil } } }

  /// The value of one metric of the device of that name.
  func value(_ metric: Metric, _ name: String) -> Double? {
    readings.first { $0.device.name == name }?.values.first { $0.metric == metric }?.value
  }

  func provenance(_ metric: Metric, _ name: String) -> Provenance? {
    series.first { $0.device.name == name && $0.metric == metric }?.provenance
  }
}

/// What a source says instead of an answer; `nil` when it answers.
func failure(_ body: () throws -> Void) -> SourceFailure? {
  do { try body() } catch { return error as? SourceFailure }
  return nil
}
