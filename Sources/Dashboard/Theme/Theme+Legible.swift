import Canvas

extension Theme {
  /// What is read needs on every ground it is read on (WCAG 2.2, 1.4.3).
  static let textContrast = 4.5
  /// What is seen needs on the background (WCAG 2.2, 1.4.11).
  static let markContrast = 3.0

  /// The same theme with every colour as light or dark as it must be, and no more.
  func legible() -> Theme {
    var theme = self
    let paper = self[.background]
    // The grounds may differ from the background only so far that something can be read on each.
    theme.colors[.strip] = Self.ground(self[.strip], near: paper)
    let grounds = [paper, theme[.strip]]
    for role in Self.textRoles {
      theme.colors[role] = self[role].readable(on: grounds, Self.textContrast)
    }
    theme.colors[.track] = Self.ground(self[.track], near: paper, readableIn: theme[.text])
    for role in Self.markRoles {
      theme.colors[role] = self[role].readable(on: [paper], Self.markContrast)
    }
    for ramp in Ramp.allCases {
      let gradient = self[ramp]
      theme.gradients[ramp] = Gradient(
        gradient.start.readable(on: [paper], Self.markContrast),
        gradient.middle.readable(on: [paper], Self.markContrast),
        gradient.end.readable(on: grounds, Self.textContrast))
    }
    return theme
  }

  /// A ground that is brought nearer to the background until it can be written on.
  private static func ground(
    _ color: Color, near paper: Color, readableIn text: Color? = nil
  ) -> Color {
    let ink = paper.ink
    for step in 0...20 {
      let ground = color.mixed(with: paper, Double(step) / 20)
      let contrast = min(
        ink.contrast(against: ground), text?.contrast(against: ground) ?? .infinity)
      if contrast >= textContrast { return ground }
    }
    return paper
  }
}

extension Color {
  /// The colour, made lighter on dark grounds and darker on light ones until it has a contrast to each.
  func readable(on grounds: [Color], _ contrast: Double) -> Color {
    func isReadable(_ color: Color) -> Bool {
      grounds.allSatisfy { color.contrast(against: $0) >= contrast }
    }
    guard !isReadable(self), let ground = grounds.first else { return self }
    let ink = ground.ink
    var shade = HSL(self)
    let (from, to) = (shade.lightness, HSL(ink).lightness)
    for step in 1...200 {
      shade.lightness = from + (to - from) * Double(step) / 200
      let color = shade.color
      if isReadable(color) { return color }
    }
    return ink
  }
}
