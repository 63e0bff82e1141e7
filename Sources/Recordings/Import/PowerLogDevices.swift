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
    /// The tracks of its rows.
    var tracks: [PowerLogTrack] = []
    /// Whether a row has a time of day only.
    var hasClock = false

    /// Which row of all of its file its first one is.
    var first: Int { tracks.map(\.first).min() ?? .max }

    /// Its rows in the order of the file.
    func rows() -> PowerLogFileRows { PowerLogFileRows(tracks) }

    fileprivate mutating func add(_ track: PowerLogSubjectTrack) {
      tracks.append(track.rows)
      if track.hasClock { hasClock = true }
    }
  }

  private(set) var entries: [Entry] = []
  /// Rows of which nobody can say whose they are.
  private(set) var lost = PowerLogCount()
  /// What had to be assumed, in words.
  var assumptions: [String] = []

  init(_ table: PowerLogTable) {
    let kinds = Set(table.subjects.map(\.kind))
    for kind in kinds.sorted(by: { $0.name < $1.name }) { sort(kind, table) }
    // Devices come in the order in which the file first speaks of them.
    entries.sort { $0.first < $1.first }
    setLabels()
  }

  private mutating func sort(_ kind: DeviceKind, _ table: PowerLogTable) {
    let subjects = table.subjects.indices.filter {
      table.subjects[$0].kind == kind && table.tracks[$0].count > 0
    }.sorted { table.tracks[$0].rows.first < table.tracks[$1].rows.first }
    guard !subjects.isEmpty else { return }
    let count = subjects.reduce(0) { $0 + table.tracks[$1].count }
    func share(_ mark: PowerLogSubject.Mark) -> Int {
      subjects.reduce(0) {
        $0 + (table.subjects[$1].marks[mark] != nil ? table.tracks[$1].count : 0)
      }
    }
    // No device is told two powers at one time; a few times do not count.
    func isTellingApart(_ mark: PowerLogSubject.Mark) -> Bool {
      table.marks.conflicts(of: .init(kind: kind, mark: mark)) * 20 <= count
    }
    let marks = PowerLogSubject.Mark.allCases.filter { share($0) * 10 >= count * 9 }
    if let mark = marks.first(where: isTellingApart) ?? marks.first {
      sort(subjects, by: mark, table)
    } else if share(.index) + share(.uuid) + share(.bus) > 0 {
      // Some rows have a mark and most have none: nobody knows whose those are.
      lose(subjects, table)
    } else {
      sortByTime(subjects, table)
    }
  }

  /// Adds a device.
  mutating func add(_ entry: Entry) { entries.append(entry) }

  /// Counts a row as nobody's.
  mutating func lose(_ line: Int, _ words: @autoclosure () -> String) {
    lost.add(line: line, words())
  }

  /// Counts so many more rows as nobody's.
  mutating func lose(more: Int) { lost.add(more: more) }

  /// Counts all rows of subjects as nobody's.
  private mutating func lose(_ subjects: [Int], _ table: PowerLogTable) {
    let lines = subjects.flatMap { table.tracks[$0].lines }.sorted { $0.ordinal < $1.ordinal }
      .prefix(PowerLogCount.lineCount)
    for (_, line) in lines { lost.add(line: line, "it names no device") }
    lost.add(more: subjects.reduce(0) { $0 + table.tracks[$1].count } - lines.count)
  }

  static func key(_ subject: PowerLogSubject, _ mark: PowerLogSubject.Mark) -> String? {
    subject.marks[mark].map { "\(subject.host ?? "")\u{0}\(Self.name($0, mark))" }
  }

  private mutating func sort(
    _ subjects: [Int], by mark: PowerLogSubject.Mark, _ table: PowerLogTable
  ) {
    var places: [String: Int] = [:]
    lose(subjects.filter { table.subjects[$0].marks[mark] == nil }, table)
    for subject in subjects {
      guard let key = Self.key(table.subjects[subject], mark),
        let name = table.subjects[subject].marks[mark]
      else { continue }
      if places[key] == nil {
        places[key] = entries.count
        entries.append(
          Entry(
            subject: table.subjects[subject], name: Self.name(name, mark), label: "", mark: mark))
      }
      entries[places[key] ?? 0].add(table.tracks[subject])
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
