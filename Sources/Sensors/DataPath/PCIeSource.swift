import Linux
import Telemetry

/// How many bytes a second the PCI Express links of GPUs can carry.
///
/// See `PCIeLink` for what is counted. The GPUs are those that the sources of their vendors report, by
/// the same names; this source announces none of its own. NVIDIA's are named by the UUID in
/// `/proc/driver/nvidia/gpus/ADDRESS/information`, AMD's and Intel's by their address.
struct PCIeSource: DataSource {
  static let sourceName = "pcie"

  let name = sourceName
  var interval: Double? { max(10, context.interval) }

  private static let period = 60.0
  /// Seconds that the GPUs' own sources have to announce them.
  private static let firstLook = 2.0

  private let context: SourceContext
  private var began: Timestamp?
  private var looked: Timestamp?
  private var told: [DeviceID: String] = [:]

  init(_ context: SourceContext) { self.context = context }

  mutating func probe() -> Probe {
    let links = links()
    guard !links.isEmpty else { return Probe(.absent, Self.nothing, remedy: Self.remedy) }
    let words = links.map { "\($0.address) \($0.way.most.words)" }
    return Probe(.ok, words.joined(separator: ", "))
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let time = clock.now
    let start = began ?? time
    began = start
    guard time - start >= Self.firstLook else { return [] }
    if let looked, time - looked < Self.period { return [] }
    looked = time
    let links = links()
    guard !links.isEmpty else {
      looked = nil
      throw SourceFailure(.absent, Self.nothing, remedy: Self.remedy)
    }
    var observations: [Observation] = []
    for link in links { report(link, at: time, &observations) }
    return observations
  }

  private mutating func report(
    _ link: Link, at time: Timestamp, _ observations: inout [Observation]
  ) {
    var reading = Reading(device: link.device, time: time)
    reading.set(.rateCeiling, link.way.most.bytesPerSecond)
    reading.set(.linkSpeed, link.way.now.bytesPerSecond)
    if told.updateValue(link.way.most.words, forKey: link.device) != link.way.most.words {
      let notes: [(Metric, String)] = [
        (
          .rateCeiling,
          "PCIe \(link.way.most.words), less its encoding: the highest speed that both ends of the"
            + " narrowest link have, since links rest at lower ones, at its present width"
        ),
        (.linkSpeed, "PCIe link as it runs now; it rests at a lower speed"),
      ]
      for (metric, note) in notes {
        observations.append(
          .series(
            SeriesDescriptor(
              device: link.device, metric: metric,
              provenance: Provenance(
                source: Self.sourceName, method: .instant, period: Self.period, note: note))))
      }
    }
    observations.append(.reading(reading))
  }

  private struct Link {
    var device: DeviceID
    var address: String
    var way: PCIeLink.Way
  }

  private static let nothing = "no GPU with a PCI Express link that could be asked"
  private static let remedy = "lspci -vv shows the links; a sleeping GPU is left asleep"
  private static let vendors = ["0x10de", "0x1002", "0x8086"]

  /// The GPUs and the ways to them, in the order of their addresses.
  private func links() -> [Link] {
    let folder = context.path("/sys/bus/pci/devices")
    var links: [Link] = []
    let cards = Set(
      ["0x1002", "0x8086"].flatMap { DRMCard.all(vendor: $0, in: context) }.map(\.pci))
    for address in SystemFile.names(in: folder, limit: 8192) ?? [] {
      guard
        SystemFile.text("\(folder)/\(address)/class")?.hasPrefix("0x03") == true
          || cards.contains(address),
        let vendor = SystemFile.text("\(folder)/\(address)/vendor"),
        Self.vendors.contains(vendor), let name = name(address, vendor, cards),
        let way = PCIeLink.way(to: address, in: context)
      else { continue }
      links.append(Link(device: context.device(.gpu, name), address: address, way: way))
    }
    return links
  }

  /// What the source of the GPU calls it; `nil` where that is not known.
  private func name(_ address: String, _ vendor: String, _ cards: Set<String>) -> String? {
    guard vendor == "0x10de" else { return cards.contains(address) ? address : nil }
    let path = context.path("/proc/driver/nvidia/gpus/\(address)/information")
    for line in (SystemFile.text(path) ?? "").split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0] == "GPU UUID" else { continue }
      let uuid = parts[1].drop { $0 == " " || $0 == "\t" }
      // Until the GPU was used once the driver writes question marks.
      return uuid.hasPrefix("GPU-") && !uuid.contains("?") ? String(uuid) : nil
    }
    return nil
  }
}

extension PCIeSource {
  /// The line of the catalogue: `pcie`.
  package static let entry = SourceEntry(
    "pcie", gives: "what the PCI Express links of GPUs can carry", feeds: [.gpu], isRare: true
  ) { _, context in PCIeSource(context) }
}
