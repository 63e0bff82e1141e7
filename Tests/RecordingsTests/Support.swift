import Glibc
import Telemetry

@testable import Recordings

/// A directory of its own for one test, gone afterwards.
final class Scratch {
  let path: String

  init() throws {
    var name = Array("/tmp/hippo-test-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { throw RecordingError.refused("no scratch directory") }
    path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    chmod(path, 0o700)
    for name in names { unlink(path + "/" + name) }
    rmdir(path)
  }

  func file(_ name: String = "a.hippo") -> String { path + "/" + name }

  /// The names of the files in it, sorted.
  var names: [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var result: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { result.append(name) }
    }
    return result.sorted()
  }

  /// Copies a recording as it is now with its companions: what a crash would leave.
  func copy(_ from: String, to: String, companions: [String] = ["-wal", "-shm"]) {
    for suffix in [""] + companions {
      if let bytes = read(from + suffix) { write(bytes, to: to + suffix) }
    }
  }

  func read(_ name: String) -> [UInt8]? {
    guard let file = fopen(file(name), "rb") else { return nil }
    defer { fclose(file) }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      result += buffer[..<count]
    }
    return result
  }

  func write(_ bytes: [UInt8], to name: String) {
    guard let file = fopen(file(name), "wb") else { return }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }
}

/// The zero of time in tests: a full hour.
let origin = Timestamp(nanoseconds: 1_750_003_200_000_000_000)

extension RecordingHeader {
  static let test = RecordingHeader(
    machine: "box", programVersion: "0.1", startedAt: origin, monotonicStart: 12_345)
}

extension DeviceID {
  static let gpu = DeviceID(machine: "box", kind: .gpu, name: "GPU-0")
}

/// A reading of one GPU's power in watts, at seconds after the origin.
func power(_ seconds: Double, _ watts: Double, of device: DeviceID = .gpu) -> Observation {
  var reading = Reading(device: device, time: origin + seconds)
  reading.set(.power, watts)
  return .reading(reading)
}

extension RecordingReader {
  /// Everything in the recording.
  func all() throws -> [Observation] {
    var result: [Observation] = []
    try observations { result.append($0) }
    return result
  }

  var readings: [Reading] {
    get throws {
      try all().compactMap { if case .reading(let reading) = $0 { reading } else { nil } }
    }
  }
}
