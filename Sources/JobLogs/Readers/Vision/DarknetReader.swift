/// Reads the lines of Darknet, which trains YOLO 1 to 4.
///
///     1187: 3.270728, 3.027621 avg loss, 0.010000 rate, 1.429193 seconds, 75968 images,
///       30.82 hours left                                                          (one line)
///
/// The loss is the moving mean. Source: github.com/AlexeyAB/darknet, src/detector.c.
struct DarknetReader: ProgressReader {
  static let format = "Darknet"
  static let caution = "the loss is a moving mean"
  static let firstCharacters: StaticString = "0123456789"

  func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    guard let step = line.number(at: line.message), let count = step.whole, count > 0,
      line.starts(with: ": ", at: step.end), let own = line.number(behindSpaces: step.end + 2),
      line.starts(with: ", ", at: own.end), let mean = line.number(at: own.end + 2),
      line.starts(with: " avg", at: mean.end),
      let rate = line.find(" rate, ", from: mean.end),
      let time = line.number(at: rate + 7), line.starts(with: " seconds, ", at: time.end),
      let images = line.number(at: time.end + 10), line.starts(with: " images", at: images.end)
    else { return false }
    progress.step = count
    progress.loss = mean.value
    progress.stepTime = time.value
    progress.samples = images.whole
    return true
  }
}
