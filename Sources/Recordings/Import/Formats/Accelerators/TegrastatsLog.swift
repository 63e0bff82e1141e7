import Formats
import Telemetry

/// What `tegrastats` writes on a Jetson: a line a second, each rail with its power now and on average.
///
///     05-28-2026 11:00:00 RAM 4722/7467MB … VDD_IN 13624mW/13624mW VDD_CPU_GPU_CV 5024mW/5024mW
///
/// The month comes first. The rail that ends in `IN` feeds all others; where there is none, nobody can
/// tell which rails make the module, so they are shown and not added. Older versions leave out `mW`.
/// Source: NVIDIA Jetson Linux Developer Guide, “tegrastats Utility”.
enum TegrastatsLog: PowerLogFormat {
  static let name = "tegrastats"

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(4).contains { $0.contains("RAM ") && $0.contains("MB") && !rails($0).isEmpty }
  }

  private static let inputs: Set<Substring> = ["VDD_IN", "POM_5V_IN", "VIN", "VDD_IN_MAIN"]
  private static let starts = ["VDD", "VIN", "POM"]

  /// The rails of a line, each with what stands behind it.
  private static func rails(_ line: String) -> [(name: Substring, milliwatts: Substring)] {
    let words = line.split(separator: " ")
    return zip(words, words.dropFirst()).compactMap { word, next in
      guard starts.contains(where: word.hasPrefix), next.contains("/") else { return nil }
      let now = next.prefix { $0 != "/" }
      return (word, now.hasSuffix("mW") ? now.dropLast(2) : now)
    }
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    var table = text.table()
    table.isMonthFirst = true
    var timeless = 0
    text.forEachLine { line in
      guard !line.isBlank else { return true }
      guard line.isWhole else {
        table.addTorn(line: line.number)
        return true
      }
      let rails = rails(line.text)
      let stamp = line.bytes.prefix(19)
      guard !rails.isEmpty, let time = PowerLogTime(stamp) else {
        if !rails.isEmpty { timeless += 1 }
        table.addBroken(line: line.number, rails.isEmpty ? "it has no rail" : "it has no time")
        return true
      }
      for (name, milliwatts) in rails {
        let isInput = inputs.contains(name)
        let subject = table.place(
          of: PowerLogSubject(
            kind: .meter, role: isInput ? .platform : .sensor,
            // It feeds the GPU as well.
            contents: isInput ? DeviceRole.machine.contents : nil, marks: [.name: String(name)],
            model: isInput ? "Jetson module" : "Jetson rail", method: .instant,
            note: "tegrastats, the power monitor's reading, mW"))
        table.add(
          line: line.number, time: time, subject: subject,
          [
            PowerLogValue(
              .power, PowerLogQuantity.power.read(Array(milliwatts.utf8)[...], unit: 1e-3))
          ])
      }
      return true
    }
    if table.isEmpty, timeless > 0 {
      throw ImportError(
        line: table.broken.line, "has no times; newer versions of tegrastats write them")
    }
    return table
  }
}
