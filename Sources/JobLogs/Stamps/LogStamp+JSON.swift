extension LogStamp {
  /// The time that a line in JSON's or Python's form states under one of the usual names.
  ///
  /// A number counts only where it is a time of this century: `"time": 0.35` is how long a step took.
  static func inEntries(of line: LogLine) -> LogStamp? {
    for name in names {
      guard let found = line.find(name), found > 0, isQuote(line.bytes[found - 1]) else { continue }
      var place = found + name.utf8CodeUnitCount
      guard place < line.bytes.count, isQuote(line.bytes[place]) else { continue }
      place = line.skipSpaces(place + 1)
      guard place < line.bytes.count, line.bytes[place] == 0x3A else { continue }
      place = line.skipSpaces(place + 1)
      if place < line.bytes.count, isQuote(line.bytes[place]) { place += 1 }
      let stamp = line.bytes.withUnsafeBufferPointer { bytes -> LogStamp? in
        guard let read = StampScanner.read(bytes, at: place) else { return nil }
        // A lone time of day is as likely how long something took.
        if case .clock = read.stamp { return nil }
        return read.stamp
      }
      if let stamp { return stamp }
    }
    return nil
  }

  private static func isQuote(_ byte: UInt8) -> Bool { byte == 0x22 || byte == 0x27 }

  /// In the order in which they are believed.
  private static let names: [StaticString] = [
    "timestamp", "_timestamp", "@timestamp", "wall_time", "time_ms", "ts", "time", "datetime",
    "asctime", "created_at", "unix_time", "date",
  ]
}
