import Linux
import Telemetry

/// The names of NVIDIA accelerators, as their driver lists them.
struct AcceleratorNames {
  private struct Card {
    var uuid: String
    var model: String
  }

  /// In the order of their bus addresses.
  private let cards: [Card]

  /// Reads `/proc/driver/nvidia/gpus/*/information`: lines such as `GPU UUID: GPU-…`.
  init(in context: SourceContext) {
    let folder = context.path("/proc/driver/nvidia/gpus")
    cards = (SystemFile.names(in: folder) ?? []).sorted().compactMap { bus in
      guard let text = SystemFile.text("\(folder)/\(bus)/information") else { return nil }
      var values: [String: String] = [:]
      for line in text.split(separator: "\n") {
        guard let colon = line.firstIndex(of: ":") else { continue }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        values[String(line[..<colon])] = String(value)
      }
      return values["GPU UUID"].map { Card(uuid: $0, model: values["Model"] ?? "") }
    }
  }

  /// The names of the accelerators a job runs on; empty where that is not certain.
  ///
  /// Numbers count by bus address if the job said so, or if all cards are alike: CUDA's own order
  /// puts the fastest first. Without a list, one card is the one, and as many ranks as cards are
  /// on all of them.
  func names(of group: JobGroup) -> [String] {
    let environments = group.members.map(\.environment)
    var lists: [String] = []
    for list in environments.compactMap({ $0["CUDA_VISIBLE_DEVICES"] }) where !lists.contains(list)
    {
      lists.append(list)
    }
    guard lists.isEmpty else {
      var names: [String] = []
      for entry in lists.joined(separator: ",").split(separator: ",") {
        let entry = entry.trimmed
        if entry.hasPrefix("GPU-") {
          let matches = cards.filter { $0.uuid.hasPrefix(entry) }
          guard matches.count == 1 else { return [] }
          names.append(matches[0].uuid)
        } else {
          guard let index = Int(entry), cards.indices.contains(index), isOrdered(environments)
          else { return [] }
          names.append(cards[index].uuid)
        }
      }
      return cards.map(\.uuid).filter(names.contains)
    }
    let ranks = Set(environments.compactMap(\.localRank)).count
    return cards.count == 1 || (cards.count > 1 && ranks == cards.count) ? cards.map(\.uuid) : []
  }

  private func isOrdered(_ environments: [JobEnvironment]) -> Bool {
    Set(cards.map(\.model)).count <= 1
      || environments.contains { $0["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID" }
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
