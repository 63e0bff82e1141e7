import Accounting
import Quantities
import Telemetry

/// What the user has chosen in the list of processes: order, filter, row, and a pending question.
///
/// A pure state machine over key names.
public struct ProcessListState: Sendable, Hashable {
  /// What the list is in order of.
  public enum Order: String, Sendable, Hashable, CaseIterable {
    case energy, power, memory, share, name, pid
  }

  /// What the list is in order of at present.
  public private(set) var order = Order.energy
  /// Whether the least comes first.
  public private(set) var isReversed = false
  /// What the rows are: processes, users, containers or batch jobs.
  public private(set) var grouping = ProcessUse.Grouping.process
  /// The words that a row must contain to be shown.
  public private(set) var filter = FilterLine()
  /// Whether the chosen row is shown in full.
  public private(set) var showsDetails = false
  /// The pid that the user is asked about before it is sent a signal.
  public private(set) var asked: Int?
  /// Whether the question stands there but takes no answer yet.
  public private(set) var isHoldingAnswers = false
  /// The chosen row.
  private var chosen: String?
  /// The language of what is said.
  var language = Language.fallback

  /// The numbers of the signals that the list can send, as in signal(7).
  private enum Signal: Int {
    case interrupt = 2
    case kill = 9
    case terminate = 15
  }

  /// What a key led to.
  public enum Outcome: Sendable, Hashable {
    /// The key was for the list, which has done what it asks.
    case handled
    /// The key is for the rest of the program.
    case unhandled
    /// The list is to be closed.
    case close
    /// A process is to be sent a signal, if it is still the one that began then.
    case signal(pid: Int, started: String, number: Int)
    /// The user is to be told something.
    case say(String)
  }

  /// A list of processes, the one with the most energy first, without a filter.
  public init() {}

  /// The rows to be shown, in order.
  public func rows(_ uses: [ProcessUse]) -> [ProcessUse] {
    let shown = uses.filter { filter.matches($0.searchText) }
    let sorted = shown.sorted { left, right in
      if left.isRunning != right.isRunning, order != .energy { return left.isRunning }
      switch order {
      case .energy: return left.joules > right.joules
      case .power: return (left.watts ?? -1) > (right.watts ?? -1)
      case .memory: return (left.memory ?? -1) > (right.memory ?? -1)
      case .share: return (left.smShare ?? -1) > (right.smShare ?? -1)
      case .name: return (left.name, left.pids.first ?? 0) < (right.name, right.pids.first ?? 0)
      case .pid: return (left.pids.first ?? 0) < (right.pids.first ?? 0)
      }
    }
    return isReversed ? sorted.reversed() : sorted
  }

  /// The index of the chosen row; the first one while nothing was chosen or it has gone.
  public func selectedIndex(in rows: [ProcessUse]) -> Int {
    rows.firstIndex { $0.key == chosen } ?? 0
  }

  /// Lets no key answer the question that stands there, until `takeAnswers`.
  ///
  /// What was typed ahead of a question, or pasted, is no answer to it.
  public mutating func holdAnswers() { isHoldingAnswers = asked != nil }

  /// Lets keys answer the question from now on.
  public mutating func takeAnswers() { isHoldingAnswers = false }

  /// Drops the question: nobody is sent anything.
  mutating func dropQuestion() {
    asked = nil
    isHoldingAnswers = false
  }

  /// Takes a key; `rows` are those shown, `canSignal` whether they run on this machine now.
  public mutating func press(_ key: String, _ rows: [ProcessUse], canSignal: Bool) -> Outcome {
    if filter.isTyping { return filter.type(key) ? .handled : .unhandled }
    if let asked { return answer(key, asked, rows) }
    let place = selectedIndex(in: rows)
    func go(to place: Int) -> Outcome {
      if !rows.isEmpty { chosen = rows[min(max(place, 0), rows.count - 1)].key }
      return .handled
    }
    switch key {
    case "down", "j": return go(to: place + 1)
    case "up": return go(to: place - 1)
    case "page-down": return go(to: place + 10)
    case "page-up": return go(to: place - 10)
    case "home", "g": return go(to: 0)
    case "end", "G": return go(to: rows.count - 1)
    case ">", "s", "right": step(by: 1)
    case "<", "left": step(by: -1)
    case "r": isReversed.toggle()
    case "u":
      let all = ProcessUse.Grouping.allCases
      grouping = all[((all.firstIndex(of: grouping) ?? 0) + 1) % all.count]
      chosen = nil
    case "/": filter.begin()
    case "enter": showsDetails.toggle()
    case "k", "f9", "delete": return ask(rows.isEmpty ? nil : rows[place], canSignal)
    case "escape":
      if showsDetails {
        showsDetails = false
      } else if !filter.text.isEmpty {
        filter.clear()
      } else {
        return .close
      }
    case "p": return .close
    default: return .unhandled
    }
    return .handled
  }

  private func words(_ words: ToastWords) -> Outcome { .say(words.text(in: language)) }

  private mutating func step(by count: Int) {
    let all = Order.allCases
    let place = (all.firstIndex(of: order) ?? 0) + count
    order = all[(place + all.count) % all.count]
  }

  private mutating func ask(_ use: ProcessUse?, _ canSignal: Bool) -> Outcome {
    guard let use else { return .handled }
    guard canSignal else { return words(.notOurs) }
    guard use.pids.count == 1, use.former == 0 else {
      return words(use.pids.isEmpty ? .haveEnded : .chooseOne)
    }
    guard use.isRunning else { return words(.hasEnded) }
    guard use.started != nil else {
      return words(.hostNumbers)
    }
    chosen = use.key
    asked = use.pids[0]
    return .handled
  }

  private mutating func answer(_ key: String, _ pid: Int, _ rows: [ProcessUse]) -> Outcome {
    let signals: [String: Signal] = ["y": .terminate, "i": .interrupt, "9": .kill]
    if key == "ctrl-c" { return .unhandled }
    if isHoldingAnswers { return .handled }
    dropQuestion()
    guard let signal = signals[key] else { return .handled }
    guard let use = rows.first(where: { $0.pids == [pid] && $0.former == 0 }),
      let started = use.started
    else {
      return words(.hasEnded)
    }
    return .signal(pid: pid, started: started, number: signal.rawValue)
  }
}

extension ProcessUse {
  /// A key that is different for every row.
  var key: String {
    if pids.count == 1, former == 0 { return "\(pids[0]) \(started ?? "")" }
    return "\(name) \(container ?? "") \(job ?? "")"
  }

  /// The text that a filter searches.
  fileprivate var searchText: String {
    ([name, user ?? "", command ?? "", container ?? "", job ?? ""] + pids.map(String.init)
      + gpus.map { "gpu" + $0 })
      .joined(separator: " ").lowercased()
  }
}
