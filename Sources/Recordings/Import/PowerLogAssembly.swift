import Formats
import Quantities
import Telemetry

/// Makes readings of power logs: the one place that decides what devices there are, when it was, how
/// far apart readings should be, and which numbers can be true.
public struct PowerLogAssembly {
  /// Something that whoever imports should know of a file.
  public struct Remark: Sendable, Hashable {
    /// The path of the file.
    public var path: String
    /// What there is to say, in words.
    public var text: String
    /// Whether something was left out, and not only assumed.
    public var isLoss: Bool
  }

  /// The devices and their series.
  public internal(set) var descriptions: [Observation] = []
  /// What tells of that which was left out.
  public internal(set) var events: [Observation] = []
  /// The first and the last reading.
  public internal(set) var span: TimeSpan?
  /// The first and the last reading of power or energy.
  public internal(set) var powerSpan: TimeSpan?
  /// What was assumed and what was left out, file by file.
  public internal(set) var remarks: [Remark] = []
  /// Whether a time without a zone was read.
  public private(set) var hasUsedZone = false

  let files: [PowerLogFile]
  private var stretches: [PowerLogStretch] = []
  var told: [PowerLogReadings] = []
  /// What was left out of each file.
  private var losses: [[PowerLogCount]]

  /// Puts files together.
  ///
  /// - Parameters:
  ///   - zone: the zone of times that are written without one.
  ///   - machine: what the machine is called where there is only one.
  ///   - isMachineNamed: whether the user said so, of all files.
  /// - Throws: `ImportError` where a file tells nothing; it names the file.
  package init(
    _ files: [PowerLogFile], zone: TimeZoneRule = .utc, machine: String = "imported",
    isMachineNamed: Bool = false
  ) throws(ImportError) {
    self.files = files
    losses = Array(repeating: [], count: files.count)
    for place in files.indices { try read(place, zone) }
    let machines = PowerLogMachines(
      files, stretches, machine: machine, isNamed: isMachineNamed)
    for (file, words) in machines.assumptions {
      remarks.append(Remark(path: files[file].path, text: words, isLoss: false))
    }
    tell(machines)
  }

  /// Finds the devices of one file and their times.
  private mutating func read(_ place: Int, _ zone: TimeZoneRule) throws(ImportError) {
    let file = files[place]
    let table = file.table
    let devices = PowerLogDevices(table)
    var clock = PowerLogClock(table, zone: zone, modified: file.modified)
    var timeless: [PowerLogCount] = []
    let first = stretches.count
    for device in devices.entries {
      let hours = clock.hours(hasClock: device.hasClock) { body in
        let rows = device.rows()
        while rows.next() { body(rows.packed) }
      }
      let stretch = PowerLogStretch(
        file: place, device: device, hours: hours, shift: file.shift,
        isCompared: files.count > 1)
      timeless.append(stretch.timeless)
      if stretch.isSeveral {
        losses[place].append(several(stretch))
      } else if stretch.count > 0 {
        stretches.append(stretch)
      }
    }
    if clock.hasUsedZone { hasUsedZone = true }
    let untimed = timeless.reduce(into: PowerLogCount()) { $0.add($1) }
    for count in [table.broken, table.torn, devices.lost, untimed] where count.count > 0 {
      losses[place].append(count)
    }
    for words in table.assumptions + devices.assumptions + clock.assumptions {
      remarks.append(Remark(path: file.path, text: words, isLoss: false))
    }
    if let failure = table.store.failure { throw ImportError("\(file.path): \(failure)") }
    guard stretches[first...].contains(where: \.survey.isReadable) else {
      let reason = losses[place].first.map { ": line \($0.line): \($0.words)" } ?? ""
      throw ImportError("\(file.path): tells no power\(reason)")
    }
  }

  /// What to say of a device under whose name there are several.
  private func several(_ stretch: PowerLogStretch) -> PowerLogCount {
    var count = PowerLogCount()
    let name = "\(stretch.device.subject.kind.name) \(stretch.device.label)"
    count.add(
      line: stretch.contradictions.line,
      "two powers of \(name) at one time, \(stretch.contradictions.words), as of two devices or "
        + "runs; a file for each tells them apart")
    count.add(more: stretch.count - 1)
    return count
  }

  /// A device of all files.
  struct Whole {
    var id: DeviceID
    var stretches: [PowerLogStretch]
    var isStray: Bool

    /// How far it is from what was measured: a sum that others tell of is behind single devices, and
    /// what is modelled behind both.
    var rank: Int {
      let subject = stretches[0].device.subject
      return subject.method == .modelled ? 2 : subject.attributes[Device.tellerKey] == nil ? 0 : 1
    }

    var span: TimeSpan? {
      let spans = stretches.compactMap(\.span)
      guard let start = spans.map(\.start).min(), let end = spans.map(\.end).max() else {
        return nil
      }
      return TimeSpan(start, end)
    }
  }

  private mutating func tell(_ machines: PowerLogMachines) {
    var wholes: [Whole] = []
    var places: [DeviceID: Int] = [:]
    for stretch in stretches {
      let group = machines.group(of: stretch.file)
      let hosts = Set(
        stretches.lazy.filter { $0.file == stretch.file }.compactMap(\.device.subject.host))
      let host = hosts.count > 1 ? stretch.device.subject.host : nil
      let id = DeviceID(
        machine: files[stretch.file].machine ?? host ?? group?.name ?? "imported",
        kind: stretch.device.subject.kind, name: stretch.device.name)
      if let known = places[id] {
        wholes[known].stretches.append(stretch)
      } else {
        places[id] = wholes.count
        wholes.append(Whole(id: id, stretches: [stretch], isStray: group?.isStray ?? false))
      }
    }
    // What was measured goes before what was worked out, in whatever order the files were named.
    wholes = (0...2).flatMap { rank in wholes.filter { $0.rank == rank } }
    for place in wholes.indices {
      markRepeated(&wholes[place], after: wholes[..<place])
      tell(wholes[place])
    }
    for (place, counts) in losses.enumerated() {
      for count in counts {
        let text = Self.words(count, "line", "left out")
        remarks.append(Remark(path: files[place].path, text: text, isLoss: true))
        let time = stretches.first { $0.file == place }?.time(ofLine: count.line)
        if let time { tell("\(files[place].name): \(text)", at: time, cause: .refused) }
      }
    }
    for remark in remarks where !remark.isLoss {
      guard let place = files.firstIndex(where: { $0.path == remark.path }),
        let time = stretches.first(where: { $0.file == place })?.span?.start
      else { continue }
      tell("\(files[place].name): \(remark.text)", at: time, cause: .assumed)
    }
  }

  /// Adds an event that goes into the recording, within the time of its readings: what was left out
  /// before the first of them or after the last is no less to be known.
  mutating func tell(
    _ text: String, at time: Timestamp, device: DeviceID? = nil, cause: Event.Cause
  ) {
    var time = time
    if let span { time = min(max(time, span.start), span.end) }
    events.append(
      .event(Event(time: time, kind: .note, text: text, device: device, cause: cause)))
  }

  /// Sees to it that what two tools tell of one machine under different names counts once.
  ///
  /// Only two names of one sort, such as the numbers 0 and 1, show that two devices are not the same.
  private mutating func markRepeated(_ whole: inout Whole, after others: ArraySlice<Whole>) {
    let role = whole.stretches[0].device.subject.role
    guard role.isPart || role == .machine, !whole.isStray, let span = whole.span else { return }
    for other in others where other.id.machine == whole.id.machine && !other.isStray {
      let (mine, theirs) = (whole.stretches[0], other.stretches[0])
      guard theirs.device.subject.role == role,
        files[mine.file].format != files[theirs.file].format,
        let shared = other.span?.intersection(span), shared.seconds > 0
      else { continue }
      let marks = theirs.device.subject.marks
      let isOther = mine.device.subject.marks.contains { mark, name in
        mark != .name && marks[mark].map { $0 != name } ?? false
      }
      guard !isOther else { continue }
      whole.isStray = true
      remarks.append(
        Remark(
          path: files[mine.file].path,
          text: "\(whole.id.kind.name) \(mine.device.label) is shown and not added: "
            + "\(files[theirs.file].name) tells of it too; if not, say --machine NAME=FILE",
          isLoss: false))
      return
    }
  }

}
