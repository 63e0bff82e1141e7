import Linux
import Telemetry

/// The accelerators that a job's processes were told to use, by their environment or command line.
///
/// Such a list says less than the driver's own of who computes where: it may name more than is used,
/// and its numbers count only within what the process may see. It serves where the driver's is empty,
/// as it is in many containers.
struct VisibleAccelerators: Hashable, Sendable {
  /// UUIDs, or numbers in CUDA's or HIP's order, as they were given.
  var names: [String]
  /// What named them, such as `CUDA_VISIBLE_DEVICES`.
  var origin: String
  /// Whether its numbers are known to count by bus address.
  var isByBus: Bool

  private static let options: Set<String> = [
    "--devices", "--gpu_ids", "--gpu-ids", "--gpus", "--device", "--trainer.devices",
  ]

  /// What a process was told; `nil` where it was told nothing that names certain devices.
  init?(_ environment: JobEnvironment, _ words: [String]) {
    let listed = environment.visibleGPUs.map(Self.list)
    if let listed, listed.isEmpty || listed.contains(where: { !Self.isName($0) }) { return nil }
    // Numbers of the one count within what the other leaves, and which of them is asked is the library's.
    let given = Set(JobEnvironment.visibleNames.compactMap { environment[$0] })
    guard given.count <= 1 else { return nil }
    isByBus = environment["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
    let variable = JobEnvironment.visibleNames.first { environment[$0] != nil }
    if let (option, chosen) = Self.chosen(in: words) {
      // Its numbers count within what the environment leaves.
      if let listed {
        guard chosen.allSatisfy(listed.indices.contains) else { return nil }
        names = chosen.map { listed[$0] }
      } else {
        names = chosen.map(String.init)
      }
      origin = option
    } else if let listed, let variable {
      (names, origin) = (listed, variable)
    } else {
      return nil
    }
  }

  /// What all processes of a job were told together; `nil` where one of them was told nothing.
  static func of(_ processes: [(JobEnvironment, [String])]) -> VisibleAccelerators? {
    let lists = processes.map { VisibleAccelerators($0.0, $0.1) }
    guard var all = lists.first ?? nil else { return nil }
    for list in lists.dropFirst() {
      guard let list, list.isByBus == all.isByBus else { return nil }
      all.names += list.names.filter { !all.names.contains($0) }
    }
    all.names.sort { (Int($0) ?? .max, $0) < (Int($1) ?? .max, $1) }
    return all.names.count <= 256 ? all : nil
  }

  /// Whether all are named by what is the same wherever one stands.
  var isUnique: Bool { names.allSatisfy { Int($0) == nil } }

  private static func list(_ text: String) -> [String] {
    text.split(separator: ",").map { part in
      var name = part.drop { $0 == " " }
      while name.last == " " { name.removeLast() }
      return String(name)
    }
  }

  private static func isName(_ text: String) -> Bool {
    if let number = Int(text) { return 0...1023 ~= number }
    return text.utf8.count <= 80 && (text.hasPrefix("GPU-") || text.hasPrefix("MIG-"))
  }

  /// The numbers behind an option; a single one may be a count, and is taken for none.
  private static func chosen(in words: [String]) -> (String, [Int])? {
    for (index, word) in words.enumerated().dropFirst() {
      var option = word
      var value: String?
      if let equals = word.firstIndex(of: "=") {
        (option, value) = (String(word[..<equals]), String(word[word.index(after: equals)...]))
      } else if index + 1 < words.count {
        value = words[index + 1]
      }
      guard options.contains(option), var value else { continue }
      if value.hasPrefix("cuda:"), let number = Int(value.dropFirst(5)), number >= 0 {
        return (option, [number])
      }
      let isBracketed = value.hasPrefix("[") && value.hasSuffix("]")
      if isBracketed { value = String(value.dropFirst().dropLast()) }
      let numbers = list(value).map { Int($0) ?? -1 }
      if isBracketed || numbers.count > 1, !numbers.isEmpty, numbers.allSatisfy({ 0...1023 ~= $0 })
      {
        return (option, numbers)
      }
    }
    return nil
  }

  /// The same as attributes of a job's device.
  var attributes: [String: String] {
    var attributes = [
      JobFacts.Key.visibleGPUs.rawValue: names.joined(separator: ","),
      JobFacts.Key.visibleGPUsOrigin.rawValue: origin,
    ]
    if isByBus { attributes[JobFacts.Key.visibleGPUsOrder.rawValue] = "bus" }
    return attributes
  }
}

extension ProcessIdentity {
  /// Whether another process sees the machine's devices as this one does: in the same container, and
  /// in the same batch job, whose devices count from 0 again.
  func sharesView(with other: ProcessIdentity?) -> Bool {
    other.map { $0.container == container && $0.job == job } ?? false
  }
}
