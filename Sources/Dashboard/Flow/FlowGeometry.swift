import Quantities

/// Where the streams of a flow lie, in eighths of a row from the top: pure geometry.
///
/// All widths have one unit. Outside, the streams stand apart; at the plug they lie on each other.
/// Between, each edge is a smoothstep, `3t² − 2t³`.
struct FlowGeometry {
  /// The rows there are.
  let rows: Int
  /// The edges of the streams at their outer ends, from above.
  let supply, uses: [Edges]
  /// The edges of the streams at the plug.
  let supplyInside, usesInside: [Edges]
  /// The edges of the plug itself.
  let plug: Edges

  /// An upper and a lower edge.
  struct Edges: Hashable {
    var top: Double
    var bottom: Double

    /// Between these edges and others, at a share of the way, 0...1.
    func toward(_ other: Edges, _ t: Double) -> Edges {
      let s = t * t * (3 - 2 * t)
      return Edges(
        top: top + (other.top - top) * s, bottom: bottom + (other.bottom - bottom) * s)
    }

    /// The eighths that lie between them; one at least, or what is thin would not be seen.
    func eighths(of count: Int) -> Range<Int> {
      let from = max(0, min(count - 1, Int(saturating: top.rounded())))
      return from..<max(from + 1, min(count, Int(saturating: bottom.rounded())))
    }
  }

  /// The geometry of streams of so many watts, where `full` watts would take the whole height.
  init(supply: [Double], uses: [Double], full: Double, rows: Int) {
    self.rows = rows
    let height = Double(rows * 8)
    let most = max(supply.count, uses.count, 1)
    // The gap between two streams is a row, so that each label has one of its own.
    let gap = min(9, height / Double(2 * most))
    let unit = max(0, height - gap * Double(most - 1)) / max(full, 1e-9)
    let whole = uses.reduce(0, +) * unit
    plug = Edges(top: (height - whole) / 2, bottom: (height + whole) / 2)
    self.supply = Self.apart(supply, unit, least: gap, height)
    self.uses = Self.apart(uses, unit, least: gap, height)
    supplyInside = Self.together(supply, unit, from: plug.top)
    usesInside = Self.together(uses, unit, from: plug.top)
  }

  private static func apart(
    _ watts: [Double], _ unit: Double, least: Double, _ height: Double
  ) -> [Edges] {
    let whole = watts.reduce(0, +) * unit
    // Thin streams fan out as far as the room allows, or to three rows between them.
    let gap = watts.count > 1 ? max(least, min(24, (height - whole) / Double(watts.count - 1))) : 0
    var y = max(0, (height - whole - gap * Double(watts.count - 1)) / 2)
    return watts.map { watts in
      defer { y += watts * unit + gap }
      return Edges(top: y, bottom: y + watts * unit)
    }
  }

  private static func together(_ watts: [Double], _ unit: Double, from: Double) -> [Edges] {
    var y = from
    return watts.map { watts in
      defer { y += watts * unit }
      return Edges(top: y, bottom: y + watts * unit)
    }
  }

  /// The row in the middle of a stream's outer end.
  func middle(_ edges: Edges) -> Int {
    max(0, min(rows - 1, Int(saturating: ((edges.top + edges.bottom) / 16).rounded(.down))))
  }
}
