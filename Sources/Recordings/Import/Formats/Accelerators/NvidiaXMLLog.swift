import Formats
import Telemetry

/// What `nvidia-smi -q -x` writes, once or again and again with `-l`.
///
///     <nvidia_smi_log>
///       <timestamp>Thu May 28 11:00:00 2026</timestamp>
///       <gpu id="00000000:01:00.0">
///         <uuid>GPU-…</uuid>
///         <gpu_power_readings><average_power_draw>69.85 W</average_power_draw>…
///
/// Older drivers say `power_readings` and `power_draw`. Source: nvidia-smi's document type
/// `nvsmi_device_v12.dtd` and those before it.
enum NvidiaXMLLog: PowerLogFormat {
  static let name = "nvidia-smi XML"

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(8).contains { $0.contains("<nvidia_smi_log") }
  }

  private static let powers: [String: NvidiaQuery.Meaning] = [
    "average_power_draw": .power, "power_draw": .power, "instant_power_draw": .instant,
    "current_power_limit": .limit, "enforced_power_limit": .limit,
  ]
  private static let meanings: [String: [String: NvidiaQuery.Meaning]] = [
    "gpu_power_readings": powers, "power_readings": powers,
    "utilization": ["gpu_util": .utilization], "temperature": ["gpu_temp": .temperature],
  ]

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    var query = NvidiaQuery(text.table())
    /// The elements that are open, and where the text of the innermost begins.
    var open: [String] = []
    var content = ""
    var isInGPU = false
    text.forEachLine { line in
      var rest = line.text[...]
      while let start = rest.firstIndex(of: "<") {
        content += rest[..<start]
        guard let end = rest[start...].firstIndex(of: ">") else { return true }
        let tag = rest[rest.index(after: start)..<end]
        rest = rest[rest.index(after: end)...]
        if tag.hasPrefix("?") || tag.hasPrefix("!") { continue }
        if tag.hasPrefix("/") {
          let name = String(tag.dropFirst())
          let value = String(content.drop { $0 == " " || $0 == "\t" })
          switch (name, open.dropLast().last) {
          case ("timestamp", "nvidia_smi_log"): query.time = PowerLogTime(Array(value.utf8))
          case ("uuid", "gpu"): query.uuid = value
          case ("product_name", "gpu"): query.model = value
          case ("gpu", "nvidia_smi_log"):
            query.endGPU()
            isInGPU = false
          case ("nvidia_smi_log", _): query.time = nil
          case (_, let section?):
            // What is deeper than a section of the board is of its parts.
            if isInGPU, open.count == 4, let meaning = meanings[section]?[name] {
              query.take(value, meaning)
            }
          default: break
          }
          if open.last == name { open.removeLast() }
          content = ""
        } else if !tag.hasSuffix("/") {
          let name = String(tag.prefix { $0 != " " })
          if name == "nvidia_smi_log" {
            // One that was cut before it is over.
            if isInGPU { query.dropGPU() }
            (open, isInGPU) = ([], false)
            query.time = nil
          }
          if name == "gpu", open == ["nvidia_smi_log"] {
            let bus = tag.split(separator: "\"").dropFirst().first ?? ""
            query.beginGPU(String(bus), line: line.number)
            isInGPU = true
          }
          open.append(name)
          content = ""
        }
      }
      content += rest
      return true
    }
    return try query.finished()
  }
}
