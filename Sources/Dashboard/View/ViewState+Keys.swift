import Accounting
import Quantities
import Telemetry

extension ViewState {
  /// Carries out the command of a key, given by its name.
  ///
  /// An open list takes its own keys first; `canSignal` says whether its processes run here, now, and
  /// `scrollLimit` how many rows it can be scrolled at most.
  public mutating func press(
    _ key: String, timeline: Timeline, bounds: TimeSpan, canSignal: Bool = false,
    utcOffset: (Timestamp) -> Int = { _ in 0 }, scrollLimit: Int = 0, fleet: FleetPicture? = nil
  ) -> [Effect] {
    if let prompt { return type(key, into: prompt, timeline, bounds, utcOffset) }
    if isOfFleet, overlay == nil, let effects = pressInFleet(key, fleet) { return effects }
    if overlay == .processes {
      let time = cursor.time(in: bounds)
      let span = selectedSpan(at: time) ?? TimeSpan(bounds.start, time)
      let uses = Ledger(timeline).processes(over: span, by: processes.grouping)
      toast = ""
      switch processes.press(key, processes.rows(uses), canSignal: canSignal) {
      case .handled: return []
      case .close: return apply(.processes, timeline: timeline, bounds: bounds)
      case .say(let text):
        toast = text
        return []
      case .signal(let pid, let started, let number):
        return [.signal(pid: pid, started: started, number: number)]
      case .unhandled: break
      }
    }
    if overlay == .events {
      toast = ""
      let time = cursor.time(in: bounds)
      switch events.press(key, events.rows(timeline), at: time) {
      case .handled: return []
      case .close: return apply(.overlay(.events), timeline: timeline, bounds: bounds)
      case .go(let time):
        cursor.seek(to: time, in: bounds)
        return apply(.overlay(.events), timeline: timeline, bounds: bounds)
      case .unhandled: break
      }
    }
    if isScrolling, let rows = Self.scrollStep(key) {
      toast = ""
      scroll(by: rows, limit: scrollLimit)
      return []
    }
    if overlay == .race, race.press(key) {
      toast = ""
      return []
    }
    guard let command = KeyTable.command(for: key) else { return [] }
    return apply(command, timeline: timeline, bounds: bounds)
  }

  /// Takes a key into the line, and does what was asked for when it is entered.
  private mutating func type(
    _ key: String, into old: Prompt, _ timeline: Timeline, _ bounds: TimeSpan,
    _ offset: (Timestamp) -> Int
  ) -> [Effect] {
    toast = ""
    var line = old
    switch line.press(key) {
    case .typing: prompt = line
    case .cancelled: prompt = nil
    case .entered(let text):
      if case .mark(let time) = old.purpose {
        prompt = nil
        return [.mark(at: time.nanoseconds, name: text)]
      }
      do throws(Destination.Fault) {
        let time = try Destination(text).time(
          from: cursor.time(in: bounds), in: bounds, of: timeline,
          offset: showsUTC ? { _ in 0 } : offset)
        cursor.seek(to: time, in: bounds)
        prompt = nil
      } catch {
        // What was typed stays, to be corrected.
        toast = error.texts.text(in: language)
      }
    }
    return []
  }
}
