/// A stretch of the readings of one device, a column for each metric: a row of a kind's packed table.
struct PackedRows {
  /// How many readings a packed row may hold; the places in it are in the table `ordinal`.
  static let most = 1024
  /// With fewer readings than this, rows take less room than columns do.
  static let fewest = 16
  /// How many values a packed row may hold, so that it stays far below the longest that is read.
  static let mostValues = 65_536

  /// The row number of the device.
  var device: Int64
  /// When each reading was, in nanoseconds, ascending.
  var times: [Int64] = []
  /// By how many nanoseconds each came later; absent where it came at once.
  var delays: [Int64] = []
  /// The values of each column of the kind, in steps; a column may be empty when nothing is in it.
  var columns: [[Int64]]

  /// The primary key of the packed row of a device that begins at a time.
  ///
  /// Times before 2100 and devices below 131 072 keep it within 63 bits.
  static func id(_ start: Int64, device: Int64) -> Int64 {
    start / 1_000_000 * 131_072 + device
  }

  /// The smallest primary key of a packed row that begins at a time or later.
  static func firstID(_ time: Int64) -> Int64 { id(max(0, time), device: 0) }

  /// Every cell as it is stored, or `nil` when a value is too large to be packed.
  func cells() -> (time: PackedColumn.Cell, delay: PackedColumn.Cell, columns: [PackedColumn.Cell])?
  {
    guard let time = PackedColumn.pack(times), let delay = PackedColumn.pack(delays) else {
      return nil
    }
    var cells: [PackedColumn.Cell] = []
    cells.reserveCapacity(columns.count)
    for column in columns {
      guard let cell = PackedColumn.pack(column) else { return nil }
      cells.append(cell)
    }
    return (time, delay, cells)
  }

  /// The readings from `first` up to `end`.
  func part(_ first: Int, _ end: Int) -> PackedRows {
    var part = self
    part.times = Array(times[first..<end])
    part.delays = Array(delays[first..<end])
    part.columns = columns.map { $0.isEmpty ? [] : Array($0[first..<end]) }
    return part
  }
}
