import Telemetry

/// What a file says of one subject: its rows, and what can be known of them while they come.
final class PowerLogSubjectTrack {
  let rows: PowerLogTrack
  /// Where what is known of its marks stands.
  let marks: [Int]
  /// The first lines of its rows, each once, with the row of all that it is.
  private(set) var lines: [(ordinal: Int, line: Int)] = []
  /// Whether a row has a time of day only.
  private(set) var hasClock = false

  init(_ store: PowerLogStore, _ marks: [Int]) {
    rows = PowerLogTrack(store)
    self.marks = marks
  }

  var count: Int { rows.count }

  @inline(__always)
  func note(ordinal: Int, line: Int, time: PowerLogPackedTime) {
    if time.kind == 2 { hasClock = true }
    if lines.count < PowerLogCount.lineCount, lines.last?.line != line {
      lines.append((ordinal, line))
    }
  }
}

/// How well each mark tells the devices of a file apart: by no more than one power at one time.
struct PowerLogMarks {
  /// A mark of devices of one kind.
  struct Key: Hashable {
    var kind: DeviceKind
    var mark: PowerLogSubject.Mark
  }

  private struct Name: Hashable {
    var key: Key
    var name: String
  }

  private var places: [Name: Int] = [:]
  private var last: [(time: Int64, power: Double)] = []
  private var keys: [Int] = []
  private var keyPlaces: [Key: Int] = [:]
  private var conflicts: [Int] = []

  /// Where what is known of a subject's marks stands.
  mutating func places(of subject: PowerLogSubject) -> [Int] {
    PowerLogSubject.Mark.allCases.compactMap { mark in
      guard let text = PowerLogDevices.key(subject, mark) else { return nil }
      let key = Key(kind: subject.kind, mark: mark)
      let name = Name(key: key, name: text)
      if let known = places[name] { return known }
      let keyPlace = keyPlaces[key] ?? conflicts.count
      if keyPlace == conflicts.count {
        keyPlaces[key] = keyPlace
        conflicts.append(0)
      }
      places[name] = last.count
      last.append((.min, .nan))
      keys.append(keyPlace)
      return last.count - 1
    }
  }

  /// Takes in the power of a row.
  @inline(__always)
  mutating func note(_ places: [Int], _ time: Int64, _ power: Double) {
    for place in places {
      if last[place].time == time, last[place].power != power { conflicts[keys[place]] += 1 }
      last[place] = (time, power)
    }
  }

  /// How often a device had two powers at one time, were it told apart by a mark.
  func conflicts(of key: Key) -> Int { keyPlaces[key].map { conflicts[$0] } ?? 0 }
}
