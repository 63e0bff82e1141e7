import Accounting
import Canvas

/// Where each machine's tile goes, as pure geometry.
///
/// Each rack is a block; as many as fit stand beside each other, with tiles as wide as they can be.
struct FleetTiles {
  /// The tile of each machine, in their order; empty for those that have no room.
  private(set) var tiles: [Rect]
  /// Where the name of each rack stands, with the place of its first machine.
  private(set) var labels: [(rect: Rect, host: Int)] = []
  /// Columns of a tile.
  private(set) var width = 0
  /// The rows that are taken.
  private(set) var rows = 0

  static let widest = 7

  init(_ hosts: [FleetHost], in rect: Rect) {
    tiles = Array(repeating: Rect(x: 0, y: 0, width: 0, height: 0), count: hosts.count)
    guard !hosts.isEmpty, !rect.isEmpty else { return }
    var racks = hosts.racks
    let names = hosts.compactMap(\.rack).map { displayWidth($0) }
    let room = min(8, names.max() ?? 0)
    if racks.count == 1 { racks = Self.runs(of: hosts.count) }
    let isNamed = room > 0 && racks.count > 1
    for label in isNamed ? [room + 1, 0] : [0] {
      for width in stride(from: Self.widest, through: 1, by: -1) {
        guard place(racks, tile: width, label: label, in: rect) else { continue }
        return
      }
    }
    // More machines than cells: as many as fit, and the rest is told in words.
    self.width = 1
    rows = rect.height
    for place in hosts.indices.prefix(rect.width * rect.height) {
      tiles[place] = Rect(
        x: rect.x + place % rect.width, y: rect.y + place / rect.width, width: 1, height: 1)
    }
  }

  /// Without racks, machines stand in rows of sixteen, as numbers are read best.
  private static func runs(of count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: 16).map { $0..<min(count, $0 + 16) }
  }

  /// Lays the racks out; false where they have no room.
  private mutating func place(
    _ racks: [Range<Int>], tile: Int, label: Int, in rect: Rect
  ) -> Bool {
    let longest = racks.map(\.count).max() ?? 0
    let block = label + longest * tile
    guard block <= rect.width else { return false }
    let beside = max(1, (rect.width + 2) / (block + 2))
    let needed = (racks.count + beside - 1) / beside
    guard needed <= rect.height else { return false }
    (width, rows) = (tile, needed)
    labels = []
    for (number, rack) in racks.enumerated() {
      // Down first, as racks are numbered along a row of the hall.
      let x = rect.x + number / needed * (block + 2)
      let y = rect.y + number % needed
      if label > 0 {
        labels.append((Rect(x: x, y: y, width: label - 1, height: 1), rack.lowerBound))
      }
      for (offset, host) in rack.enumerated() {
        let gap = tile >= 3 ? 1 : 0
        tiles[host] = Rect(x: x + label + offset * tile, y: y, width: tile - gap, height: 1)
      }
    }
    return true
  }
}
