/// Reads the lines of CycleGAN and pix2pix.
///
///     (epoch: 18, iters: 2560, time: 0.273, data: 0.003) D_A: 0.023 G_A: 0.795 cycle_A: 1.127
///     End of epoch 18 / 200 	 Time Taken: 300 sec
///
/// What it calls iterations are the images of a pass, and no loss is that of the whole, so passes are all
/// there is. Source: github.com/junyanz/pytorch-CycleGAN-and-pix2pix, util/visualizer.py, train.py.
struct CycleGANReader: ProgressReader {
  static let format = "CycleGAN or pix2pix"
  static let caution = "passes alone: it counts images, and its losses are those of several models"
  static let firstCharacters: StaticString = "(E"

  func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    if line.starts(with: "End of epoch ", at: start) {
      guard let epoch = line.number(at: start + 13), line.starts(with: " / ", at: epoch.end),
        let all = line.number(at: epoch.end + 3),
        let took = line.find("Time Taken: ", from: all.end), let time = line.number(at: took + 12),
        line.starts(with: " sec", at: time.end)
      else { return false }
      (progress.epoch, progress.epochTotal) = (epoch.value, all.whole)
      progress.epochTime = time.value
      return true
    }
    guard line.starts(with: "(epoch: ", at: start), let epoch = line.number(at: start + 8),
      let pass = epoch.whole, pass > 0, line.starts(with: ", iters: ", at: epoch.end),
      let close = line.find(", data: ", from: epoch.end), line.find(") ", from: close) != nil
    else { return false }
    progress.epoch = Double(pass - 1)
    return true
  }
}
