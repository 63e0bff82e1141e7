/// A counter that goes on where the thing it counts was seen to begin anew.
///
/// A disk that is pulled and plugged in again, or a file system that is mounted again, counts from 0.
/// Where that was seen, nothing is lost and nothing is counted twice: what it had counted is added.
/// A fall that nobody saw the reason of is left as it is, for the timeline to judge.
struct ContinuedCounter: Hashable {
  private var base: Int64 = 0
  private var last: Int64 = 0
  private var isReplaced = false

  /// Notes that the next value counts from 0.
  mutating func restart() {
    base = base &+ last
    last = 0
  }

  /// Notes that the next value is another counter's: what that had counted before is not ours.
  mutating func replace() { isReplaced = true }

  /// Takes the counter as it reads; the result is counted since the first of all its lives.
  mutating func take(_ value: Int64) -> Int64 {
    if isReplaced {
      base = base &+ last &- value
      isReplaced = false
    }
    last = value
    return base &+ value
  }
}
