import Accounting
import Canvas
import Telemetry

/// What the user has chosen on the screen of a fleet: order, filter, row, machine.
///
/// A pure state machine over key names.
public struct FleetState: Sendable, Hashable {
  /// What keys move in.
  public enum Focus: Sendable, Hashable { case jobs, hosts }

  /// What the rows of the table are.
  public enum Grouping: String, Sendable, Hashable, CaseIterable { case jobs, accounts }

  /// What the jobs are in order of.
  public private(set) var order = FleetOrder.waste
  /// Whether the least comes first.
  public private(set) var isReversed = false
  /// What the rows of the table are.
  public private(set) var grouping = Grouping.jobs
  /// The words that a row must contain to be shown.
  public private(set) var filter = FilterLine()
  /// What keys move in.
  public private(set) var focus = Focus.jobs
  /// The machine whose own screen is open.
  public private(set) var open: String?
  private var chosenJob: String?
  private var chosenHost: String?

  /// Jobs in order of what they wasted, none of them chosen, no machine open.
  public init() {}

  /// What a key led to.
  public enum Outcome: Sendable, Hashable {
    /// The key was for the fleet, which has done what it asks.
    case handled
    /// The key is for the rest of the program.
    case unhandled
    /// The user wants to watch a machine on it.
    case visit(host: String)
  }

  /// The jobs to be shown, in order.
  public func jobs(_ moment: FleetMoment) -> [FleetJob] {
    order.sorted(moment.jobs.filter { filter.matches($0.searchText) }, isReversed: isReversed)
  }

  /// The index of the chosen job; the first one while none was chosen or it has gone.
  public func jobIndex(_ jobs: [FleetJob]) -> Int { jobs.firstIndex { $0.id == chosenJob } ?? 0 }

  /// The chosen machine while keys move in machines.
  public func host(_ moment: FleetMoment) -> FleetHost? {
    guard focus == .hosts else { return nil }
    return moment.hosts.first { $0.name == chosenHost } ?? moment.hosts.first
  }

  /// Closes the screen of a machine; false where none is open.
  public mutating func leave() -> Bool {
    guard open != nil else { return false }
    open = nil
    return true
  }

  /// Takes a key while the fleet is on the screen.
  public mutating func press(_ key: String, _ moment: FleetMoment?) -> Outcome {
    if filter.isTyping { return filter.type(key) ? .handled : .unhandled }
    guard let moment else { return .unhandled }
    switch key {
    case "tab", "shift-tab": focus = focus == .jobs ? .hosts : .jobs
    case "/":
      focus = .jobs
      filter.begin()
    case "s", ">": step(by: 1)
    case "<": step(by: -1)
    case "r": isReversed.toggle()
    case "u": grouping = grouping == .jobs ? .accounts : .jobs
    case "w":
      guard let host = host(moment)?.name ?? chosen(moment)?.hosts.first else { return .handled }
      return .visit(host: host)
    case "escape": return escape()
    default: return focus == .jobs ? pressInJobs(key, moment) : pressInHosts(key, moment)
    }
    return .handled
  }

  private func chosen(_ moment: FleetMoment) -> FleetJob? {
    let rows = jobs(moment)
    return rows.isEmpty ? nil : rows[jobIndex(rows)]
  }

  private mutating func escape() -> Outcome {
    if !filter.text.isEmpty {
      filter.clear()
    } else if focus == .hosts {
      focus = .jobs
    } else {
      return .unhandled
    }
    return .handled
  }

  private mutating func step(by count: Int) {
    let all = FleetOrder.allCases
    let place = (all.firstIndex(of: order) ?? 0) + count
    order = all[(place + all.count) % all.count]
  }

  private mutating func pressInJobs(_ key: String, _ moment: FleetMoment) -> Outcome {
    let rows = jobs(moment)
    guard let place = Self.moved(jobIndex(rows), by: key, of: rows.count) else {
      guard key == "enter" else { return .unhandled }
      // To the machines, beginning with those of the job.
      focus = .hosts
      chosenHost = rows.isEmpty ? nil : rows[jobIndex(rows)].hosts.first
      return .handled
    }
    if !rows.isEmpty { chosenJob = rows[place].id }
    return .handled
  }

  private mutating func pressInHosts(_ key: String, _ moment: FleetMoment) -> Outcome {
    let hosts = moment.hosts
    guard !hosts.isEmpty else { return .unhandled }
    let place = hosts.firstIndex { $0.name == chosenHost } ?? 0
    switch key {
    case "left": chosenHost = hosts[max(0, place - 1)].name
    case "right": chosenHost = hosts[min(hosts.count - 1, place + 1)].name
    case "enter":
      chosenHost = hosts[place].name
      open = hosts[place].name
    case "up", "down": chosenHost = hosts[Self.neighbour(of: place, key == "down", hosts)].name
    default:
      guard let next = Self.moved(place, by: key, of: hosts.count) else { return .unhandled }
      chosenHost = hosts[next].name
    }
    return .handled
  }

  /// The machine at the same place of the rack before or after.
  private static func neighbour(of place: Int, _ isDown: Bool, _ hosts: [FleetHost]) -> Int {
    let racks = hosts.racks
    guard racks.count > 1, let rack = racks.firstIndex(where: { $0.contains(place) }) else {
      return min(max(0, place + (isDown ? 1 : -1)), hosts.count - 1)
    }
    let next = racks[min(max(0, rack + (isDown ? 1 : -1)), racks.count - 1)]
    return min(next.upperBound - 1, next.lowerBound + place - racks[rack].lowerBound)
  }

  /// Where a key leads from a place in a list; `nil` where it does not move.
  private static func moved(_ place: Int, by key: String, of count: Int) -> Int? {
    let next: Int
    switch key {
    case "down", "j": next = place + 1
    case "up", "k": next = place - 1
    case "page-down": next = place + 10
    case "page-up": next = place - 10
    case "home", "g": next = 0
    case "end", "G": next = count - 1
    default: return nil
    }
    return max(0, min(count - 1, next))
  }
}

extension FleetJob {
  /// The text that a filter searches.
  fileprivate var searchText: String {
    ([id, name, user, account, partition, scheduler, kind] + hosts).joined(separator: " ")
  }
}

extension [FleetHost] {
  /// The machines of each rack, as ranges of this list; one range where no rack is told.
  var racks: [Range<Int>] {
    var racks: [Range<Int>] = []
    var start = 0
    for place in indices where place > start && self[place].rack != self[place - 1].rack {
      racks.append(start..<place)
      start = place
    }
    if start < count { racks.append(start..<count) }
    return racks
  }
}

extension ViewState {
  /// Whether many machines are on the screen, and not one of them.
  var isOfFleet: Bool { fleet.map { $0.open == nil } ?? false }

  /// Takes a key for the screen of many machines; `nil` where it is for the rest of the program.
  mutating func pressInFleet(_ key: String, _ picture: FleetPicture?) -> [Effect]? {
    guard var state = fleet else { return nil }
    let outcome = state.press(key, picture?.moment)
    fleet = state
    switch outcome {
    case .handled:
      toast = state.open == nil ? "" : opened(state, picture?.moment)
      return []
    case .visit(let host): return [.visit(host: host)]
    case .unhandled: return nil
    }
  }
}

extension ViewState {
  /// What is said when the screen of a machine opens: that it is not heard of, and the way back.
  private func opened(_ state: FleetState, _ moment: FleetMoment?) -> String {
    let back = FleetWords.backToFleet.text(in: language)
    guard let moment, let host = state.open.flatMap({ moment.host($0) }), host.state != .answers
    else { return back }
    let age = host.quietSince.map { language.age(moment.time - $0) } ?? "–"
    return FleetWords.silentFor.text(in: language, sanitized(host.name), age) + " · " + back
  }
}

extension Command {
  /// Whether it makes sense for one machine only.
  var isOfOneMachine: Bool {
    switch self {
    case .panel, .focus, .nextPanel, .previousPanel: true
    case .overlay(let name): ![.help, .events, .equivalents].contains(name)
    default: false
    }
  }
}
