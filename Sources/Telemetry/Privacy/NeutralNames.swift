/// Neutral words in place of the names of machines, users, jobs, processes, mounts and control groups: the
/// same for the same.
///
/// What the hardware is stays; the numbers that tell one board from all others give way to small ones, but for
/// an exporter's, by which others know it.
public struct NeutralNames: Sendable {
  /// What was replaced by what, in the order in which it was met.
  private var words: [(name: String, word: String)] = []
  private var machines: [String: String] = [:]
  private var devices: [DeviceID: String] = [:]
  private var counts: [DeviceKind: Int] = [:]

  /// The attributes of jobs and processes that say nothing of whose they are.
  private static let harmless: Set<String> = Set(
    JobFacts.Key.allCases.map(\.rawValue) + [
      ProcessFacts.Key.pid.rawValue, ProcessFacts.Key.started.rawValue, "gpu", "instance",
      "quantization", "weights_precision", "experts", "experts_per_token", "device_count",
    ])

  /// The attributes of mounts that say nothing of where they are; those of control groups all do.
  private static let harmlessOfMounts: Set<String> = ["type", "protocol", "version", "reads_from"]
  /// What is renamed: the names of all others are those of the hardware, or say nothing.
  private static let renamed: Set<DeviceKind> = [
    .job, .process, .mount, .controlGroup, .allocation,
  ]
  /// The attributes of a scheduler's jobs that say nothing of whose they are.
  private static let harmlessOfAllocations: Set<String> = Set(
    [AllocationFacts.Key.scheduler, .gpus, .gpusFrom, .pids].map(\.rawValue))
  /// Those that are replaced by words, the same for the same, since accounts are drawn up by them.
  private static let owners: [AllocationFacts.Key] = [.user, .account, .partition, .namespace]
  /// The words for owners of scheduler's jobs, by what they are and their names.
  private var ownerWords: [AllocationFacts.Key: [String: String]] = [:]

  /// The unique numbers of boards, each with the number it was met by.
  var serials: [String: Int] = [:]
  /// Whether those stay what they are.
  let keepsSerials: Bool

  /// Names for a session on a machine, run by a user.
  public init(machine: String, user: String?, keepsSerials: Bool = false) {
    self.keepsSerials = keepsSerials
    _ = self.machine(machine)
    if let user { learn(user, "user") }
  }

  /// The word for a machine; empty for none.
  public mutating func machine(_ name: String) -> String {
    guard !name.isEmpty else { return name }
    if let known = machines[name] { return known }
    if machines.values.contains(name) { return name }
    let word = machines.isEmpty ? "machine" : "machine \(machines.count + 1)"
    machines[name] = word
    learn(name, word)
    return word
  }

  /// The name of a job or a process, in its kind's own count; `nil` for devices that keep theirs.
  mutating func name(of id: DeviceID) -> String? {
    guard Self.renamed.contains(id.kind) else { return nil }
    if let known = devices[id] { return known }
    counts[id.kind, default: 0] += 1
    let word = "\(id.kind.name) \(counts[id.kind] ?? 0)"
    devices[id] = word
    return word
  }

  /// Notes what a device gives away of its owner, to be replaced wherever it stands.
  mutating func learn(_ device: Device) {
    learnSerials(of: device)
    if device.id.kind == .meter || device.id.kind == .site {
      // A meter in the network is named by its host, and by what it is called there.
      for key in ["host", "entity"] { device.attributes[key].map { learn($0, key) } }
      // A site may have several.
      for (key, host) in device.attributes where key.hasPrefix("host_") { learn(host, "host") }
    }
    if device.id.kind == .grid, let label = device.attributes["own"] {
      // A public service gives nobody away; a server or a file of one's own does.
      for key in ["host", "file", "would_ask_host"] {
        device.attributes[key].map { learn($0, key == "file" ? "file" : "host") }
      }
      learn(label, "own source")
    }
    guard let word = name(of: device.id) else { return }
    if device.id.kind == .allocation {
      learn(allocation: device, word)
      return
    }
    guard device.id.kind == .job || device.id.kind == .process else {
      // Their labels are paths, or words that stand for others too.
      learn(device.id.name, word)
      device.attributes["server"].map { learn($0, "server") }
      return
    }
    if let user = device.attributes[ProcessFacts.Key.user.rawValue] { learn(user, "user") }
    for name in [device.attributes["command"] ?? "", device.id.name, device.label] {
      learn(name, word)
    }
  }

  /// Notes whose a scheduler's job is, and what it is called.
  private mutating func learn(allocation device: Device, _ word: String) {
    for (key, owner) in ownerWords(of: device) {
      device.attributes[key].map { learn($0, owner) }
    }
    let facts = AllocationFacts(device.attributes)
    for name in [device.id.name, device.label, facts.number, facts.jobID, facts.name, facts.pod] {
      if let name { learn(name, word) }
    }
  }

  /// The words for the user, the account, the partition and the namespace of a scheduler's job.
  private mutating func ownerWords(of device: Device) -> [String: String] {
    var words: [String: String] = [:]
    for key in Self.owners {
      guard let name = device.attributes[key.rawValue], !name.isEmpty else { continue }
      let known = ownerWords[key, default: [:]]
      // What was replaced already stays what it is.
      let isWord = known.values.contains(name)
      let word = known[name] ?? (isWord ? name : "\(key.rawValue) \(known.count + 1)")
      if !isWord { ownerWords[key, default: [:]][name] = word }
      words[key.rawValue] = word
    }
    return words
  }

  /// Notes a device whose owner is to be replaced in texts.
  package mutating func note(_ device: Device) { learn(device) }

  /// Notes a name to be replaced wherever it stands.
  mutating func hide(_ name: String, as word: String) { learn(name, word) }

  /// Takes from a device that has an owner what gives that away.
  mutating func replace(in device: inout Device, former: DeviceID) {
    guard let word = name(of: former) else { return }
    device.label = word
    device.model = ""
    let harmless: Set<String> =
      switch former.kind {
      case .mount: Self.harmlessOfMounts
      case .controlGroup: []
      case .allocation: Self.harmlessOfAllocations
      default: Self.harmless
      }
    let owners = former.kind == .allocation ? ownerWords(of: device) : [:]
    device.attributes = device.attributes.filter { harmless.contains($0.key) }
    device.attributes.merge(owners) { _, word in word }
    // `nfs4 server:/data`
    if let systems = device.attributes["reads_from"] {
      device.attributes["reads_from"] = systems.split(separator: " ").map { word in
        word.contains(":/") ? "server:path" + (word.last == "," ? "," : "") : String(word)
      }.joined(separator: " ")
    }
  }

  mutating func learn(_ name: String, _ word: String) {
    // Two letters stand in too many other words.
    guard name.utf8.count > 2, name != word, words.count < 4096,
      !words.contains(where: { $0.name == name })
    else { return }
    words.append((name, word))
    words.sort { $0.name.utf8.count > $1.name.utf8.count }
  }

  /// The same text with neutral words in place of names, paths and hosts.
  func replaced(in text: String) -> String { replaced(in: text, keeping: []) }

  /// The same, but for paths below folders that are the same on every machine.
  package func replaced(in text: String, keeping folders: [String]) -> String {
    var result = text
    for (name, word) in words { result = Self.replacing(name, by: word, in: result) }
    return Self.withoutPaths(result, keeping: folders)
  }

  /// Replaces a name where it stands as a word of its own.
  private static func replacing(_ name: String, by word: String, in text: String) -> String {
    let (bytes, wanted) = (Array(text.utf8), Array(name.utf8))
    guard bytes.count >= wanted.count else { return text }
    var result: [UInt8] = []
    var at = 0
    while at < bytes.count {
      let end = at + wanted.count
      guard end <= bytes.count, bytes[at] == wanted[0], bytes[at..<end].elementsEqual(wanted),
        at == 0 || !SecretScanner.isAlphanumeric(bytes[at - 1])
          || !SecretScanner.isAlphanumeric(wanted[0]),
        end == bytes.count || !SecretScanner.isAlphanumeric(bytes[end])
          || !SecretScanner.isAlphanumeric(wanted[wanted.count - 1])
      else {
        result.append(bytes[at])
        at += 1
        continue
      }
      result += Array(word.utf8)
      at = end
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The same text with `path` for every path of a file and `host` for every host of an address.
  static func withoutPaths(_ text: String, keeping folders: [String] = []) -> String {
    guard text.utf8.contains(UInt8(ascii: "/")) else { return text }
    return text.split(separator: " ", omittingEmptySubsequences: false)
      .map { withoutPath($0, folders) }.joined(separator: " ")
  }

  private static func withoutPath(_ word: Substring, _ kept: [String]) -> String {
    let bytes = Array(word.utf8)
    if let scheme = (0..<bytes.count).first(where: { bytes[$0...].starts(with: Array("://".utf8)) })
    {
      let rest = bytes[(scheme + 3)...]
      let authority = rest.prefix { $0 != UInt8(ascii: "/") }
      let port = authority.lastIndex(of: UInt8(ascii: ":")).map { authority[$0...] } ?? []
      let host = authority.prefix { $0 != UInt8(ascii: ":") }
      let name = String(decoding: host, as: UTF8.self)
      let kept = ["localhost", "127.0.0.1", "[::1]"].contains(name) ? name : "host"
      return String(decoding: bytes[..<(scheme + 3)], as: UTF8.self) + kept
        + String(decoding: port, as: UTF8.self)
    }
    let openers = Set("=:“\"'(,[".unicodeScalars.flatMap { Array(String($0).utf8) })
    for at in bytes.indices where bytes[at] == UInt8(ascii: "/") {
      let isHome =
        at > 0 && (bytes[at - 1] == UInt8(ascii: "~") || bytes[at - 1] == UInt8(ascii: "."))
      let start = isHome ? at - 1 : at
      guard start == 0 || openers.contains(bytes[start - 1]) else { continue }
      // `J/token` and `1/2` are no paths: a path begins with its stroke.
      let end =
        bytes[at...].firstIndex {
          UInt8(ascii: ",") == $0 || UInt8(ascii: ")") == $0 || $0 == UInt8(ascii: ";")
        }
        ?? bytes.count
      guard end - at > 1 else { continue }
      guard start < at || !kept.contains(where: { bytes[at..<end].starts(with: $0.utf8) }) else {
        return String(word)
      }
      return String(decoding: bytes[..<start], as: UTF8.self) + "path"
        + String(decoding: bytes[end...], as: UTF8.self)
    }
    return String(word)
  }
}
