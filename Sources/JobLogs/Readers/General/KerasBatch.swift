/// Whether the bars of Keras count samples, as before version 2.3, where no line says how many there are.
///
/// Then a bar moves on by the batch, so that what it shows on the way has the batch for a factor; and a
/// sample takes less time than any step can.
struct KerasBatch: Sendable {
  private(set) var countsSamples = false
  private var factor: Int64 = 0
  private var draws = 0

  /// What sizes of batches are multiples of; that of fewer draws may be chance.
  private static let leastFactor: Int64 = 8
  private static let enough = 3
  /// No step of Keras is shorter: starting one takes longer.
  private static let shortest = 100e-6

  /// Hears what a bar shows.
  mutating func hear(_ bar: ProgressBar) {
    guard !countsSamples, bar.total > Self.leastFactor else { return }
    if bar.done == bar.total {
      if let each = bar.secondsEach, each > 0, each < Self.shortest { countsSamples = true }
    } else if bar.done > 0 {
      var (one, other) = (factor, bar.done)
      while other != 0 { (one, other) = (other, one % other) }
      factor = one
      draws += 1
      // Where the whole has it as well, or it is no size of a batch, it may be how often steps are shown.
      countsSamples =
        draws >= Self.enough && factor > 0 && factor % Self.leastFactor == 0
        && bar.total % factor != 0
    }
  }
}
