extension Timeline {
  /// The same session as if nothing had been said of any grid.
  ///
  /// Devices of kind `grid`, their readings and what was said interval by interval are gone, and with
  /// them the site and its own sun, which stands where that grid is; all else stays as it is, and another
  /// grid may be put in their place.
  public func withoutGrids() -> Timeline {
    var copy = self
    let kinds: [DeviceKind] = [.grid, .site]
    copy.devices.removeAll { kinds.contains($0.id.kind) }
    copy.deviceIndex = [:]
    for (place, device) in copy.devices.enumerated() { copy.deviceIndex[device.id] = place }
    // The series stay where they are, since others are found by their place, but nothing leads to them.
    copy.index = copy.index.filter { !kinds.contains($0.key.device.kind) }
    copy.shapes = copy.shapes.filter { !kinds.contains($0.key.kind) }
    copy.states.removeAll { $0.kind == DeviceKind.site.name }
    copy.gridBook = GridBook()
    return copy
  }
}
