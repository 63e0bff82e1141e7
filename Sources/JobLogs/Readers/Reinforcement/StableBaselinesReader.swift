/// Reads the tables of Stable-Baselines3.
///
///     | time/                   |             |
///     |    fps                  | 812         |
///     |    total_timesteps      | 24576       |
///     | train/                  |             |
///     |    loss                 | 3.21        |
///
/// `total_timesteps` counts steps of the environment, which are samples; `n_updates` counts the
/// learner's. Source: github.com/DLR-RM/stable-baselines3, common/logger.py.
struct StableBaselinesReader: ProgressReader {
  static let format = "Stable-Baselines3"
  static let caution = "samples are steps of the environment"
  static let firstCharacters: StaticString = "|"

  private var section = ""

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard line.starts(with: "| ", at: start), line.ends(with: "|"),
      let bar = line.find("|", from: start + 1), bar + 1 < line.bytes.count
    else { return false }
    let name = line.word(at: line.skipSpaces(start + 1)) ?? ""
    if name.hasSuffix("/") {
      section = name
      return false
    }
    guard line.starts(with: "    ", at: start + 1),
      let number = line.number(behindSpaces: bar + 1)
    else { return false }
    switch section + name {
    case "time/total_timesteps": progress.samples = number.whole
    case "time/fps": progress.sampleRate = number.value
    case "train/loss": progress.loss = number.value
    case "train/learning_rate": progress.learningRate = number.value
    case "train/n_updates": progress.step = number.whole
    default: return false
    }
    return true
  }
}
