/// Reads the dictionaries of slime and of others that write a name and a number before them.
///
///     step 2: {'train/loss': 0.0123, 'train/grad_norm': 0.21, 'train/step': 2}
///     perf 2: {'perf/step_time': 40.2, 'perf/actor_train_tok_per_s': 2355.6}
///
/// `perf` counts rollouts, of which each may have several steps. Source: github.com/THUDM/slime,
/// slime/backends/megatron_utils.
struct SlimeReader: ProgressReader {
  static let format = "slime"
  static let caution = "tokens per second are those of ONE device"
  static let firstCharacters: StaticString = "sp"

  private var values = NamedValues()

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    let isStep = line.starts(with: "step ", at: start)
    guard isStep || line.starts(with: "perf ", at: start),
      let number = line.number(at: start + 5), let count = number.whole,
      line.starts(with: ": {'", at: number.end), line.ends(with: "}")
    else { return false }
    values.begin()
    var values = values
    line.forEachEntry(from: number.end + 2) { line, key, number in
      values.take(line, key, number, &progress)
    }
    self.values = values
    if isStep {
      progress.step = count
      return progress.loss != nil || progress.validationLoss != nil
    }
    // How long a rollout and its training took is no step's time.
    progress.step = nil
    return !progress.fields.isEmpty
  }
}
