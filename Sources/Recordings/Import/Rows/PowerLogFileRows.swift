/// The rows of a device as its file has them, in the order of the file.
final class PowerLogFileRows: PowerLogRows {
  private let tracks: [PowerLogTrackRows]
  private let isMerged: Bool
  private var current = -1
  /// Which of its tracks the row is of.
  var track: Int { max(0, current) }
  private var heap = PowerLogHeap()

  init(_ tracks: [PowerLogTrack]) {
    self.tracks = tracks.map { PowerLogTrackRows($0) }
    isMerged = tracks.count > 1
    super.init(tracks[0].store)
    if isMerged {
      for place in tracks.indices where self.tracks[place].next() {
        heap.push(place) { self.tracks[$0].ordinal < self.tracks[$1].ordinal }
      }
    }
  }

  override func next() -> Bool {
    guard isMerged else {
      guard tracks[0].next() else { return false }
      show(tracks[0])
      return true
    }
    if current >= 0 {
      if tracks[current].next() {
        heap.replaceFirst { tracks[$0].ordinal < tracks[$1].ordinal }
      } else {
        heap.removeFirst { tracks[$0].ordinal < tracks[$1].ordinal }
      }
    }
    guard let first = heap.first else {
      current = -1
      return false
    }
    current = first
    show(tracks[first])
    return true
  }
}
