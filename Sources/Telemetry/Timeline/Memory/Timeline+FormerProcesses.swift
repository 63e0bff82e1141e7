import Quantities

/// What is kept of processes that ended a while ago: their sums, and on which accelerators they were.
struct ProcessArchive: Sendable {
  /// Sums by who they were.
  var sums: [FormerProcesses.Key: FormerProcesses] = [:]
  /// In the order in which they came.
  var order: [FormerProcesses.Key] = []
  /// The accelerators of processes by their numbers, and the numbers in the order in which they ended.
  var places: [Int: [DeviceID]] = [:]
  var numbers: [Int] = []
  /// Processes that came since it was looked at which have ended.
  var unseen = 0

  static let mostSums = 512
  static let mostNumbers = 8192
}

extension Timeline {
  /// So many processes that ended are kept each by itself.
  static let mostEnded = 128
  /// A process counts as ended when its accelerator was read so many seconds longer.
  private static let patience = 300.0

  /// The sums of processes that ended a while ago, in the order in which the first of each ended.
  public var formerProcesses: [FormerProcesses] { archive.order.compactMap { archive.sums[$0] } }

  /// The accelerators that a process which ended a while ago was on, by its number.
  public func formerAccelerators(of pid: Int) -> [DeviceID] { archive.places[pid] ?? [] }

  /// Folds the processes that ended first into sums, where more have ended than are kept by themselves.
  ///
  /// With `afterOneMore` it looks only once for so many that are new.
  mutating func foldEnded(afterOneMore: Bool = false) {
    archive.unseen += 1
    guard !afterOneMore || archive.unseen >= Self.mostEnded else { return }
    archive.unseen = 0
    guard devices.count > Self.mostEnded else { return }
    var ended: [(device: DeviceID, last: Timestamp)] = []
    var newest: [DeviceID: Timestamp] = [:]
    for device in devices where device.id.kind == .process {
      guard let last = newestReading(of: device.id) else { continue }
      let parent = device.parent ?? device.id
      let heard = newest[parent] ?? newestReading(of: parent) ?? last
      newest[parent] = heard
      if heard - last > Self.patience { ended.append((device.id, last)) }
    }
    guard ended.count > Self.mostEnded else { return }
    ended.sort { $0.last < $1.last }
    let gone = Set(ended.prefix(ended.count - Self.mostEnded * 3 / 4).map(\.device))
    for device in devices where gone.contains(device.id) { archive(device) }
    remove(gone)
  }

  /// The time of the newest reading of the last shape of a device.
  func newestReading(of device: DeviceID) -> Timestamp? {
    shapes[device]?.series.compactMap { series[$0].samples.last?.time }.max()
  }

  private mutating func archive(_ device: Device) {
    let facts = processFacts(of: device.id)
    let key = FormerProcesses.Key(
      gpu: device.parent, user: facts.user, container: facts.container, job: facts.job)
    let known = shapes[device.id]?.series ?? []
    let firsts = known.compactMap { series[$0].start?.0 }
    guard let first = firsts.min(), let last = newestReading(of: device.id) else { return }
    var former = FormerProcesses(key: key, count: 1, first: first, last: last)
    for metric in [Metric.energy, .sharedEnergy] {
      guard let id = id(metric, of: device.id) else { continue }
      former.isCharged = true
      let series = series[id.index]
      guard let (start, before) = series.start, let end = series.end else { continue }
      let joules = series.clampedIntegral(at: end).cumulative - before.cumulative
      if metric == .energy {
        former.energy.add(joules, from: start, to: end)
      } else {
        former.sharedEnergy.add(joules, from: start, to: end)
      }
    }
    archive.add(former)
    if let pid = facts.pid, let gpu = device.parent { archive.keep(pid, on: gpu) }
    let named = archive.numbers.count > ProcessArchive.mostNumbers ? jobProcesses : []
    archive.shrink(keeping: named)
  }

  /// The numbers of the processes of all jobs that are known.
  private var jobProcesses: Set<Int> {
    devices(.job).reduce(into: []) { $0.formUnion(facts(of: $1.id).pids) }
  }

  /// Forgets devices with all that is known of them.
  mutating func remove(_ gone: Set<DeviceID>) {
    devices.removeAll { gone.contains($0.id) }
    deviceIndex = [:]
    for (place, device) in devices.enumerated() { deviceIndex[device.id] = place }
    for (key, place) in index where gone.contains(key.device) {
      series[place] = Series(series[place].descriptor, packs: true)
      vacant.append(place)
      index[key] = nil
    }
    for id in gone {
      shapes[id] = nil
      forgetFacts(of: id)
    }
    DeviceID.forgetUnused()
  }
}

extension ProcessArchive {
  mutating func add(_ former: FormerProcesses) {
    if sums[former.key] == nil {
      order.append(former.key)
      sums[former.key] = former
    } else {
      sums[former.key]?.add(former)
    }
  }

  mutating func keep(_ pid: Int, on gpu: DeviceID) {
    if places[pid] == nil { numbers.append(pid) }
    if places[pid]?.contains(gpu) != true { places[pid, default: []].append(gpu) }
  }

  /// Sees to it that what is kept has an end, however many users, containers and batch jobs there were.
  mutating func shrink(keeping named: Set<Int>) {
    while sums.count > Self.mostSums, let oldest = order.first(where: { !$0.isRest }),
      var former = sums.removeValue(forKey: oldest)
    {
      order.removeAll { $0 == oldest }
      // The next step drops the user as well, where those alone are too many.
      former.key = oldest.rest(dropsUser: order.count { $0.isRest } > Self.mostSums / 2)
      add(former)
    }
    guard numbers.count > Self.mostNumbers else { return }
    let old = numbers.prefix(Self.mostNumbers / 4).filter { !named.contains($0) }
    let gone = Set(old.isEmpty ? Array(numbers.prefix(Self.mostNumbers / 4)) : old)
    numbers.removeAll { gone.contains($0) }
    for pid in gone { places[pid] = nil }
  }
}

extension FormerProcesses.Key {
  private static let others = "others before"

  /// Whether it stands for several containers and batch jobs already.
  var isRest: Bool { container == Self.others }

  /// What stands for it and for others of its user, or of all users.
  func rest(dropsUser: Bool) -> Self {
    Self(gpu: gpu, user: dropsUser ? Self.others : user, container: Self.others, job: Self.others)
  }
}
