extension Timeline {
  /// The same session as if nothing had been said of any grid.
  ///
  /// Devices of kind `grid`, their readings and what was said interval by interval are gone; all
  /// else stays as it is, and another grid may be put in their place.
  public func withoutGrids() -> Timeline {
    var copy = self
    copy.devices.removeAll { $0.id.kind == .grid }
    copy.deviceIndex = [:]
    for (place, device) in copy.devices.enumerated() { copy.deviceIndex[device.id] = place }
    // The series stay where they are, since others are found by their place, but nothing leads to them.
    copy.index = copy.index.filter { $0.key.device.kind != .grid }
    copy.shapes = copy.shapes.filter { $0.key.kind != .grid }
    copy.gridBook = GridBook()
    return copy
  }
}
