import Telemetry

/// What is known of the job that writes a file, for readers that have to find its part in it.
struct FileOwner: Hashable, Sendable {
  /// When the job began; `nil` where that is not known.
  var started: Timestamp?
  /// The words of its command line.
  var words: [String] = []
  /// The number of the run that it was told to go on with, as its environment has it.
  var runID: String?

  /// Whether a program's path or name is that of the job: `train.py` is `src/train.py`.
  func isProgram(_ path: String) -> Bool {
    guard let name = path.split(separator: "/").last else { return false }
    return words.contains { $0.split(separator: "/").last == name }
  }
}
