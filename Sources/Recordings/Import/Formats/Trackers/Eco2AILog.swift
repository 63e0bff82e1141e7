import Formats
import Telemetry

/// What Eco2AI writes into `emission.csv`: a row for each run or epoch.
///
///     id,project_name,experiment_description,epoch,start_time,duration(s),power_consumption(kWh),…
///     5f…,demo,training,N/A,2026-05-28 11:00:00,60.0,0.005,…
///
/// What is called power consumption is energy: of GPUs by their driver, of processor and memory by
/// models, with the PUE that was set. It is not told apart, so that the whole is modelled. Source:
/// sb-ai-lab/Eco2AI, emission_track.py.
enum Eco2AILog: PowerLogFormat {
  static let name = "Eco2AI emission.csv"
  static let isReadWhole = true

  static func recognises(_ text: PowerLogText) -> Bool {
    guard let titles = text.head(1).first.flatMap({ PowerLogSheet.Titles($0) }) else {
      return false
    }
    return ["start_time", "duration(s)", "power_consumption(kWh)"].allSatisfy {
      titles.place($0) != nil
    }
  }

  static func read(_ text: PowerLogText) -> PowerLogTable {
    var table = text.table()
    guard let titles = text.head(1).first.flatMap({ PowerLogSheet.Titles($0) }),
      let start = titles.place("start_time"), let duration = titles.place("duration(s)"),
      let energy = titles.place("power_consumption(kWh)")
    else { return table }
    var cells = CSVCells()
    var windows: [PowerLogWindow] = []
    text.forEachLine { line in
      guard line.number > 1, !line.isBlank else { return true }
      guard line.isWhole else {
        table.addTorn(line: line.number)
        return true
      }
      cells.split(line.bytes, at: titles.separator)
      if cells.count > start, cells[start].elementsEqual("start_time".utf8) { return true }
      guard cells.count == titles.cells.count, case .wall(let begin)? = PowerLogTime(cells[start]),
        let seconds = PlainNumber.parse(cells[duration]), seconds > 0,
        let kilowatthours = PlainNumber.parse(cells[energy]), kilowatthours >= 0
      else {
        table.addBroken(line: line.number, "is no run with its start, duration and energy")
        return true
      }
      windows.append(
        PowerLogWindow(
          line: line.number, start: begin, seconds: seconds,
          watts: .number(kilowatthours * 3.6e6 / seconds)))
      return true
    }
    guard !windows.isEmpty else { return table }
    let subject = PowerLogSubject(
      kind: .meter, role: .platform, contents: DeviceRole.machine.contents,
      marks: [.name: "eco2ai"], method: .modelled,
      note: "Eco2AI, GPUs by their driver, processor and memory by models, with its PUE")
    table.add(windows, subject: subject) { .wall($0) }
    table.assumptions.append(
      "the energy of a run is spread evenly over it; that of processor and memory in it is worked "
        + "out and not measured")
    return table
  }
}
