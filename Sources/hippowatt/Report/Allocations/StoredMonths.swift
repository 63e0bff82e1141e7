import Accounting
import Dashboard
import Fleet
import HTTP
import Quantities
import Telemetry

/// What accounts, users, jobs or months came to, as a store tells it.
///
/// Each local day is asked for by itself: an answer stays small, and a day is of one month. Jobs that have
/// counters of their own need only an hour's columns; those that labels name are asked for by five minutes.
struct StoredMonths {
  private var reader: FleetReader
  private let terms: AllocationShare.Terms
  /// What the store could not look at, in its words.
  private var warning: String?
  /// Whether counters began anew more often than could be looked at.
  private var isUnclear = false

  init(_ reader: FleetReader, _ terms: AllocationShare.Terms) {
    (self.reader, self.terms) = (reader, terms)
  }

  private var store: String { reader.store.url.authority }

  /// What a store told of a day, or of a part of it.
  private struct Part {
    var month: String
    var uses: [FleetUse]
    var drawn: Double?
  }

  /// The most queries of a day: what restarts leave unclear is asked for until all is clear.
  private static let mostQueries = 200

  /// What is said where that was not enough.
  static let unclear = "counters began anew more often than could be looked at."

  /// The rows by some keys over a span that ends now, in a format.
  mutating func table(by keys: [ChargeBack.Key], over span: TimeSpan, format: String) throws
    -> String
  {
    var told: [Part] = []
    var book = ChargeBack(keys, terms)
    var first: Timestamp?
    var currencies: Set<String> = []
    try reader.asking { reader throws(StoreFault) in try reader.compareClocks(span.end) }
    reader.comparesClocks = false
    // What was not read around midnight is of the day on which it was read again.
    reader.goesOn = true
    for (day, view) in Self.views(over: span, terms.utcOffset) {
      let before = reader
      var parts = [try read(view, now: span.end)]
      if parts[0].hasLabelledJobs {
        reader = before
        parts = try Self.quarters(of: view).map { try read($0, now: span.end) }
      }
      let month = String(CivilTime(day, offset: terms.utcOffset(day)).isoDate.prefix(7))
      for assembly in parts {
        currencies.formUnion(assembly.currencies)
        book.isSimulated = book.isSimulated || assembly.isSimulated
        let known = Part(month: month, uses: assembly.uses(), drawn: assembly.acceleratorJoules)
        guard !known.uses.isEmpty || known.drawn != nil else { continue }
        first = first ?? day
        told.append(known)
      }
    }
    if terms.price == nil, currencies.count == 1 { book.terms.told = currencies.first }
    for part in told {
      let shares = part.uses.map { use -> AllocationShare in
        var share = AllocationShare(use, store: store, terms)
        // Sums in two currencies are none.
        if terms.price == nil, currencies.count > 1 { share.cost = nil }
        return share
      }
      book.add(shares, drawn: part.drawn, month: part.month)
    }
    guard !book.isEmpty, let first else {
      throw Failure(
        "\(store) tells of no job within \(SI.duration(span.seconds)): hippowatt exporter tells a Prometheus of those "
          + "of SLURM and Kubernetes")
    }
    let begin = CivilTime(first, offset: terms.utcOffset(first))
    book.remarks = ["From \(begin.isoDate), the first day of which \(store) tells anything."]
    if let words = reader.clockWords { book.remarks.append("\(store): \(words).") }
    if let warning { book.remarks.append("Totals may be wrong: \(store) says: \(warning)") }
    if isUnclear { book.remarks.append("Totals may be too low: " + Self.unclear) }
    return switch format {
    case "csv": book.csv
    case "json": book.json
    case "markdown": book.markdown
    default: book.text
    }
  }

  /// What a store tells of a view.
  private mutating func read(_ view: FleetView, now: Timestamp) throws -> FleetAssembly {
    let answers = try reader.asking { reader throws(StoreFault) in
      try reader.readWhole(view, now: now, mostQueries: Self.mostQueries)
    }
    warning = warning ?? reader.warning
    isUnclear = isUnclear || reader.isUnclear
    return FleetAssembly(
      answers, view, tariff: terms.price == nil ? terms.tariff : nil, utcOffset: terms.utcOffset)
  }

  /// A day in parts of at most six hours, in columns of five minutes.
  static func quarters(of day: FleetView) -> [FleetView] {
    var views: [FleetView] = []
    var start = day.span.start
    while start < day.span.end {
      let end = min(start + 6 * 3600, day.span.end)
      views.append(FleetView(time: end, window: end - start, columns: 72))
      start = end
    }
    return views
  }

  /// The local days of a span with their views, in columns whose ends are also those of the days.
  static func views(
    over span: TimeSpan, _ offset: (Timestamp) -> Int
  ) -> [(day: Timestamp, view: FleetView)] {
    var views: [(Timestamp, FleetView)] = []
    func midnight(_ time: Timestamp) -> Timestamp {
      let local = Int64(offset(time)) + time.nanoseconds / 1_000_000_000
      // The clocks may have been put forward or back since then.
      let guess = FleetView.time(local - local % 86_400 - Int64(offset(time)))
      return FleetView.time(local - local % 86_400 - Int64(offset(guess)))
    }
    var day = midnight(span.start)
    while day < span.end, views.count < 400 {
      let next = midnight(day + 30 * 3600)
      let end = min(next, span.end)
      let seconds = abs(offset(day))
      let columns = seconds % 3600 == 0 ? 25.0 : seconds % 1800 == 0 ? 50 : 100
      // The first column of the account begins at midnight, the last one ends there.
      views.append((day, FleetView(time: end, window: end - day, columns: columns)))
      day = next
    }
    return views
  }
}
