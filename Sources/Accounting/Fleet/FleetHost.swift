import Telemetry

/// One machine of a fleet at a time.
public struct FleetHost: Sendable, Hashable {
  /// Whether it can be heard of.
  public enum State: Sendable, Hashable {
    /// It was read when it was last due.
    case answers
    /// It was read within the account and is not any more; since when.
    case silent(since: Timestamp)
    /// It is asked and does not answer; when it last did, where that is known.
    case refuses(since: Timestamp?)
  }

  /// What its watts are the watts of.
  public enum Boundary: Sendable, Hashable {
    /// The plug.
    case wall
    /// The board's or the controller's own meter of the whole machine.
    case platform
    /// The parts of which something is known.
    case known
    /// The accelerators alone.
    case accelerators
  }

  /// Its name, without the port it is asked at.
  public var name: String
  /// The rack it stands in, where a label tells.
  public var rack: String?
  /// Whether it can be heard of.
  public var state: State
  /// What it draws at the time; `nil` where that is not known.
  public var watts: Double?
  /// What its watts are the watts of.
  public var boundary = Boundary.known
  /// How many accelerators it has.
  public var gpus = 0
  /// How many of them a job holds; `nil` where nothing tells.
  public var held: Int?
  /// Its joules over the account.
  public var joules: Double?
  /// Joules of its accelerators of which it was judged what they were for.
  public var judged: Double?
  /// Joules of those that bought nothing.
  public var wasted: Double?
  /// The exporters that tell of it, in the order of the catalogue.
  public var exporters: [String] = []
  /// The other names that its accelerators are told of under.
  public var twins: [String] = []

  /// A machine of which nothing else is known.
  public init(name: String, state: State = .answers) {
    self.name = name
    self.state = state
  }

  /// The share of its judged joules that bought nothing.
  public var wastedShare: Double? {
    guard let wasted, let judged, judged > 0 else { return nil }
    return min(1, wasted / judged)
  }

  /// Since when nothing is heard of it; `nil` while it answers, or where that is not known.
  public var quietSince: Timestamp? {
    switch state {
    case .answers: nil
    case .silent(let since): since
    case .refuses(let since): since
    }
  }
}

extension FleetHost {
  /// Whether one comes before another on the screen: by rack, and within it by name, numbers in names
  /// counted as numbers.
  public static func isBefore(_ one: FleetHost, _ other: FleetHost) -> Bool {
    let (left, right) = (one.rack ?? "", other.rack ?? "")
    if left != right { return left.isBeforeInPeoplesOrder(right) }
    return one.name.isBeforeInPeoplesOrder(other.name)
  }
}

extension String {
  /// Whether it comes before another where `n2` comes before `n10`.
  public func isBeforeInPeoplesOrder(_ other: String) -> Bool {
    var (left, right) = (utf8[...], other.utf8[...])
    func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    while let one = left.first, let two = right.first {
      guard isDigit(one), isDigit(two) else {
        if one != two { return one < two }
        left = left.dropFirst()
        right = right.dropFirst()
        continue
      }
      let (first, second) = (left.prefix(while: isDigit), right.prefix(while: isDigit))
      let (mine, theirs) = (first.drop { $0 == 0x30 }, second.drop { $0 == 0x30 })
      if mine.count != theirs.count { return mine.count < theirs.count }
      if !mine.elementsEqual(theirs) { return mine.lexicographicallyPrecedes(theirs) }
      left = left[first.endIndex...]
      right = right[second.endIndex...]
    }
    if left.isEmpty != right.isEmpty { return left.isEmpty }
    return self < other
  }
}
