import Glibc
import Recordings
import Telemetry

/// A recorder that runs on this machine as a service, and what it has kept.
struct RunningRecorder {
  /// The recording it writes.
  let path: String
  private let reader: RecordingReader
  /// The newest reading in it.
  private let newest: Timestamp

  /// The recorder whose newest reading is of the last seconds; `nil` when there is none, or none that
  /// may be read.
  static func find(_ host: HostEnvironment, now: Timestamp) -> RunningRecorder? {
    var folders = ["/var/lib/hippowatt"]
    if let own = ServiceFolder.path(host), own != folders[0] { folders.insert(own, at: 0) }
    for folder in folders {
      for path in ServiceFolder(path: folder, retention: Retention()).open() {
        guard let reader = try? RecordingReader(path: path), !reader.header.isComplete,
          reader.header.machine == host.machine, let newest = reader.span?.end,
          abs(now - newest) < patience
        else { continue }
        return RunningRecorder(path: path, reader: reader, newest: newest)
      }
    }
    return nil
  }

  /// A recorder that told nothing for so many seconds is over, or asleep.
  private static let patience = 90.0

  /// How many values of the past are taken over.
  private static let mostValues = 2_000_000.0
  /// How many seconds of the past are taken over at most.
  private static let longest = 4 * 3600.0

  /// The past as it was recorded, as far back as a live session keeps single values.
  ///
  /// How its sources are doing is left out: those of the session say it themselves.
  func past() -> [Observation] {
    let seconds = min(Self.longest, max(300, Self.mostValues / Double(max(1, reader.seriesCount))))
    var past: [Observation] = []
    // What cannot be read is missing, as it would be without a recorder.
    try? reader.observations(from: newest - seconds) { observation in
      if case .state = observation { return }
      past.append(observation)
    }
    return past
  }
}

extension ServiceFolder {
  /// The recordings of the folder that are being written, or that a crash left, newest first.
  fileprivate func open() -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix("hippowatt-"), name.hasSuffix(".hippo-wal") {
        names.append(String(name.dropLast(4)))
      }
    }
    return names.sorted(by: >).map { path + "/" + $0 }
  }
}
