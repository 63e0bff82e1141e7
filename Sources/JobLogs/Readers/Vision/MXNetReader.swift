/// Reads the lines of MXNet's `Speedometer` and of its training loop.
///
///     2020-07-10 18:52:44,594 Node[0] Epoch[0] Batch [0-20]  Speed: 20461.75 samples/sec
///       accuracy=0.001284                                                      (one line)
///     INFO:root:Epoch[0] Validation-accuracy=0.7012
///
/// Nothing says how many batches an epoch has, so there is no step. The accuracy beside the speed
/// is on training data and not taken. Source: github.com/apache/mxnet, python/mxnet/callback.py.
struct MXNetReader: ProgressReader {
  static let format = "MXNet"
  static let caution = "samples per second of the job or of one worker, as the job is started"
  static let firstCharacters: StaticString = "NE"

  /// One worker's word; a submission's own events speak for all.
  let authority = ProgressAuthority.layer

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    var place = line.message
    if line.starts(with: "Node[", at: place) {
      guard let end = line.find("] ", from: place), end - place < 12 else { return false }
      place = end + 2
    }
    guard line.starts(with: "Epoch[", at: place), let epoch = line.number(at: place + 6),
      line.starts(with: "] ", at: epoch.end)
    else { return false }
    progress.epoch = epoch.value
    if let accuracy = line.number(after: "Validation-accuracy", from: epoch.end) {
      progress.accuracy = accuracy.value
      return true
    }
    guard line.starts(with: "Batch [", at: epoch.end + 2),
      let speed = line.number(after: "Speed", from: epoch.end),
      line.starts(with: " samples/sec", at: speed.end), line.find("Epoch[", from: epoch.end) == nil
    else { return false }
    progress.sampleRate = speed.value
    return true
  }
}
