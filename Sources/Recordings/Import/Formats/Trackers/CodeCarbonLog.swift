import Formats
import Telemetry

/// What CodeCarbon writes into `emissions.csv`: a row for each run, task or flush, with the energy it
/// counted over the run's time.
///
///     timestamp,project_name,run_id,…,duration,…,cpu_energy,gpu_energy,ram_energy,energy_consumed,…
///
/// A row is an amount over a span that ends at its time stamp, and rows of one run go on counting: only
/// what is new in a row is taken. Energies are in kWh and contain the PUE that was set; the columns of
/// power are means over the last interval only and are not read. Memory is worked out from its size,
/// processors often from their design power; the GPUs' energy is counted by their driver. Versions
/// before 2 write one energy for all, which is told as that of a platform and as a model's. Source: mlco2/codecarbon, output_methods/emissions_data.py.
enum CodeCarbonLog: PowerLogFormat {
  static let name = "CodeCarbon emissions.csv"
  static let isReadWhole = true

  static func recognises(_ text: PowerLogText) -> Bool {
    guard let line = text.head(1).first else { return false }
    let titles = Set(titles(line))
    return titles.isSuperset(of: ["timestamp", "project_name", "duration", "emissions"])
      && !titles.isDisjoint(with: ["energy_consumed", "gpu_energy", "emissions_rate"])
  }

  private static func titles(_ line: String) -> [String] {
    var cells = CSVCells()
    Array(line.utf8).withUnsafeBufferPointer { cells.split($0, at: 0x2C) }
    return (0..<cells.count).map { String(decoding: cells[$0], as: UTF8.self) }
  }

  /// What a row says.
  private struct Row {
    var line: Int
    /// The run.
    var run: String
    /// When it ended, in nanoseconds of the wall's own zone.
    var end: Int64
    var seconds: Double
    var pue: Double
    /// Joules by the place of the part, without PUE.
    var joules: [Double?]
    /// How many GPUs there are, and of what make.
    var gpus: (count: Int, model: String)
  }

  private struct Part {
    var title: String
    var kind: DeviceKind
    var role: DeviceRole
    var name: String
    var note: String
  }

  /// What is modelled has names of its own, so that it never fills the holes of what was measured.
  private static let parts = [
    Part(
      title: "gpu_energy", kind: .gpu, role: .accelerator, name: "all",
      note: "CodeCarbon, joules of all GPUs over a run by their drivers, spread over it"),
    Part(
      title: "cpu_energy", kind: .cpu, role: .processor, name: "processors",
      note:
        "CodeCarbon, by RAPL or by a model of design power and load: the file does not say which"),
    Part(
      title: "ram_energy", kind: .cpu, role: .memory, name: "memory",
      note: "CodeCarbon, worked out from the size of the memory, not measured"),
  ]

  /// All that versions before 2 tell.
  private static let whole = Part(
    title: "energy_consumed", kind: .meter, role: .platform, name: "codecarbon",
    note: "CodeCarbon 1, GPUs by their driver, processor and memory worked out, in one sum")

  /// The parts whose energy a file tells.
  private static func told(_ text: PowerLogText) -> [Part] {
    let titles = Set(titles(text.head(1).first ?? ""))
    return parts.contains { titles.contains($0.title) } ? parts : [whole]
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    var table = text.table()
    let parts = told(text)
    let rows = rows(text, parts, &table)
    var spans: [(row: Row, start: Int64, seconds: Double, joules: [Double?])] = []
    var last: [String: Row] = [:]
    // Rows of one run count on from each other, in whatever order they stand.
    for row in rows.sorted(by: { ($0.seconds, $0.line) < ($1.seconds, $1.line) }) {
      let before = last[row.run]
      let joules = row.joules.indices.map { part -> Double? in
        guard let joules = row.joules[part] else { return nil }
        guard let before else { return joules }
        return before.joules[part].map { joules - $0 }
      }
      var seconds = row.seconds - (before?.seconds ?? 0)
      guard seconds > 0, !joules.contains(where: { $0.map { $0 < 0 } ?? false }) else {
        // A run that is written twice says nothing new.
        if before?.joules != row.joules {
          table.addBroken(line: row.line, "it counts less than an earlier row of its run")
        }
        continue
      }
      last[row.run] = row
      var start = row.end - Int64(seconds * 1e9)
      if let before, start < before.end {
        // It begins where the run was told of last; by whole seconds that may seem another time.
        start = before.end
        if row.end > start { seconds = Double(row.end - start) / 1e9 }
      }
      spans.append((row, start, seconds, joules))
    }
    spans.sort { ($0.start, $1.seconds) < ($1.start, $0.seconds) }
    var starts: [Int64] = []
    var end = Int64.min
    for span in spans {
      // Time stamps are whole seconds, so that one run seems to begin before the last one ended.
      let start = end != .min && (1...1_500_000_000 ~= end - span.start) ? end : span.start
      starts.append(start)
      end = max(end, start + Int64(span.seconds * 1e9))
    }
    for (place, part) in parts.enumerated() {
      let windows = spans.indices.compactMap { index -> PowerLogWindow? in
        let span = spans[index]
        guard let joules = span.joules[place] else { return nil }
        return PowerLogWindow(
          line: span.row.line, start: starts[index], seconds: span.seconds,
          watts: .number(joules / span.seconds))
      }
      guard windows.contains(where: { $0.watts != .number(0) }) else { continue }
      table.add(windows, subject: subject(part, rows)) { .wall($0) }
    }
    try tell(rows, &table)
    return table
  }

  private static func subject(_ part: Part, _ rows: [Row]) -> PowerLogSubject {
    if part.role == .platform {
      return PowerLogSubject(
        kind: part.kind, role: part.role, contents: DeviceRole.machine.contents,
        marks: [.name: part.name], method: .modelled, note: part.note)
    }
    let isGPU = part.kind == .gpu
    let models = isGPU ? Set(rows.map(\.gpus.model)).subtracting([""]) : []
    return PowerLogSubject(
      kind: part.kind, role: part.role, marks: [.name: part.name],
      model: models.count == 1 ? models.first ?? "" : "",
      method: isGPU ? .average : .modelled, note: part.note,
      count: isGPU ? max(1, rows.map(\.gpus.count).max() ?? 1) : 8,
      attributes: isGPU ? [Device.tellerKey: "codecarbon"] : [:])
  }

  private static func tell(_ rows: [Row], _ table: inout PowerLogTable) throws(ImportError) {
    if table.isEmpty, let row = rows.first {
      throw ImportError(line: row.line, "tells no energy")
    }
    guard !table.isEmpty else { return }
    table.assumptions.append(
      "the energy of a run is spread evenly over it; memory, and often processors, are worked out "
        + "and not measured")
    if let row = rows.first(where: { $0.gpus.count > 0 && $0.joules[0] ?? 0 == 0 }) {
      table.assumptions.append(
        "line \(row.line): no energy for its \(row.gpus.count) GPU\(row.gpus.count == 1 ? "" : "s"), "
          + "which is what CodeCarbon writes of GPUs it cannot read")
    }
    if let pue = rows.map(\.pue).first(where: { $0 != 1 }) {
      table.assumptions.append("the PUE of \(pue) is taken out of its energies")
    }
  }

  private static func rows(
    _ text: PowerLogText, _ parts: [Part], _ table: inout PowerLogTable
  ) -> [Row] {
    var titles = titles(text.head(1).first ?? "")
    var rows: [Row] = []
    var cells = CSVCells()
    text.forEachLine { line in
      guard !line.isBlank else { return true }
      cells.split(line.bytes, at: 0x2C)
      func cell(_ title: String) -> ArraySlice<UInt8>? {
        titles.firstIndex(of: title).flatMap { $0 < cells.count ? cells[$0] : nil }
      }
      func text(_ title: String) -> String {
        cell(title).map { String(decoding: $0.prefix(128), as: UTF8.self) } ?? ""
      }
      func number(_ title: String) -> Double? {
        cell(title).flatMap { PlainNumber.parse($0) }.flatMap { $0.isFinite ? $0 : nil }
      }
      if text("timestamp") == "timestamp" || line.text.contains(",project_name,") {
        titles = Self.titles(line.text)
        return true
      }
      guard line.isWhole else {
        table.addTorn(line: line.number)
        return true
      }
      // Rows of another version that are appended have other columns than the titles say.
      guard cells.count == titles.count else {
        table.addBroken(
          line: line.number, "\(cells.count) cells where the titles are \(titles.count)")
        return true
      }
      guard case .wall(let end)? = cell("timestamp").flatMap({ PowerLogTime($0) }),
        let seconds = number("duration"), 0..<1e8 ~= seconds
      else {
        table.addBroken(line: line.number, "has no time or no duration")
        return true
      }
      let pue = number("pue").flatMap { 1...5 ~= $0 ? $0 : nil } ?? 1
      let joules = parts.map { number($0.title).map { $0 * 3.6e6 / pue } }
      if let sum = number("energy_consumed"), joules.allSatisfy({ $0 != nil }),
        abs(joules.reduce(0) { $0 + ($1 ?? 0) } - sum * 3.6e6 / pue) > max(1, 0.02 * sum * 3.6e6)
      {
        table.addBroken(
          line: line.number, "its parts are not its sum, as in a row whose cells are shifted")
        return true
      }
      rows.append(
        Row(
          line: line.number,
          // A row of a task, or without the name of its run, is one of its own.
          run: text("task_name").isEmpty && !text("run_id").isEmpty
            ? text("run_id") : "line \(line.number)",
          end: end, seconds: seconds, pue: pue, joules: joules,
          gpus: (min(1024, max(0, Int(exactly: number("gpu_count") ?? 0) ?? 0)), text("gpu_model")))
      )
      return true
    }
    return rows
  }
}
