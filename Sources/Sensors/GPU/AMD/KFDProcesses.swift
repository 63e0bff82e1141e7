import Linux
import Telemetry

/// The processes with compute queues on AMD GPUs, as the KFD driver lists them.
///
/// Layout: `/sys/class/kfd/kfd/proc/PID/vram_GPUID` in bytes, and
/// `/sys/class/kfd/kfd/topology/nodes/N/{gpu_id,properties}`, which says where a GPU sits.
struct KFDProcesses {
  private static let limit = 4096

  private let context: SourceContext
  /// PCI addresses by the driver's number of a GPU.
  private var pciAddresses: [String: String] = [:]

  init(_ context: SourceContext) { self.context = context }

  /// Bytes of each GPU's memory by process, by the GPU's PCI address.
  mutating func look() -> [String: [Int32: Int64]] {
    let folder = context.path("/sys/class/kfd/kfd/proc")
    guard let pids = SystemFile.names(in: folder), !pids.isEmpty else { return [:] }
    if pciAddresses.isEmpty { pciAddresses = findPCIAddresses() }
    var found: [String: [Int32: Int64]] = [:]
    for name in pids.prefix(Self.limit) {
      guard let pid = Int32(name) else { continue }
      for (number, address) in pciAddresses {
        guard let bytes = SystemFile.number("\(folder)/\(name)/vram_\(number)"), bytes >= 0 else {
          continue
        }
        // A process has a file for every GPU, whether it uses it or not.
        if bytes > 0 { found[address, default: [:]][pid] = bytes }
      }
    }
    return found
  }

  /// The processes on one GPU by both lists.
  ///
  /// Time on compute queues appears in no list, so that where there are any, shares are unknown.
  static func merge(_ clients: [GPUProcess], _ queues: [Int32: Int64]) -> [GPUProcess] {
    guard !queues.isEmpty else { return clients }
    var merged = clients
    for index in merged.indices {
      merged[index].smShare = nil
      if let bytes = queues[merged[index].pid] {
        merged[index].memory = max(bytes, merged[index].memory ?? 0)
      }
    }
    for (pid, bytes) in queues.sorted(by: { $0.key < $1.key })
    where !merged.contains(where: { $0.pid == pid }) {
      merged.append(GPUProcess(pid: pid, memory: bytes))
    }
    return merged
  }

  private func findPCIAddresses() -> [String: String] {
    let folder = context.path("/sys/class/kfd/kfd/topology/nodes")
    var pciAddresses: [String: String] = [:]
    for node in (SystemFile.names(in: folder) ?? []).prefix(1024) {
      guard let number = SystemFile.text("\(folder)/\(node)/gpu_id"), number != "0",
        let properties = try? SystemFile("\(folder)/\(node)/properties").readPage({
          Self.pciAddress(&$0)
        })
      else { continue }
      pciAddresses[number] = properties
    }
    return pciAddresses
  }

  /// The PCI address that `domain` and `location_id` name.
  private static func pciAddress(_ text: inout TextScanner) -> String? {
    var domain: Int64 = 0
    var location: Int64?
    while var line = text.line() {
      switch line.word() {
      case "domain": domain = line.number() ?? 0
      case "location_id": location = line.number()
      default: break
      }
    }
    guard let location, 0...0xffff ~= location, 0...0xffff_ffff ~= domain else { return nil }
    let hex = { (value: Int64, width: Int) in
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    // PCI_BUS_NUM, PCI_SLOT and PCI_FUNC of linux/pci.h.
    let (bus, device, function) = (location >> 8, location >> 3 & 0x1f, location & 7)
    return "\(hex(domain, 4)):\(hex(bus, 2)):\(hex(device, 2)).\(function)"
  }
}
