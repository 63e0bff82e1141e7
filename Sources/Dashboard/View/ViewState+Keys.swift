import Accounting
import Quantities
import Telemetry

extension ViewState {
  /// Carries out the command of a key, given by its name.
  ///
  /// An open list takes its own keys first; `canSignal` says whether its processes run here, now.
  public mutating func press(
    _ key: String, timeline: Timeline, bounds: TimeSpan, canSignal: Bool = false
  ) -> [Effect] {
    if overlay == .processes {
      let span = TimeSpan(selection ?? bounds.start, cursor.time(in: bounds))
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
    guard let command = KeyTable.command(for: key) else { return [] }
    return apply(command, timeline: timeline, bounds: bounds)
  }
}
