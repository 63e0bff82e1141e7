import Accounting
import Canvas
import Dashboard
import Quantities
import Telemetry

/// What accounts, users, jobs or months came to, for whoever sends the bills.
struct ChargeBack {
  /// What rows are made by.
  enum Key: String, CaseIterable {
    case account, user, job, month
  }

  /// A row: the same account, say, in the same month.
  struct Row {
    /// The words of the keys; `nil` where one is not known.
    var names: [String?]
    var sum = AllocationSum()
    /// Joules of accelerators that were charged to no scheduler's job.
    var outside: Double?
    /// Whether some of those are shares of an accelerator used by several.
    var isEstimated = false

    var joules: Double? { outside ?? sum.joules }
  }

  let keys: [Key]
  var terms: AllocationShare.Terms
  private var rows: [[String?]: Row] = [:]
  private var outsideRows: [[String?]: Row] = [:]
  private var seen: [(file: String, machines: Set<String>, span: TimeSpan)] = []
  /// Whether the numbers of one of the recordings were made up.
  var isSimulated = false
  /// What must be said with the table, in words.
  var remarks: [String] = []

  init(_ keys: [Key], _ terms: AllocationShare.Terms) {
    self.keys = keys
    self.terms = terms
  }

  /// Reads `account,month`; `nil` where one of the words is none, or stands there twice.
  static func keys(_ text: String) -> [Key]? {
    let keys = text.split(separator: ",").map { Key(rawValue: String($0)) }
    guard !keys.isEmpty, !keys.contains(nil), Set(keys).count == keys.count else { return nil }
    return keys.compactMap { $0 }
  }

  /// Takes in a recording.
  mutating func add(_ timeline: Timeline, over span: TimeSpan, file: String) throws {
    let ledger = Ledger(timeline)
    let machines = Set(ledger.inventory.gpus.map(\.id.machine))
    if let other = seen.first(where: { other in
      !other.machines.isDisjoint(with: machines)
        && other.span.intersection(span).map { $0.seconds > 0 } ?? false
    }) {
      throw Failure(
        "\(other.file) and \(file) tell of one machine at the same time: name one of them, so that no "
          + "joule counts twice")
    }
    seen.append((file, machines, span))
    isSimulated =
      isSimulated || timeline.descriptors.contains { $0.provenance.method == .simulated }
    for (month, part) in keys.contains(.month) ? months(of: span) : [("", span)] {
      let shares = ledger.allocations(over: part).map {
        AllocationShare($0, ledger, file: file, terms)
      }
      for share in shares { add(share, month) }
      addOutside(ledger, part, month, shares)
    }
  }

  /// Takes in what a store tells of a part of a month; `drawn` is what all accelerators drew in it.
  mutating func add(_ shares: [AllocationShare], drawn: Double?, month: String) {
    for share in shares { add(share, month) }
    guard let drawn else { return }
    let taken = shares.reduce(0) { $0 + ($1.isOfMachine ? 0 : $1.use.energy?.joules ?? 0) }
    addRest(max(0, drawn - taken), of: drawn, month)
  }

  private mutating func add(_ share: AllocationShare, _ month: String) {
    let facts = share.use.facts
    let names = keys.map { key -> String? in
      switch key {
      case .account: facts.account ?? facts.namespace
      case .user: facts.user
      case .job: facts.number.isEmpty ? share.use.device.name : facts.number
      case .month: month
      }
    }
    rows[names, default: Row(names: names)].sum.shares.append(share)
  }

  /// What accelerators drew that no job was charged: users' processes, and the rest.
  private mutating func addOutside(
    _ ledger: Ledger, _ span: TimeSpan, _ month: String, _ shares: [AllocationShare]
  ) {
    let gpus = ledger.inventory.gpus
    guard let drawn = ledger.timeline.energy(of: gpus, over: span), drawn.covered > 0 else {
      return
    }
    var rest = max(0, drawn.joules - shares.reduce(0) { $0 + ($1.use.energy?.joules ?? 0) })
    if keys.contains(.user) {
      for use in ledger.outsideJobs(over: span) {
        guard let user = use.user, use.joules <= rest else { continue }
        addRest(use.joules, of: drawn.joules, month, user, isEstimated: use.isEstimated)
        rest -= use.joules
      }
    }
    addRest(rest, of: drawn.joules, month)
  }

  /// Adds joules that no job was charged, unless they are next to nothing of all.
  private mutating func addRest(
    _ joules: Double, of all: Double, _ month: String, _ user: String? = nil,
    isEstimated: Bool = false
  ) {
    guard joules > 0.0005 * all else { return }
    let names = keys.map { $0 == .month ? month : $0 == .user ? user : nil }
    var row = outsideRows[names] ?? Row(names: names)
    row.outside = (row.outside ?? 0) + joules
    row.isEstimated = row.isEstimated || isEstimated
    outsideRows[names] = row
  }

  /// The local months of a span, as `2026-11`.
  private func months(of span: TimeSpan) -> [(String, TimeSpan)] {
    var months: [(String, TimeSpan)] = []
    var start = span.start
    while months.count < 1200 {
      let offset = terms.utcOffset(start)
      let civil = CivilTime(start, offset: offset)
      let next = CivilDate(
        year: civil.month == 12 ? civil.year + 1 : civil.year,
        month: civil.month == 12 ? 1 : civil.month + 1, day: 1)
      func moment(_ offset: Int) -> Timestamp {
        Timestamp(seconds: Double(next.daysSince1970 * 86_400 - offset))
      }
      // The clocks may be put forward or back before then.
      let end = moment(terms.utcOffset(moment(offset)))
      months.append((String(civil.isoDate.prefix(7)), TimeSpan(start, min(end, span.end))))
      guard end < span.end else { break }
      start = end
    }
    return months
  }

  /// The rows: months in order, and in each those that took most first; what no job took comes last.
  var all: [Row] {
    let month = keys.firstIndex(of: .month)
    func order(_ row: Row) -> (String, Double, String) {
      (
        month.flatMap { row.names[$0] } ?? "", -(row.joules ?? 0),
        row.names.map { $0 ?? "" }.joined(separator: "\u{1F}")
      )
    }
    return rows.values.sorted { order($0) < order($1) }
      + outsideRows.values.sorted { order($0) < order($1) }
  }

  /// Whether no scheduler's job was recorded.
  var isEmpty: Bool { rows.isEmpty }
}
