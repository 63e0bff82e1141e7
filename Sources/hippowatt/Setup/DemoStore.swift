import Linux
import Recordings

/// Finds the recordings that came with the program.
struct DemoStore {
  struct Recording {
    var name: String
    var path: String
    /// The note in the recording.
    var note: String
    var isSimulated: Bool
  }

  private(set) var recordings: [Recording] = []
  private(set) var folders: [String] = []

  /// What is shown when none is named: a measured one, of the most watts.
  private static let favourite = "train-llama2-70b-lora-8xb200"

  /// The recording that is shown when none is named; there must be one at least.
  var strongest: Recording {
    recordings.first { $0.name == Self.favourite } ?? recordings[0]
  }

  init(host: HostEnvironment, executable: String) {
    var place = executable
    for _ in 0..<5 {
      guard let slash = place.lastIndex(of: "/") else { break }
      place = String(place[..<slash])
      folders += [place + "/share/hippowatt/demos", place + "/demos"]
    }
    for folder in folders {
      for file in File.names(in: folder) where file.hasSuffix(".hippo") {
        let name = String(file.dropLast(6))
        guard !recordings.contains(where: { $0.name == name }) else { continue }
        let path = folder + "/" + file
        let header = (try? RecordingReader(path: path))?.header
        recordings.append(
          Recording(
            name: name, path: path, note: header?.note ?? "cannot be read",
            isSimulated: header?.isSimulated ?? false))
      }
    }
    // Measured recordings come before simulated ones.
    recordings.sort { ($0.isSimulated ? 1 : 0, $0.name) < ($1.isSimulated ? 1 : 0, $1.name) }
  }
}
