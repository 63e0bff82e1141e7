import Telemetry

/// Which files are of one machine.
///
/// Files of one machine go on from each other, or tell of other devices, or name the same GPUs by
/// names that no two GPUs have. Files that tell of the GPU 0 of the same time are of two machines.
/// What the user says counts before all that.
struct PowerLogMachines {
  /// The files that are of one machine, by their places.
  struct Group {
    var files: [Int]
    var name: String?
    /// Whether it is inside of a machine that is metered as a whole, but nobody knows which.
    var isStray = false
  }

  private(set) var groups: [Group] = []
  /// What had to be assumed, in words.
  private(set) var assumptions: [(file: Int, words: String)] = []

  private let files: [PowerLogFile]
  private let stretches: [PowerLogStretch]

  init(
    _ files: [PowerLogFile], _ stretches: [PowerLogStretch], machine: String, isNamed: Bool
  ) {
    self.files = files
    self.stretches = stretches
    join(isNamed ? machine : nil)
    if groups.count > 1 { matchMeters() }
    setNames(machine)
  }

  /// The group of a file.
  func group(of file: Int) -> Group? { groups.first { $0.files.contains(file) } }

  private mutating func join(_ machine: String?) {
    // Meters first: what is inside of a machine is then found its place.
    let meters = files.indices.filter { isWhole(Group(files: [$0])) }
    for file in meters + files.indices.filter({ !meters.contains($0) }) {
      let own = files[file].machine ?? machine ?? files[file].table.host
      if let own {
        if let known = groups.firstIndex(where: { $0.name == own }) {
          groups[known].files.append(file)
        } else {
          groups.append(Group(files: [file], name: own))
        }
        continue
      }
      let relations = groups.map { relation(file, $0) }
      if let same = relations.firstIndex(of: .same) {
        groups[same].files.append(file)
      } else if groups.count == 1, relations[0] == .possible, groups[0].name == nil {
        assume(file, groups[0])
        groups[0].files.append(file)
      } else {
        groups.append(Group(files: [file], name: nil))
      }
    }
  }

  private enum Relation { case same, possible, different }

  private func stretches(_ file: Int) -> [PowerLogStretch] { stretches.filter { $0.file == file } }

  private func relation(_ file: Int, _ group: Group) -> Relation {
    var result = Relation.possible
    for other in group.files {
      switch relation(file, other) {
      case .same: return .same
      case .different: result = .different
      case .possible: break
      }
    }
    return result
  }

  private func relation(_ file: Int, _ other: Int) -> Relation {
    if files[file].isRotation(of: files[other]) || files[file].path == files[other].path {
      return .same
    }
    var result = Relation.possible
    for one in stretches(file) {
      for two in stretches(other) where two.device.subject.kind == one.device.subject.kind {
        let (marks, others) = (one.device.subject.marks, two.device.subject.marks)
        if let uuid = marks[.uuid], let another = others[.uuid] {
          if uuid == another { return .same }
          // One place cannot hold two boards.
          if marks[.index] != nil, marks[.index] == others[.index] { result = .different }
          continue
        }
        guard one.device.name == two.device.name else { continue }
        let isOther =
          one.device.subject.model != two.device.subject.model
          && !one.device.subject.model.isEmpty && !two.device.subject.model.isEmpty
        if isOther {
          result = .different
        } else if one.count == two.count, one.survey.digest == two.survey.digest {
          // The same rows, copied; two nodes are not equal in every number and millisecond.
          if one.count > 2, one.survey.isVaried { return .same }
          result = overlap(one, two) ? .different : result
        } else if overlap(one, two), files[file].format == files[other].format {
          result = .different
        }
      }
    }
    return result
  }

  /// Whether two stretches share more time than the ends of a rotated log do.
  private func overlap(_ one: PowerLogStretch, _ two: PowerLogStretch) -> Bool {
    guard let span = one.span, let other = two.span, let shared = span.intersection(other) else {
      return false
    }
    return shared.seconds > 3 * max(one.period, two.period) || shared == span || shared == other
  }

  private mutating func assume(_ file: Int, _ group: Group) {
    let mine = stretches(file).map(\.device)
    let theirs = group.files.flatMap { stretches($0) }
    let others = theirs.filter { other in
      mine.contains { $0.name == other.device.name && $0.subject.kind == other.device.subject.kind }
    }
    let name = files[group.files[0]].name
    if let other = others.first {
      let words =
        files[other.file].format == files[file].format
        ? "their times do not overlap" : "two tools may have read the same device"
      assumptions.append(
        (
          file,
          "taken for the same machine as \(name), since \(words); "
            + "if not, say --machine NAME=FILE"
        ))
    } else if isWhole(group) != isWhole(Group(files: [file])) {
      assumptions.append(
        (
          file,
          "taken for the same machine as \(name), so that nothing counts twice; "
            + "if not, say --machine NAME=FILE"
        ))
    }
  }

  /// Whether a meter of the whole machine is among its devices.
  private func isWhole(_ group: Group) -> Bool {
    stretches.contains { group.files.contains($0.file) && $0.device.subject.role == .machine }
  }

  /// Finds for logs of parts the meter of their machine, by their names.
  private mutating func matchMeters() {
    let all = groups.indices.filter { isWhole(groups[$0]) }
    var gone: Set<Int> = []
    for place in groups.indices where groups[place].name == nil && !isWhole(groups[place]) {
      // A meter of another time has counted nothing of it.
      let meters = all.filter { areOfOneTime(groups[$0], groups[place]) }
      guard !meters.isEmpty else { continue }
      let fitting = meters.filter { meter in
        groups[meter].files.contains { one in
          groups[place].files.contains { share(files[one], files[$0]) }
        }
      }
      if fitting.count == 1 {
        groups[fitting[0]].files += groups[place].files
        gone.insert(place)
      } else {
        groups[place].isStray = true
        for file in groups[place].files {
          assumptions.append(
            (
              file,
              "whose machine this is, is not told, and its meter may count it already: shown and "
                + "not added; say --machine NAME=FILE"
            ))
        }
      }
    }
    groups = groups.indices.filter { !gone.contains($0) }.map { groups[$0] }
  }

  private func areOfOneTime(_ one: Group, _ two: Group) -> Bool {
    let spans = two.files.flatMap { stretches($0) }.compactMap(\.span)
    return one.files.flatMap { stretches($0) }.compactMap(\.span).contains { span in
      spans.contains { (span.intersection($0)?.seconds ?? 0) > 0 }
    }
  }

  /// Whether a file is called after another: `node_0.txt` and `node_0-gpu.csv`.
  private func share(_ one: PowerLogFile, _ two: PowerLogFile) -> Bool {
    let (stem, other) = (one.stem.lowercased(), two.stem.lowercased())
    if stem == other { return true }
    let (short, long) = stem.count < other.count ? (stem, other) : (other, stem)
    func isApart(_ character: Character?) -> Bool {
      character.map { !$0.isLetter && !$0.isNumber } ?? true
    }
    return long.hasPrefix(short) && isApart(long.dropFirst(short.count).first)
      || long.hasSuffix(short) && isApart(long.dropLast(short.count).last)
  }

  private mutating func setNames(_ machine: String) {
    groups.sort { ($0.files.min() ?? 0) < ($1.files.min() ?? 0) }
    if groups.count == 1 {
      // What only the content says of a single machine is not needed to tell it from others.
      groups[0].name = groups[0].files.compactMap { files[$0].machine }.first ?? machine
      return
    }
    for place in groups.indices where groups[place].name == nil {
      let file = files[groups[place].files.min() ?? 0]
      let folder = file.path.split(separator: "/").dropLast().last.map(String.init)
      // Of files of one name it is the folder that tells them apart.
      let isOne = files.indices.allSatisfy {
        groups[place].files.contains($0) || files[$0].stem != file.stem
      }
      var name = isOne ? file.stem : folder ?? file.stem
      let used = Set(groups.compactMap(\.name))
      if used.contains(name), let folder { name = "\(folder)/\(file.stem)" }
      if used.contains(name) { name = file.path }
      var count = 2
      let plain = name
      while used.contains(name) {
        name = "\(plain)-\(count)"
        count += 1
      }
      groups[place].name = name
    }
  }
}
