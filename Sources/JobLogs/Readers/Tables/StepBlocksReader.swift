/// Reads blocks under a line with the step, such as NeMo RL writes.
///
///     ========================= Step 12/1000 =========================
///     📊 Training Results:
///       • Loss: 0.0123
///       • Total step time: 45.67s
///
/// The line with the step is framed; below it a line has one name and one number. Source:
/// github.com/NVIDIA-NeMo/RL, nemo_rl/algorithms.
struct StepBlocksReader: ProgressReader {
  static let format = "NeMo RL"
  static let caution = "read by the names in the log's lines"

  private var values = NamedValues()
  private var step: Int64?
  private var stepTotal: Int64?
  /// How many lines of the block have gone by.
  private var age = 0

  private static let longestBlock = 200

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    if readHead(line) { return false }
    guard let step else { return false }
    age += 1
    if age > Self.longestBlock { self.step = nil }
    var place = line.message
    // Bullets and dashes before the name.
    while place < line.bytes.count, !LogLine.isNamePart(line.bytes[place]) { place += 1 }
    guard let colon = line.find(": ", from: place), colon - place <= 40,
      line.find(": ", from: colon + 2) == nil, let number = line.number(behindSpaces: colon + 2)
    else { return false }
    values.begin()
    var values = values
    if line.holds("Total step time", in: place..<colon) {
      guard line.starts(with: "s", at: number.end) else { return false }
      progress.stepTime = number.value
    } else {
      values.take(line, place..<colon, number, &progress)
    }
    self.values = values
    progress.drop([.step, .stepTotal])
    guard !progress.fields.isEmpty else { return false }
    (progress.step, progress.stepTotal) = (step, stepTotal)
    return true
  }

  /// Whether a line is a framed step.
  private mutating func readHead(_ line: LogLine) -> Bool {
    guard let first = line.bytes.dropFirst(line.message).first,
      [0x3D, 0x2D, 0x23, 0x2A].contains(first), line.bytes.last == first
    else { return false }
    let start = line.skip(first, from: line.message)
    guard start - line.message >= 4 else { return false }
    for word in ["Step ", "step ", "Iteration ", "Update "] as [StaticString]
    where line.starts(with: word, at: start) {
      guard let number = line.number(at: start + word.utf8CodeUnitCount) else { return false }
      var end = number.end
      var total: Int64?
      if line.starts(with: "/", at: end), let all = line.number(at: end + 1) {
        (total, end) = (all.whole, all.end)
      }
      guard line.skip(first, from: end) == line.bytes.count else { return false }
      (step, stepTotal, age) = (number.whole, total, 0)
      return true
    }
    return false
  }
}
