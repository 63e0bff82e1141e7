/// Reads the ticks of StyleGAN, versions 1 to 3, and of what was built on it.
///
///     tick 1     kimg 6.1      time 12m 16s       sec/tick 648.1   sec/kimg 107.73 maintenance 88.0
///
/// It counts images, in thousands; nobody says how many make a step, and no loss is told. Source:
/// github.com/NVlabs/stylegan3, training/training_loop.py, dnnlib/util.py, `format_time`.
struct StyleGANReader: ProgressReader {
  static let format = "StyleGAN"
  static let caution = "samples are images, told in hundreds"
  static let firstCharacters: StaticString = "t"

  func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard line.starts(with: "tick ", at: start), let kimg = line.find(" kimg ", from: start),
      let thousands = line.number(behindSpaces: kimg + 6),
      let time = line.find(" time ", from: thousands.end),
      line.find("sec/kimg", from: time) != nil
    else { return false }
    progress.samples = Int64(exactly: (thousands.value * 1000).rounded())
    progress.elapsed = LogLine.TimeUnit.seconds(line, behind: time + 6)
    return progress.samples != nil
  }
}
