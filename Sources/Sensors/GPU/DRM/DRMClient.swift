import Linux

/// One opening of a graphics device by a process, as `/proc/PID/fdinfo/FD` describes it.
///
/// Layout: the kernel's `Documentation/gpu/drm-usage-stats.rst`, and for xe its own cycles.
struct DRMClient: Hashable {
  /// How long an engine worked for the client.
  struct Engine: Hashable {
    /// Nanoseconds, or cycles of the engine's clock.
    var busy: Int64 = 0
    /// The same clock's cycles in all; `nil` for nanoseconds.
    var clock: Int64?
    /// How many engines of this kind work side by side.
    var count: Int64 = 1
  }

  /// The device's place on the bus.
  private(set) var pci = ""
  private(set) var id: Int64 = 0
  /// By name: gfx, compute, render, rcs, ccs.
  private(set) var engines: [String: Engine] = [:]
  /// Bytes of the device's own memory.
  private(set) var memory: Int64?

  /// The engines that compute; those for video and copies are left out.
  private static let engineNames: Set = ["gfx", "compute", "render", "rcs", "ccs"]
  /// Better ways to count memory have lower ranks.
  private static let memoryNames = ["drm-resident-", "drm-memory-", "drm-total-"]

  /// `nil` for a file that belongs to no graphics device.
  init?(_ text: inout TextScanner) {
    var hasID = false
    var rank = Int.max
    while var line = text.line() {
      guard let key = line.word(until: UInt8(ascii: ":")), key.hasPrefix("drm-") else { continue }
      switch key {
      case "drm-pdev": pci = line.rest()
      case "drm-client-id":
        guard let number = line.number() else { return nil }
        id = number
        hasID = true
      default:
        if let (name, field) = Self.engine(key) {
          guard let value = line.number(), value >= 0 else { continue }
          switch field {
          case .busy: engines[name, default: Engine()].busy = value
          case .clock: engines[name, default: Engine()].clock = value
          case .count: engines[name, default: Engine()].count = value
          }
        } else if let better = Self.memoryNames.firstIndex(where: { key.hasPrefix($0) }) {
          setMemory(key.dropFirst(Self.memoryNames[better].count), &line, better, &rank)
        }
      }
    }
    guard hasID, !pci.isEmpty else { return nil }
  }

  /// What a key says of an engine.
  private enum Field {
    case busy, clock, count
  }

  private static let fields: [(prefix: String, field: Field)] = [
    ("drm-engine-capacity-", .count), ("drm-engine-", .busy), ("drm-total-cycles-", .clock),
    ("drm-cycles-", .busy),
  ]

  private static func engine(_ key: String) -> (name: String, field: Field)? {
    guard let known = fields.first(where: { key.hasPrefix($0.prefix) }) else { return nil }
    let name = String(key.dropFirst(known.prefix.utf8.count))
    return engineNames.contains(name) ? (name, known.field) : nil
  }

  private mutating func setMemory(
    _ region: Substring, _ line: inout TextScanner, _ better: Int, _ rank: inout Int
  ) {
    guard region.hasPrefix("vram") || region.hasPrefix("local"), better <= rank,
      let number = line.number(), number >= 0
    else { return }
    let factor: Int64 =
      switch line.word() {
      case "KiB": 1 << 10
      case "MiB": 1 << 20
      case "GiB": 1 << 30
      default: 1
      }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
    guard !overflow else { return }
    // Several regions of the same kind add up.
    let before = better == rank ? memory ?? 0 : 0
    rank = better
    memory = before.addingReportingOverflow(bytes).overflow ? nil : before + bytes
  }
}

extension DRMClient.Engine {
  /// The share of the time since an earlier look in which it worked, 0...1.
  ///
  /// `elapsed` in seconds serves where the engine has no clock of its own.
  func share(since earlier: DRMClient.Engine, elapsed: Double) -> Double? {
    let (worked, overflow) = busy.subtractingReportingOverflow(earlier.busy)
    guard !overflow, worked >= 0 else { return nil }
    var time = elapsed * 1e9
    if let clock {
      guard let before = earlier.clock else { return nil }
      let (cycles, overflow) = clock.subtractingReportingOverflow(before)
      guard !overflow else { return nil }
      time = Double(cycles)
    }
    guard time > 0 else { return nil }
    return min(1, Double(worked) / time / Double(max(1, count)))
  }
}
