import Quantities
import Telemetry

/// The selected span, and playing it over and over.
extension ViewState {
  /// What totals are of: from A to B, or to the cursor while there is no B; `nil` while nothing is
  /// selected.
  public func selectedSpan(at time: Timestamp) -> TimeSpan? {
    selection.map { TimeSpan($0, selectionEnd ?? time) }
  }

  /// Lets `elapsed` seconds of the viewer's time pass.
  ///
  /// What is played up to B goes on at A; who goes beyond B by hand stays beyond it.
  public mutating func advance(by elapsed: Double, in bounds: TimeSpan) {
    if cursor.mode == .playing, let from = selection, let end = selectionEnd {
      let time = cursor.time(in: bounds)
      let to = min(end, bounds.end)
      if time <= to, time + elapsed * cursor.speed >= to {
        cursor.seek(to: from, in: bounds)
        return
      }
    }
    cursor.advance(by: elapsed, in: bounds)
  }

  /// Begins a selected span at the cursor, or drops it.
  mutating func select(_ bounds: TimeSpan) {
    guard selection == nil else {
      dropSelection()
      say(.dropped)
      return
    }
    selection = cursor.time(in: bounds)
    say(.selecting)
  }

  /// Ends the span at the cursor, so that it is played over and over; or lets it end at the cursor
  /// again.
  mutating func loop(_ bounds: TimeSpan) {
    guard let begin = selection else {
      say(.beginFirst)
      return
    }
    guard selectionEnd == nil else {
      selectionEnd = nil
      say(.noLoop)
      return
    }
    let time = cursor.time(in: bounds)
    guard time != begin else {
      say(.noLength)
      return
    }
    select(from: begin, to: time)
    say(.looping, language.duration(abs(time - begin)))
  }

  /// Selects what lies between two times; nothing where they are the same.
  mutating func select(from begin: Timestamp, to end: Timestamp) {
    dropSelection()
    guard begin != end else { return }
    selection = min(begin, end)
    selectionEnd = max(begin, end)
    say(.selected, language.duration(abs(end - begin)))
  }

  /// Lets go of the scrubber.
  public mutating func release() { grip = nil }

  mutating func dropSelection() {
    selection = nil
    selectionEnd = nil
  }
}
