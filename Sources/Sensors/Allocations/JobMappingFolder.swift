import Linux
import Telemetry

/// The folder in which a scheduler's prologue writes which job holds which accelerator, as dcgm-exporter
/// reads it (`--hpc-job-mapping-dir`): a file for each accelerator, named by its number or its UUID, with
/// the number of a job on each line; an empty file means that nobody holds it.
///
/// Source: NVIDIA/dcgm-exporter, README, “HPC job mapping”. `0.2` is a MIG instance of accelerator 0.
struct JobMappingFolder {
  /// The folder's path, as it was given.
  let path: String
  private static let most = (files: 512, bytes: 4096, jobs: 32)

  /// The jobs by accelerator, whose names are those of the files; `nil` where it cannot be read.
  func read() -> [String: [String]]? {
    guard let names = SystemFile.names(in: path, limit: Self.most.files) else { return nil }
    var jobs: [String: [String]] = [:]
    for name in names.sorted() where Self.isAccelerator(name) {
      guard let file = SafeFile("\(path)/\(name)", followsLinks: true) else { continue }
      let lines = file.head(Self.most.bytes).split(separator: UInt8(ascii: "\n"))
      let known = lines.prefix(Self.most.jobs).compactMap { line -> String? in
        let text = String(decoding: line, as: UTF8.self).filter { !$0.isWhitespace }
        return Self.isJob(text) ? text : nil
      }
      if !known.isEmpty { jobs[name] = known }
    }
    return jobs
  }

  private static func isAccelerator(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let isNumber = (1...2).contains(parts.count) && parts.allSatisfy { Int($0) != nil }
    return isNumber || name.hasPrefix("GPU-") || name.hasPrefix("MIG-")
  }

  /// Whether a line can be a job's number: other schedulers have letters, points and brackets in them.
  private static func isJob(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
          || "._-[]".utf8.contains(byte)
      }
  }
}
