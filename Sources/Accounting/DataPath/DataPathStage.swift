import Quantities
import Telemetry

/// One stage of the way that bytes take to an accelerator, and how full it is.
public struct DataPathStage: Hashable, Sendable {
  /// Which stage it is.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Where the data lie: a disk, a network file system, or the interface they come in by.
    case store
    /// The page cache of the host.
    case hostMemory
    /// The processes that load and decode.
    case workers
    /// The link from the host to the accelerators.
    case hostLink
    /// The accelerators' own memory.
    case deviceMemory
    /// What computes.
    case cores

    /// Whether it brings data to the accelerator, which the chip's own stages do not.
    public var isFeeding: Bool { self != .deviceMemory && self != .cores }
  }

  /// What a fullness says.
  public enum Basis: String, Sendable, Hashable {
    /// The share of time in which it had something to do.
    case busy
    /// The rate over what its link, its maker or its settings state.
    case ceiling
    /// The rate over the best that was seen of it: it may be able to do more.
    case bestSeen
    /// The share of bytes that were not in the cache.
    case missed
    /// The most that this share can be: others on the machine may have read as well.
    case missedAtMost
    /// The share of time in which its workers ran or wanted to run.
    case working
    /// The share of cycles in which the part of the chip was active.
    case activity

    /// Whether a stage that is full by it is known to be able to do no more.
    public var canBeNarrow: Bool { self == .busy || self == .ceiling || self == .working }
    /// Whether it says how near to its end a stage is, rather than what share of bytes took the way.
    var isFill: Bool { self != .missed && self != .missedAtMost }

    /// What stands behind the percentage, such as `busy`.
    public var word: String {
      switch self {
      case .busy, .working: "busy"
      case .ceiling: "full"
      case .bestSeen: "of its best"
      case .missed: "missed"
      case .missedAtMost: "missed at most"
      case .activity: "active"
      }
    }
  }

  /// The most that a stage can move.
  public struct Ceiling: Hashable, Sendable {
    /// How it is known.
    public enum Kind: String, Sendable, Hashable {
      /// The speed of its link times the width.
      case link
      /// The device or its maker states it.
      case stated
      /// The settings of the system state it.
      case configured
      /// The greatest mean over a minute that was seen of it.
      case bestSeen
    }

    /// Bytes a second, of all devices together.
    public var rate: Double
    /// How it is known.
    public var kind: Kind
    /// How many devices share it evenly.
    public var devices = 1
  }

  /// Which stage it is.
  public var kind: Kind
  /// What it is called, such as `nvme0n1` or `4 workers`.
  public var title: Name
  /// Bytes a second through it.
  public var rate: Double?
  /// The most it can move.
  public var ceiling: Ceiling?
  /// How full it is, 0...1.
  public var fullness: Double?
  /// What `fullness` says.
  public var basis: Basis?
  /// The share of their time in which its workers were ready and had no processor, 0...1.
  public var queued: Double?
  /// Whether it is a disk of this machine.
  var isDisk = false
  /// How many devices or workers stand for it, where it has any.
  public var count = 1
  /// What flows.
  public var flowing: Figure?
  /// What that is of, or why it is so.
  public var beside: Figure?
  /// What would have to be read where nothing tells how full it is.
  public var absence: Absence?

  /// The name, for people.
  public var name: String { title.words }
  /// What flows, in a few words, the longest spelling first.
  public var amount: [String] { flowing?.words ?? [] }
  /// What that is of, or why it is so, in a few words, the longest spelling first.
  public var detail: [String] { beside?.words ?? [] }
  /// What would have to be read where nothing tells how full it is, in a few words.
  public var missing: String { absence?.rawValue ?? "" }

  /// A stage of which nothing is known.
  public init(_ kind: Kind, _ title: Name, missing absence: Absence? = nil) {
    self.kind = kind
    self.title = title
    self.absence = absence
  }

  /// From here on a stage is full: the kernel's counters of time lag by a few hundredths.
  public static let full = 0.97
  /// From here on a stage is nearly full, and another one cannot be told to be the narrow one.
  static let nearlyFull = 0.8

  /// Whether it is as full as it can be, whatever the fullness says.
  public var isFull: Bool { (fullness ?? 0) >= Self.full }
  /// Whether it can move no more.
  var isAtCeiling: Bool { isFull && kind.isFeeding && (basis?.canBeNarrow ?? false) }
  /// Whether its workers lacked processors for a good part of their time.
  public var isOutOfProcessors: Bool { (queued ?? 0) >= 0.3 }
  /// Whether anything is known of what flows through it.
  public var isKnown: Bool { fullness != nil || rate != nil }

  /// How full it is in words, such as `≤ 31 % missed`, and without them; empty where nothing tells.
  public var fullnessWords: [String] {
    guard let fullness, let basis else { return [] }
    let isAtMost = basis == .missedAtMost
    let share = "\(isAtMost ? "≤ " : "")\(SI.percent(fullness)) %"
    return ["\(share) \((isAtMost ? .missed : basis).word)", share]
  }

  /// Sets how full it is, held to 0...1.
  mutating func fill(_ share: Double, by basis: Basis) {
    guard share.isFinite else { return }
    fullness = min(1, max(0, share))
    self.basis = basis
  }
}
