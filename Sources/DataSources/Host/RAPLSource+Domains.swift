import Telemetry

extension RAPLSource {
  /// One energy domain of the processor, as the kernel lists it.
  struct Domain {
    /// The folder's name, such as `intel-rapl:0:1`.
    let zone: String
    /// The name it is known by here, such as `dram-0`.
    let name: String
    /// The domain it lies in, if it lies in one.
    let parent: String?
    /// Where the counter wraps, in microjoules; 0 when the kernel does not say.
    let range: Int64
    let file: String
  }

  /// Lists the domains there are, packages first, each counted once.
  ///
  /// Multi-die processors expose the same package several times under one name; the sum would be
  /// several times the truth, so the first of a name stands for all.
  /// - Throws: `SourceFailure` when the folder or every zone in it is missing.
  func domains() throws(SourceFailure) -> [Domain] {
    let names: [String]
    do { names = try SensorFile.names(in: folder) } catch {
      guard error.isDenied else { throw absent() }
      throw SourceFailure(.denied, error.words, remedy: "let this user list that folder")
    }
    let zones = names.compactMap { name in Self.zone(name).map { (name, $0) } }
      .sorted { $0.1.lexicographicallyPrecedes($1.1) }
    var result: [Domain] = []
    var parents: [Int: String] = [:]
    for (zone, numbers) in zones {
      guard let own = SensorFile.line("\(folder)/\(zone)/name") else { continue }
      let parent = numbers.count > 1 ? parents[numbers[0]] : nil
      let name = Self.name(own, numbers, parent: parent)
      if numbers.count == 1 { parents[numbers[0]] = name }
      guard !result.contains(where: { $0.name == name }) else { continue }
      let range = SensorFile.value("\(folder)/\(zone)/max_energy_range_uj") ?? 0
      result.append(
        Domain(
          zone: zone, name: name, parent: parent, range: max(0, range),
          file: "\(folder)/\(zone)/energy_uj"))
    }
    guard !result.isEmpty else { throw absent() }
    return result
  }

  private func absent() -> SourceFailure {
    SourceFailure(
      .absent, "no RAPL counters: looked for \(folder)/intel-rapl:*",
      remedy: "sudo modprobe intel_rapl_msr, unless this is a virtual machine or a container")
  }

  /// The numbers of a zone's folder name: `intel-rapl:0:1` is `[0, 1]`.
  static func zone(_ name: String) -> [Int]? {
    guard name.hasPrefix("intel-rapl:") else { return nil }
    let parts = name.dropFirst("intel-rapl:".count).split(
      separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }.filter { $0 >= 0 }
    return numbers.count == parts.count && numbers.count <= 2 ? numbers : nil
  }

  /// The kernel calls every memory domain `dram`; here it carries its package's number.
  static func name(_ own: String, _ numbers: [Int], parent: String?) -> String {
    guard numbers.count > 1 else { return own }
    if let parent, parent.hasPrefix("package-") { return own + parent.dropFirst("package".count) }
    return "\(own)-\(numbers[0])"
  }
}

extension RAPLSource.Domain {
  /// What is known of the domain for good.
  func device(_ id: DeviceID) -> Device {
    var attributes = ["zone": zone]
    attributes["part of"] = parent
    return Device(id: id, label: name, model: "RAPL", attributes: attributes)
  }

  /// The birth certificate of its energy, read each `period` seconds.
  ///
  /// The kernel's `Documentation/power/powercap/powercap.rst` gives the units.
  func provenance(every period: Double) -> Provenance {
    var note = "/sys/class/powercap/\(zone)/energy_uj, the processor's own estimate"
    if let parent { note += "; part of \(parent)" }
    if name.hasPrefix("psys") { note += "; the whole platform, packages included" }
    return Provenance(
      source: "rapl", method: .counter, period: period, range: Double(range) * 1e-6, note: note)
  }
}
