import Telemetry

/// Which rows of one file speak of which device.
///
/// A mark tells devices apart only where it does: a column whose title is wrong, and that holds the
/// same number for eight GPUs at the same time, is none. Where a file has no marks the times decide.
struct PowerLogDevices {
  /// A device of a file.
  struct Entry {
    /// The subject that stands for it.
    var subject: PowerLogSubject
    /// Its name within its machine.
    var name: String
    /// What people call it.
    var label: String
    /// By what it is told apart; `nil` where only the order of the rows says it.
    var mark: PowerLogSubject.Mark?
    /// The places of its rows in the table, in the order of the file.
    var rows: [Int] = []
  }

  private(set) var entries: [Entry] = []
  /// Rows of which nobody can say whose they are.
  private(set) var lost = PowerLogCount()
  /// What had to be assumed, in words.
  private(set) var assumptions: [String] = []

  init(_ table: PowerLogTable) {
    let kinds = Set(table.subjects.map(\.kind))
    for kind in kinds.sorted(by: { $0.name < $1.name }) { sort(kind, table) }
    let places = Dictionary(
      entries.indices.map { (entries[$0].rows.first ?? 0, $0) }, uniquingKeysWith: { $1 })
    // Devices come in the order in which the file first speaks of them.
    entries = places.sorted { $0.key < $1.key }.map { entries[$0.value] }
    setLabels()
  }

  private mutating func sort(_ kind: DeviceKind, _ table: PowerLogTable) {
    let rows = table.rows.indices.filter { table.subjects[table.rows[$0].subject].kind == kind }
    guard !rows.isEmpty else { return }
    func share(_ mark: PowerLogSubject.Mark) -> Int {
      rows.count { table.subjects[table.rows[$0].subject].marks[mark] != nil }
    }
    let marks = PowerLogSubject.Mark.allCases.filter { share($0) * 10 >= rows.count * 9 }
    if let mark = marks.first(where: { isTellingApart($0, rows, table) }) ?? marks.first {
      sort(rows, by: mark, table)
    } else if share(.index) + share(.uuid) + share(.bus) > 0 {
      // Some rows have a mark and most have none: nobody knows whose those are.
      for row in rows { lost.add(line: table.rows[row].line, "it names no device") }
    } else {
      sortByTime(rows, table)
    }
  }

  private func key(_ subject: PowerLogSubject, _ mark: PowerLogSubject.Mark) -> String? {
    subject.marks[mark].map { "\(subject.host ?? "")\u{0}\(Self.name($0, mark))" }
  }

  /// Whether no device is told two powers at one time; a few times do not count.
  private func isTellingApart(
    _ mark: PowerLogSubject.Mark, _ rows: [Int], _ table: PowerLogTable
  ) -> Bool {
    var places: [String: Int] = [:]
    let keys = table.subjects.map { subject -> Int in
      guard let key = key(subject, mark) else { return -1 }
      if places[key] == nil { places[key] = places.count }
      return places[key] ?? -1
    }
    var last = [(time: Int64, power: Double)](repeating: (.min, .nan), count: places.count)
    var conflicts = 0
    for row in rows {
      let place = keys[table.rows[row].subject]
      guard place >= 0, let power = table.power(of: row) else { continue }
      let time = table.rows[row].time.order
      if last[place].time == time, last[place].power != power { conflicts += 1 }
      last[place] = (time, power)
    }
    return conflicts * 20 <= rows.count
  }

  private mutating func sort(
    _ rows: [Int], by mark: PowerLogSubject.Mark, _ table: PowerLogTable
  ) {
    var places: [String: Int] = [:]
    let keys = table.subjects.map { key($0, mark) }
    for row in rows {
      let subject = table.rows[row].subject
      guard let key = keys[subject], let name = table.subjects[subject].marks[mark] else {
        lost.add(line: table.rows[row].line, "it names no device")
        continue
      }
      if let known = places[key] {
        entries[known].rows.append(row)
      } else {
        places[key] = entries.count
        entries.append(
          Entry(
            subject: table.subjects[subject], name: Self.name(name, mark), label: "", mark: mark,
            rows: [row]))
      }
    }
  }

  /// The name of a device by its mark.
  private static func name(_ text: String, _ mark: PowerLogSubject.Mark) -> String {
    switch mark {
    case .bus:
      // Tools write four or eight digits of the domain.
      let parts = text.lowercased().split(separator: ":")
      guard parts.count == 3, parts[0].count < 8 else { return text.lowercased() }
      return String(repeating: "0", count: 8 - parts[0].count) + parts.joined(separator: ":")
    case .serial: return "serial-\(text)"
    default: return text
    }
  }

  private mutating func setLabels() {
    var counts: [DeviceKind: Int] = [:]
    var buses: [Substring: Int] = [:]
    for entry in entries where entry.mark == .bus {
      buses[entry.name.split(separator: ":").dropFirst().first ?? "", default: 0] += 1
    }
    for place in entries.indices {
      let entry = entries[place]
      let ordinal = counts[entry.subject.kind, default: 0]
      counts[entry.subject.kind] = ordinal + 1
      let bus = entry.name.split(separator: ":").dropFirst().first ?? ""
      entries[place].label =
        switch entry.mark {
        case .index, .number, .name, nil: entry.name
        case .bus: entry.subject.marks[.index] ?? (buses[bus] == 1 ? String(bus) : entry.name)
        case .uuid, .serial: entry.subject.marks[.index] ?? "\(ordinal)"
        }
    }
  }
}

extension PowerLogDevices {
  /// Tells cards apart by the times of their rows.
  ///
  /// The cards of one tick are asked one after the other, so their rows stand some milliseconds apart
  /// and each tick has as many. Rows that are all equally far apart are those of one card, however
  /// near they stand.
  private mutating func sortByTime(_ rows: [Int], _ table: PowerLogTable) {
    let times = rows.map { table.rows[$0].time.order }
    let ticks = Self.ticks(times)
    let count = ticks.map(Self.usualSize) ?? 1
    let first = entries.count
    for card in 0..<count {
      entries.append(
        Entry(
          subject: table.subjects[table.rows[rows[card]].subject], name: "\(card)", label: "",
          mark: nil))
    }
    guard count > 1, let ticks else {
      if isMixed(rows, table) {
        entries.removeLast()
        for row in rows {
          lost.add(line: table.rows[row].line, "it names no GPU, and there are several")
        }
      } else {
        entries[first].rows = rows
      }
      return
    }
    assumptions.append("it names no GPU: \(count) GPUs by the order of the rows at each time")
    for tick in ticks {
      for (card, place) in tick.enumerated() {
        if tick.count == count {
          entries[first + card].rows.append(rows[place])
        } else {
          lost.add(
            line: table.rows[rows[place]].line,
            "\(tick.count) rows at a time where there are \(count) GPUs")
        }
      }
    }
  }

  /// The rows of each tick; `nil` where there are no ticks of several rows.
  private static func ticks(_ times: [Int64]) -> [Range<Int>]? {
    for step: Int64 in [0, 1, 2, 5, 10, 20, 50] {
      let ticks = ticks(times, within: step * 1_000_000)
      if isRegular(ticks, times) { return ticks }
    }
    return nil
  }

  private static func ticks(_ times: [Int64], within step: Int64) -> [Range<Int>] {
    var ticks: [Range<Int>] = []
    var start = 0
    for place in times.indices.dropFirst() where abs(times[place] - times[place - 1]) > step {
      ticks.append(start..<place)
      start = place
    }
    ticks.append(start..<times.count)
    return ticks
  }

  private static func usualSize(_ ticks: [Range<Int>]) -> Int {
    var sizes: [Int: Int] = [:]
    for tick in ticks { sizes[tick.count, default: 0] += 1 }
    return sizes.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 1
  }

  /// Whether nearly all ticks have as many rows, which are near to each other and far from the next.
  private static func isRegular(_ ticks: [Range<Int>], _ times: [Int64]) -> Bool {
    let size = usualSize(ticks)
    guard 2...64 ~= size else { return false }
    // The first and the last tick may be cut.
    let regular = ticks.count { $0.count == size }
    guard (regular + 2) * 10 >= ticks.count * 9, regular * 2 > ticks.count else { return false }
    // A single tick tells only by rows of the very same time.
    guard ticks.count > 1 else { return times.first == times.last }
    let inner = ticks.flatMap { tick in
      tick.dropFirst().map { abs(times[$0] - times[$0 - 1]) }
    }.sorted()
    let outer = ticks.dropFirst().map { abs(times[$0.lowerBound] - times[$0.lowerBound - 1]) }
      .sorted()
    return 2 * outer[outer.count / 2] >= 5 * inner[inner.count * 9 / 10]
  }

  /// Whether many rows of the same time tell different powers.
  private func isMixed(_ rows: [Int], _ table: PowerLogTable) -> Bool {
    let mixed = zip(rows, rows.dropFirst()).count { row, next in
      guard table.rows[row].time.order == table.rows[next].time.order,
        let power = table.power(of: row), let other = table.power(of: next)
      else { return false }
      return power != other
    }
    return mixed * 10 > rows.count
  }
}

extension PowerLogTable {
  /// The power that a row tells.
  func power(of row: Int) -> Double? {
    for value in values[rows[row].values] {
      if value.metric == .power || value.metric == .powerInstant,
        case .number(let number) = value.content
      {
        return number
      }
    }
    return nil
  }
}
