import Canvas

extension Theme {
  /// The theme as a hall can read it: no grey text, and few hues.
  ///
  /// Amber is what is drawn, green what is renewable, blue data and what is low in carbon, red waste; a
  /// job keeps its own. What else there is, is white in several strengths.
  package var onStage: Theme {
    var theme = self
    let text = self[.text]
    let background = self[.background]
    let green = self[.renewable].end
    let blue = self[.dataIn].end
    let amber = self[.power].end
    func shade(_ color: Color, _ amount: Double) -> Color { color.mixed(with: background, amount) }
    theme.colors[.muted] = text
    theme.colors[.accent] = amber
    theme.colors[.good] = green
    theme.colors[.warning] = amber
    theme.colors[.critical] = self[.waiting]
    theme.colors[.solar] = green
    theme.colors[.wind] = shade(green, 0.15)
    theme.colors[.hydro] = shade(green, 0.3)
    theme.colors[.bioenergy] = shade(green, 0.45)
    theme.colors[.nuclear] = blue
    theme.colors[.gas] = shade(text, 0.2)
    theme.colors[.coal] = shade(text, 0.45)
    theme.colors[.oil] = shade(text, 0.55)
    theme.colors[.compute] = amber
    theme.colors[.idle] = shade(amber, 0.5)
    theme.colors[.host] = shade(amber, 0.3)
    theme.colors[.other] = shade(text, 0.4)
    theme.gradients[.dataOut] = self[.dataIn]
    return theme
  }
}
