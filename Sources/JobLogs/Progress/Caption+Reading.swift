import Formats

extension Caption {
  /// Reads what stands before a bar: `Epoch 1/5`, `Train step of epoch 0`, `Validation DataLoader 0`.
  init(_ line: LogLine, _ range: Range<Int>) {
    var at = range.lowerBound
    var hash = FNV1a.offsetBasis
    var isEmpty = true
    /// Whether values stand before the bar, as in `loss: 0.5 |████| 12/50`: they are no name.
    var hasValues = false
    /// The words before the number that is met next.
    var isEpochNext = false
    var isEpisodeNext = false
    while at < range.upperBound {
      let start = at
      while at < range.upperBound, Self.isLetter(line.bytes[at]) { at += 1 }
      if at > start {
        let word = Self.lower(line, start..<at)
        if Self.meanings[word] == nil, Self.isValue(line, at, before: range.upperBound) {
          hasValues = true
          continue
        }
        // `batch_size` counts nothing.
        if word == "batch", line.starts(with: "_size", at: at) {
          at += 5
          continue
        }
        hash = word.utf8.withContiguousStorageIfAvailable { FNV1a.hash($0, after: hash) } ?? hash
        isEmpty = false
        take(word)
        isEpochNext = Self.epochWords.contains(word)
        isEpisodeNext = Self.episodeWords.contains(word)
        continue
      }
      if isEpochNext || isEpisodeNext, line.bytes[at] &- 0x30 < 10, let number = line.number(at: at)
      {
        if let whole = number.whole, 0..<1_000_000 ~= whole {
          epoch = whole
          epochTotal = Self.total(line, number.end)
          words.insert(isEpisodeNext ? .episodes : .withinEpoch)
          words.remove(isEpisodeNext ? .withinEpoch : .epochs)
        }
        at = number.end
        if let slash = epochTotal, slash > 0, let behind = line.find("/", from: at) {
          at = line.number(behindSpaces: behind + 1)?.end ?? at
        }
        isEpochNext = false
        isEpisodeNext = false
        continue
      }
      if line.bytes[at] &- 0x30 < 10 {
        let found = line.number(at: at)
        number = number ?? found?.whole
        at = max(at + 1, found?.end ?? at)
        isEpochNext = false
        isEpisodeNext = false
      } else {
        at += 1
      }
    }
    name = isEmpty && (range.isEmpty || hasValues) ? 0 : hash
    if words.isDisjoint(with: .aside), !words.contains(.withinEpoch) { readNumbers(line, range) }
  }

  private mutating func take(_ word: String) {
    if let meaning = Self.meanings[word] {
      words.formUnion(meaning)
      if meaning == .steps, epoch != nil { words.insert(.ownSteps) }
    } else if Self.preparations.contains(where: { word.hasPrefix($0) }) {
      words.insert(.preparation)
    }
  }

  /// torchtune's `1|12|Loss: 2.31`, and `1/100  6.74G  1.432` of Ultralytics.
  private mutating func readNumbers(_ line: LogLine, _ range: Range<Int>) {
    let start = line.skipSpaces(range.lowerBound)
    guard start < range.upperBound, let first = line.number(at: start), let epoch = first.whole,
      0..<1_000_000 ~= epoch
    else { return }
    if line.starts(with: "|", at: first.end), let second = line.number(at: first.end + 1),
      line.starts(with: "|", at: second.end)
    {
      (self.epoch, step) = (epoch, second.whole)
      words = [.withinEpoch, .training]
    } else if line.starts(with: "/", at: first.end), let all = line.number(at: first.end + 1),
      let total = all.whole, epoch <= total, total > 0,
      let memory = line.number(behindSpaces: all.end), memory.end < range.upperBound,
      line.starts(with: "G ", at: memory.end) || line.starts(with: "M ", at: memory.end)
    {
      (self.epoch, epochTotal) = (epoch, total)
      words = [.withinEpoch, .training]
      name = 1
    }
  }

  /// The number behind `/` or `of`.
  private static func total(_ line: LogLine, _ place: Int) -> Int64? {
    let slash = line.skipSpaces(place)
    guard line.starts(with: "/", at: slash) else { return nil }
    return line.number(behindSpaces: slash + 1)?.whole.flatMap { $0 > 0 ? $0 : nil }
  }

  /// Whether behind a word there is a sign and a number: the word names a value.
  private static func isValue(_ line: LogLine, _ place: Int, before end: Int) -> Bool {
    let sign = line.skipSpaces(place)
    guard sign < end, line.bytes[sign] == 0x3A || line.bytes[sign] == 0x3D else { return false }
    return line.number(behindSpaces: sign + 1).map { $0.end <= end } ?? false
  }

  private static func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte | 0x20 }

  private static func lower(_ line: LogLine, _ range: Range<Int>) -> String {
    String(decoding: line.bytes[range.prefix(24)].map { $0 | 0x20 }, as: UTF8.self)
  }

  private static let epochWords: Set<String> = ["epoch", "epochs", "ep"]
  private static let episodeWords: Set<String> = ["episode", "episodes"]

  private static let meanings: [String: Words] = [
    "train": .training, "training": .training, "trainer": .training, "finetuning": .training,
    "step": .steps, "steps": .steps, "iter": .steps, "iters": .steps, "iteration": .steps,
    "iterations": .steps, "update": .steps, "updates": .steps, "batch": .steps, "batches": .steps,
    "epoch": .epochs, "epochs": .epochs, "ep": .epochs,
    "episode": .episodes, "episodes": .episodes,
    "val": .evaluation, "valid": .evaluation, "validation": .evaluation, "validating": .evaluation,
    "eval": .evaluation, "evals": .evaluation, "evaluation": .evaluation, "evaluate": .evaluation,
    "evaluating": .evaluation, "test": .evaluation, "testing": .evaluation, "sanity": .evaluation,
    "dev": .evaluation, "scoring": .evaluation, "map": .preparation, "class": .evaluation,
    "predicting": .inference, "prediction": .inference, "prompts": .inference,
    "requests": .inference, "inference": .inference, "infer": .inference, "rollout": .inference,
    "rollouts": .inference, "generate": .inference, "sampling": .inference, "samples": .inference,
    "decoding": .inference, "generation": .inference, "experience": .inference,
    "it": [], "files": .preparation, "shards": .preparation, "dataset": .preparation,
    "checkpoint": .preparation, "weights": .preparation, "split": .preparation,
    "latents": .preparation, "cache": .preparation,
  ]

  /// The beginnings of words for what is done before a training.
  private static let preparations = [
    "load", "download", "fetch", "tokeniz", "pack", "cach", "scan", "prepar", "preproc", "process",
    "filter", "generating", "saving", "writ", "read", "encod", "embed", "build", "extract",
    "convert", "quantiz", "comput", "calibrat", "index", "collect", "render", "copy", "upload",
    "resolv", "compil", "captur", "truncat", "shuffl", "count", "check", "verify", "merg", "split",
    "concatenat", "group", "creat", "import", "pars", "transcrib", "resiz", "chunk", "bucket",
    "making", "make",
  ]
}
