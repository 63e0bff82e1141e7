import Linux
import Telemetry

/// The processes that have a graphics device open, and the share of its time each of them has.
///
/// One walk over `/proc` every few seconds. Which descriptors lead to `/dev/dri` is remembered for
/// a while; only those are read. Processes of other users are not seen without the right to.
struct DRMClients {
  /// What one device's clients do.
  struct Usage: Hashable {
    var processes: [GPUProcess] = []
    /// The share of time the busiest kind of engine worked for all clients together.
    var busy: Double?
    /// Bytes of the device's memory, all clients together.
    var memory: Int64?
  }

  private struct Known {
    var descriptors: [String]
    var checked: Timestamp
    /// Seconds until it is worth looking whether it has opened others.
    var wait: Double
  }

  private struct Key: Hashable {
    var pci: String
    var id: Int64
  }

  /// Seconds between two looks.
  static let period = 2.0
  /// Seconds until a process is searched for new descriptors again: 4 for a new one, doubled up to
  /// 60 while it opens none.
  private static let waits = 4.0...60.0
  private static let waitOfClients = 10.0
  private static let processLimit = 32768
  private static let descriptorLimit = 4096
  private static let descriptorBudget = 32768
  private static let clientLimit = 4096

  private let context: SourceContext
  private var known: [Int32: Known] = [:]
  private var clients: [Key: DRMClient] = [:]
  private var looked: Timestamp?

  init(_ context: SourceContext) { self.context = context }

  /// Who is on which device, by its place on the bus; `nil` while it is too early to look again.
  mutating func look(at time: Timestamp) -> [String: Usage]? {
    if let looked, time - looked < Self.period - 0.1 { return nil }
    let elapsed = looked.map { time - $0 } ?? 0
    looked = time
    refresh(at: time)
    var usages: [String: Usage] = [:]
    var engines: [String: [String: Double]] = [:]
    var present: [Key: DRMClient] = [:]
    for (pid, entry) in known.sorted(by: { $0.key < $1.key }) {
      var shares: [String: Double] = [:]
      for client in readClients(pid, entry.descriptors) {
        let key = Key(pci: client.pci, id: client.id)
        // One client may be open under several numbers, and in several processes.
        guard present[key] == nil, present.count < Self.clientLimit else { continue }
        present[key] = client
        var usage = usages[client.pci] ?? Usage()
        let index = usage.index(of: pid)
        if let bytes = client.memory {
          usage.processes[index].memory = Self.sum(usage.processes[index].memory, bytes)
          usage.memory = Self.sum(usage.memory, bytes)
        }
        if let before = clients[key] {
          for (name, engine) in client.engines {
            guard let earlier = before.engines[name],
              let share = engine.share(since: earlier, elapsed: elapsed)
            else { continue }
            shares[client.pci, default: 0] += share
            engines[client.pci, default: [:]][name, default: 0] += share
          }
        }
        usages[client.pci] = usage
      }
      for (pci, share) in shares {
        guard let index = usages[pci]?.index(of: pid) else { continue }
        usages[pci]?.processes[index].smShare = min(1, share)
      }
    }
    for (pci, shares) in engines { usages[pci]?.busy = shares.values.max().map { min(1, $0) } }
    clients = present
    return usages
  }

  /// Learns of new processes and, now and then, of what old ones have opened since.
  ///
  /// Reads a bounded number of descriptors each time; a process that is not reached keeps what was
  /// known of it and is first the next time.
  private mutating func refresh(at time: Timestamp) {
    let folder = context.path("/proc")
    var present: [Int32: Known] = [:]
    var budget = Self.descriptorBudget
    for name in SystemFile.names(in: folder) ?? [] {
      guard let pid = Int32(name), pid > 0 else { continue }
      guard present.count < Self.processLimit else { break }
      // Not all at once: each process has its own second.
      let spread = Double(pid % 4) / 4
      if let entry = known[pid], budget <= 0 || time - entry.checked < entry.wait + spread {
        present[pid] = entry
      } else if budget > 0 {
        let names = SystemFile.names(in: "\(folder)/\(name)/fd", limit: Self.descriptorLimit) ?? []
        budget -= names.count + 1
        let devices = names.filter {
          SystemFile.linkTarget("\(folder)/\(name)/fd/\($0)")?.hasPrefix("/dev/dri/") == true
        }
        let wait = known[pid].map { min(Self.waits.upperBound, 2 * $0.wait) }
        present[pid] = Known(
          descriptors: devices, checked: time,
          wait: devices.isEmpty ? wait ?? Self.waits.lowerBound : Self.waitOfClients)
      }
    }
    known = present
  }

  private func readClients(_ pid: Int32, _ descriptors: [String]) -> [DRMClient] {
    descriptors.compactMap { descriptor in
      let file = SystemFile(context.path("/proc/\(pid)/fdinfo/\(descriptor)"))
      return (try? file.readPage { DRMClient(&$0) }) ?? nil
    }
  }

  private static func sum(_ total: Int64?, _ bytes: Int64) -> Int64? {
    let (sum, overflow) = (total ?? 0).addingReportingOverflow(bytes)
    return overflow ? nil : sum
  }
}

extension DRMClients.Usage {
  /// Where a process stands in the list, at its end if it is new.
  fileprivate mutating func index(of pid: Int32) -> Int {
    if let index = processes.firstIndex(where: { $0.pid == pid }) { return index }
    processes.append(GPUProcess(pid: pid))
    return processes.count - 1
  }
}
