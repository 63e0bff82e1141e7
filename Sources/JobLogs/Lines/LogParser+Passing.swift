/// What is kept of lines that no reader understands.
extension LogParser {
  /// What programs say as they begin, whose bars are read.
  private static let banners: [StaticString] = [
    "Starting training for ", "running training",
  ]
  /// What says that another run begins, and none that goes on.
  private static let newRun: StaticString = "wandb: Agent Starting Run"

  /// Keeps what may matter of a line that no reader understands.
  mutating func passOver(_ line: LogLine) {
    if line.find("Traceback (most recent call last)", from: line.message) != nil { model.end() }
    for banner in Self.banners where line.starts(with: banner, at: line.message) {
      if deduplicator.hasBegun { beginAnew() }
    }
    if line.starts(with: Self.newRun, at: line.message), deduplicator.hasBegun {
      beginAnew()
      deduplicator.begin(.fresh)
    }
    before.removeAll(keepingCapacity: true)
    before.append(contentsOf: line.bytes[line.message...].prefix(120))
  }

  /// What the words of the last line say that nobody understood.
  func wordsBefore() -> Caption.Words {
    guard !before.isEmpty else { return [] }
    let line = LogLine(before)
    let words = Caption(line, 0..<before.count).words
    guard !words.isDisjoint(with: [.preparation, .inference]) else { return words }
    // `Tokenizing …` is about what follows, `keys missing in the checkpoint` is not.
    let first = Caption(line, 0..<line.end(ofWords: 3)).words
    return words.subtracting([.preparation, .inference]).union(first)
  }
}
