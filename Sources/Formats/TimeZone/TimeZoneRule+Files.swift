extension TimeZoneRule {
  /// Reads a rule as the variable `TZ` gives it in POSIX's form: `CET-1CEST,M3.5.0,M10.5.0/3`.
  package init?(posix text: String) {
    guard let rule = YearlyRule(text.utf8) else { return nil }
    self.init(name: text, first: rule.standard, later: rule)
  }

  /// Reads the rule of a place from its file of the time zone database.
  ///
  /// Source: RFC 8536, versions 1 to 4; leap seconds are not applied, as in POSIX's time. `nil` when
  /// the bytes are no such file.
  package init?(name: String, file: [UInt8]) {
    guard let head = Header(file, at: 0) else { return nil }
    // The first block has times of 32 bits; all files since 2005 have a second one of 64.
    guard head.version > 0 else {
      guard let block = Self.block(file, head, timeSize: 4) else { return nil }
      self.init(name: name, first: block.first, changes: block.changes)
      return
    }
    guard let long = Header(file, at: head.end(timeSize: 4)),
      let block = Self.block(file, long, timeSize: 8)
    else { return nil }
    let end = long.end(timeSize: 8)
    let footer = file[end...].dropFirst().prefix { $0 != 0x0A }
    self.init(
      name: name, first: block.first, changes: block.changes, later: YearlyRule(footer))
  }

  /// The counts at the head of a block.
  private struct Header {
    let version: UInt8
    let start: Int
    let times: Int
    let types: Int
    private let rest: Int
    private let leaps: Int

    init?(_ file: [UInt8], at place: Int) {
      guard place + 44 <= file.count, file[place...].starts(with: "TZif".utf8) else { return nil }
      let counts = (0..<6).map { Int(clamping: Self.big(file, place + 20 + 4 * $0, 4)) }
      guard counts.allSatisfy({ 0...100_000 ~= $0 }), counts[4] > 0 else { return nil }
      version = file[place + 4]
      start = place + 44
      (times, types, leaps) = (counts[3], counts[4], counts[2])
      rest = counts[0] + counts[1] + counts[5]
    }

    func end(timeSize: Int) -> Int {
      start + times * (timeSize + 1) + types * 6 + leaps * (timeSize + 4) + rest
    }

    static func big(_ file: [UInt8], _ place: Int, _ size: Int) -> Int64 {
      let value = file[place..<(place + size)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return size == 4
        ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
    }
  }

  private static func block(
    _ file: [UInt8], _ head: Header, timeSize: Int
  ) -> (first: Int, changes: [Change])? {
    guard head.end(timeSize: timeSize) <= file.count else { return nil }
    let kinds = head.start + head.times * timeSize
    let types = kinds + head.times
    let offsets = (0..<head.types).map { Int(Header.big(file, types + 6 * $0, 4)) }
    guard offsets.allSatisfy({ abs($0) <= 90_000 }) else { return nil }
    var changes: [Change] = []
    for index in 0..<head.times {
      let kind = Int(file[kinds + index])
      let start = Header.big(file, head.start + index * timeSize, timeSize)
      guard kind < head.types, changes.last.map({ $0.start < start }) ?? true else { return nil }
      changes.append(Change(start: start, offset: offsets[kind]))
    }
    return (offsets[0], changes)
  }
}
